import cv2
import numpy as np
import pytest

from fer_classic.exceptions import DetectorError
from fer_classic.faces import HaarDetector, _haar, intersection_over_union
from tests.faces.conftest import forget

FACE = [[174, 64, 99, 99]]


def test_one_face_in_a_portrait(portrait):
    boxes, scores = HaarDetector().detect(portrait)
    assert boxes.shape == (1, 4)
    assert (boxes.dtype, scores.dtype) == (np.int64, np.float32)
    assert intersection_over_union(boxes, FACE)[0, 0] > 0.7
    assert scores[0] > 0


@pytest.mark.parametrize("level", [0, 128, 255])
def test_no_face_in_a_blank_image(level):
    boxes, scores = HaarDetector().detect(np.full((200, 300), level, np.uint8))
    assert (boxes.shape, scores.shape) == ((0, 4), (0,))
    assert (boxes.dtype, scores.dtype) == (np.int64, np.float32)


def test_two_faces_the_largest_first(portrait):
    head = portrait[20:220, 124:324]
    small = cv2.resize(head, (120, 120), interpolation=cv2.INTER_AREA)
    both = np.zeros((200, 320), np.uint8)
    both[40:160, :120] = small
    both[:, 120:] = head
    boxes, _ = HaarDetector().detect(both)
    assert len(boxes) == 2
    assert boxes[0, 2] > boxes[1, 2]
    assert boxes[0, 0] > 120 > boxes[1, 0] + boxes[1, 2] - 10


@pytest.mark.parametrize(("min_size", "found"), [(0.15, 1), (0.3, 0), (60, 1), (200, 0), (0, 1)])
def test_min_size_is_a_share_or_pixels(min_size, found, portrait):
    boxes, _ = HaarDetector(min_size=min_size).detect(portrait)
    assert len(boxes) == found


def test_without_neighbours_every_hit_counts(portrait):
    boxes, scores = HaarDetector(min_neighbors=0).detect(portrait)
    assert len(boxes) == len(scores) > 5
    assert (np.diff(boxes[:, 2] * boxes[:, 3]) <= 0).all()


def test_images_smaller_than_the_smallest_face():
    assert len(HaarDetector().detect(np.zeros((5, 300), np.uint8))[0]) == 0


def test_other_cascades_by_name_and_by_path(portrait):
    named = HaarDetector("frontalface_alt2").detect(portrait)
    path = f"{cv2.data.haarcascades}haarcascade_frontalface_alt2.xml"
    np.testing.assert_array_equal(named[0], HaarDetector(path).detect(portrait)[0])
    assert intersection_over_union(named[0], FACE)[0, 0] > 0.6


@pytest.mark.parametrize("content", ["", "hello", "<a/>", "<opencv_storage></opencv_storage>"])
def test_files_that_are_no_cascades(content, tmp_path):
    path = tmp_path / "cascade.xml"
    path.write_text(content)
    with pytest.raises(DetectorError, match=r"cascade\.xml is not a cascade that OpenCV can read"):
        HaarDetector(str(path)).detect(np.zeros((50, 50), np.uint8))


@pytest.mark.parametrize("cascade", ["frontal_face", "nowhere/cascade.xml", ""])
def test_cascades_that_are_not_there(cascade):
    with pytest.raises(DetectorError, match=r"no cascade file at .*\.xml; name one of OpenCV's"):
        HaarDetector(cascade).detect(np.zeros((50, 50), np.uint8))


def test_an_opencv_without_cascades_is_named(monkeypatch):
    monkeypatch.delattr(cv2, "CascadeClassifier")
    forget(_haar, "_load_cascade", monkeypatch)
    with pytest.raises(DetectorError, match=r"has no CascadeClassifier; install a 4.x build"):
        HaarDetector().detect(np.zeros((50, 50), np.uint8))


@pytest.mark.parametrize("shape", [(512, 512), (256, 300), (300, 256)])
def test_small_images_are_searched_as_they_are(shape, portrait):
    image = portrait[: shape[0], : shape[1]]
    expected = HaarDetector().detect(image)
    found = HaarDetector(shorter_side=min(shape)).detect(image)
    np.testing.assert_array_equal(found[0], expected[0])
    np.testing.assert_array_equal(found[1], expected[1])


@pytest.mark.parametrize("factor", [2, 3])
def test_boxes_of_a_reduced_image_are_in_pixels_of_the_original(factor, portrait):
    large = cv2.resize(portrait, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    boxes, _ = HaarDetector(shorter_side=270).detect(large[:, : 450 * factor])
    assert len(boxes) == 1
    assert intersection_over_union(boxes, np.multiply(FACE, factor))[0, 0] > 0.7


@pytest.mark.parametrize(("min_size", "found"), [(80, 1), (120, 0)])
def test_pixels_of_min_size_are_those_of_the_original(min_size, found, portrait):
    detector = HaarDetector(min_size=min_size, shorter_side=256)
    assert len(detector.detect(portrait)[0]) == found
