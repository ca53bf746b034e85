"""The gallery scripts run without warnings and draw or print something."""

import runpy
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.py"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example_runs(path, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("Agg")
    runpy.run_path(str(path), run_name="__main__")
    figures = pyplot.get_fignums()
    pyplot.close("all")
    assert figures or capsys.readouterr().out
    assert not list(tmp_path.iterdir()), "an example writes into a temporary folder only"


def test_there_are_examples():
    assert EXAMPLES
