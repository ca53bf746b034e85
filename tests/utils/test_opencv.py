import importlib
import sys

import pytest

from fer_classic.exceptions import MissingDependencyError
from fer_classic.utils import _opencv


def test_a_failing_import_names_the_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(MissingDependencyError, match="pip install 'opencv-python-headless"):
        importlib.reload(_opencv)
    monkeypatch.undo()
    assert importlib.reload(_opencv).cv2 is sys.modules["cv2"]
