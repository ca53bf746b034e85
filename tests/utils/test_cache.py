from pathlib import Path

import pytest

from fer_classic.utils import cache_folder


def test_the_folder_that_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("FER_CLASSIC_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.setenv("FER_CLASSIC_CACHE", "~/faces")
    assert cache_folder() == Path.home() / "faces"


@pytest.mark.parametrize(
    ("system", "variable"), [("linux", "XDG_CACHE_HOME"), ("win32", "LOCALAPPDATA")]
)
def test_the_folder_of_the_system(system, variable, monkeypatch, tmp_path):
    monkeypatch.delenv("FER_CLASSIC_CACHE", raising=False)
    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setenv(variable, str(tmp_path))
    assert cache_folder() == tmp_path / "fer_classic"
