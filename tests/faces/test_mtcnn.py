import sys

import numpy as np
import pytest

from fer_classic.exceptions import MissingDependencyError
from fer_classic.faces import MTCNNDetector, _mtcnn
from tests.faces.conftest import forget


def test_boxes_and_scores(mtcnn_network):
    image = np.zeros((100, 200), np.uint8)
    image[10:40, 20:60] = 255
    image[50:90, 100:150] = 255
    boxes, scores = MTCNNDetector().detect(image)
    np.testing.assert_array_equal(boxes, [[100, 50, 50, 40], [20, 10, 40, 30]])
    np.testing.assert_allclose(scores, [0.99, 0.99])


def test_large_images_are_reduced(mtcnn_network):
    image = np.zeros((200, 400), np.uint8)
    image[20:80, 40:120] = 255
    boxes, _ = MTCNNDetector(shorter_side=50).detect(image)
    assert mtcnn_network.image.shape == (50, 100, 3)
    np.testing.assert_array_equal(boxes, [[40, 20, 80, 60]])


def test_the_package_sees_rgb_and_the_threshold(mtcnn_network):
    MTCNNDetector(score_threshold=0.6).detect(np.full((40, 60, 3), (10, 20, 30), np.uint8))
    assert mtcnn_network.image[0, 0].tolist() == [30, 20, 10]
    assert mtcnn_network.image.flags.c_contiguous
    assert mtcnn_network.threshold == 0.6


def test_boxes_beyond_the_image_are_clipped(mtcnn_network, monkeypatch):
    faces = [{"box": [-10, -5, 40, 30], "confidence": 0.9}]
    monkeypatch.setattr(mtcnn_network, "detect_faces", lambda *args, **options: faces)
    boxes, _ = MTCNNDetector().detect(np.zeros((50, 50), np.uint8))
    np.testing.assert_array_equal(boxes, [[0, 0, 30, 25]])


def test_the_network_is_made_once(mtcnn_network, monkeypatch):
    made = []
    monkeypatch.setattr(sys.modules["mtcnn"], "MTCNN", lambda: made.append(1) or mtcnn_network)
    for _ in range(3):
        MTCNNDetector().detect(np.zeros((50, 50), np.uint8))
    assert made == [1]


def test_without_the_package_it_says_what_to_install(monkeypatch):
    forget(_mtcnn, "_load_network", monkeypatch)
    monkeypatch.setitem(sys.modules, "mtcnn", None)
    with pytest.raises(MissingDependencyError, match=r'pip install "fer-classic\[mtcnn\]"'):
        MTCNNDetector().detect(np.zeros((50, 50), np.uint8))
