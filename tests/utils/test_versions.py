import io
import json
import platform
from importlib import metadata

import numpy as np

import fer_classic
from fer_classic.utils import _versions, show_versions
from fer_classic.utils._versions import machine, processor_name, versions


def test_versions():
    found = versions()
    assert found["python"] == platform.python_version()
    assert found["fer_classic"] == fer_classic.__version__
    assert found["numpy"] == np.__version__
    assert any(name.startswith("opencv") and version for name, version in found.items())
    assert json.loads(json.dumps(found)) == found


def test_packages_that_are_not_installed(monkeypatch):
    def missing(package):
        raise metadata.PackageNotFoundError(package)

    monkeypatch.setattr(metadata, "version", missing)
    found = versions()
    assert found["torch"] is found["opencv-python"] is None
    assert "opencv-python-headless" not in found
    file = io.StringIO()
    show_versions(file)
    assert f"  {'torch':22} not installed\n" in file.getvalue()


def test_the_name_of_the_processor(tmp_path, monkeypatch):
    path = tmp_path / "cpuinfo"
    monkeypatch.setattr(_versions, "_CPUINFO", path)
    assert processor_name() in {platform.processor(), platform.machine()}
    path.write_text("processor\t: 0\nmodel name\t: Some CPU @ 2.00GHz\n")
    assert processor_name() == "Some CPU @ 2.00GHz"


def test_machine():
    described = machine()
    assert set(described) == {"system", "processor", "cores"}
    assert described["cores"] >= 1


def test_show_versions(capsys):
    show_versions()
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "versions"
    assert "machine" in printed
    assert f"  {'numpy':22} {np.__version__}" in printed
