import pickle
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
from sklearn.base import clone

from fer_classic.exceptions import DetectorError
from fer_classic.faces import HaarDetector, intersection_over_union
from fer_classic.faces._haar import _load_cascade

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


@pytest.mark.parametrize(
    "kind",
    [
        lambda gray: gray / 255,
        lambda gray: (gray / 255).astype(np.float32),
        lambda gray: gray.astype(np.uint16) * 257,
        lambda gray: np.dstack([gray] * 3),
        lambda gray: np.dstack([gray] * 3 + [np.full_like(gray, 255)]),
        np.asfortranarray,
        lambda gray: gray[:, ::-1][:, ::-1],
    ],
)
def test_every_kind_of_image_is_looked_at_alike(kind, portrait):
    part = portrait[:260, 60:360]
    expected, _ = HaarDetector().detect(part)
    assert len(expected) == 1
    np.testing.assert_array_equal(HaarDetector().detect(kind(part))[0], expected)


def test_the_image_is_not_changed(portrait):
    image = portrait.copy()
    image.flags.writeable = False
    HaarDetector().detect(image)
    np.testing.assert_array_equal(image, portrait)


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
    _load_cascade.cache_clear()
    with pytest.raises(DetectorError, match=r"has no CascadeClassifier; install a 4.x build"):
        HaarDetector().detect(np.zeros((50, 50), np.uint8))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"cascade": None}, "'cascade' parameter"),
        ({"scale_factor": 1.0}, "'scale_factor' parameter"),
        ({"min_neighbors": -1}, "'min_neighbors' parameter"),
        ({"min_size": -5}, "'min_size' parameter"),
    ],
)
def test_wrong_parameters(parameters, message):
    with pytest.raises(ValueError, match=message):
        HaarDetector(**parameters).detect(np.zeros((50, 50), np.uint8))


@pytest.mark.parametrize("shape", [(50,), (50, 50, 5), (2, 50, 50, 3), (0, 50)])
def test_what_is_no_image(shape):
    with pytest.raises(ValueError, match="expected an image of shape"):
        HaarDetector().detect(np.zeros(shape, np.uint8))


def test_it_is_small_in_a_pickle_even_after_use(portrait):
    detector = HaarDetector(min_neighbors=3)
    detector.detect(portrait[:200, 100:300])
    pickled = pickle.dumps(detector)
    assert len(pickled) < 1000
    assert pickle.loads(pickled).get_params() == detector.get_params()
    assert clone(detector).min_neighbors == 3


def test_threads_see_what_one_thread_sees(portrait):
    detector = HaarDetector()
    parts = [portrait[:240, 120 + shift : 320 + shift] for shift in range(0, 40, 5)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(detector.detect, parts))
    for part, (boxes, scores) in zip(parts, together, strict=True):
        np.testing.assert_array_equal(boxes, detector.detect(part)[0])
        np.testing.assert_array_equal(scores, detector.detect(part)[1])
