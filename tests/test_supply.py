import json
from email.message import Message
from types import SimpleNamespace

import pytest

from tests import supply


@pytest.fixture
def installed(monkeypatch):
    """Let pip-audit be there; gives a function that lets it answer."""
    monkeypatch.setattr(supply.importlib.util, "find_spec", lambda name: object())

    def answer(stdout="", stderr="", returncode=0):
        result = SimpleNamespace(stdout=stdout, stderr=stderr, returncode=returncode)
        return supply.vulnerabilities(run=lambda *command, **options: result)

    return answer


def test_vulnerabilities_of_dependencies_only(installed):
    bad = [{"id": "CVE-1", "fix_versions": ["9.9", "10"]}, {"id": "CVE-2", "fix_versions": []}]
    packages = [
        {"name": "numpy", "version": "2.0", "vulns": bad},
        {"name": "scipy", "version": "1.0", "vulns": []},
        {"name": "of-someone-else", "version": "1", "vulns": bad},
    ]
    packages.append({"name": "Pillow", "skip_reason": "Dependency not found"})
    lines, skipped = installed(json.dumps({"dependencies": packages}), returncode=1)
    assert lines == [
        "numpy 2.0: CVE-1, fixed in 9.9, 10",
        "numpy 2.0: CVE-2, fixed in no version yet",
    ]
    assert {"pillow", "scikit-learn"} <= set(skipped)
    assert not {"numpy", "scipy", "fer-classic"} & set(skipped)


def test_packages_that_were_not_looked_up_do_not_pass(monkeypatch, capsys):
    monkeypatch.setattr(supply, "vulnerabilities", lambda: ([], ["pillow", "scipy"]))
    assert supply.main() == 1
    assert "Not looked up, 2 packages: pillow, scipy" in capsys.readouterr().out
    monkeypatch.setattr(supply, "vulnerabilities", lambda: ([], []))
    assert supply.main() == 0


def test_without_an_answer_it_does_not_pass(installed, monkeypatch, capsys):
    with pytest.raises(RuntimeError, match="had no answer: ConnectionError: no network"):
        installed(stderr="Traceback\nConnectionError: no network", returncode=1)
    monkeypatch.setattr(supply.importlib.util, "find_spec", lambda name: None)
    assert supply.main() == 1
    out = capsys.readouterr().out
    assert "not looked up: pip-audit is not installed" in out
    assert "scikit-learn" in out


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ([("License-Expression", "MIT"), ("License", "other")], "MIT"),
        ([("Classifier", "License :: OSI Approved :: BSD License")], "BSD License"),
        ([("License", "BSD 3-Clause\nCopyright ...")], "BSD 3-Clause"),
        ([("Classifier", "License :: OSI Approved"), ("Classifier", "Topic :: Other")], "unknown"),
    ],
)
def test_licences(fields, licence):
    message = Message()
    for name, value in fields:
        message[name] = value
    assert supply.licence_of(message) == licence
