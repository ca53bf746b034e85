import pickle
from importlib.resources import files

import cv2
import numpy as np
import pytest

from fer_classic.datasets import load_drawn_faces
from fer_classic.exceptions import DetectorError
from fer_classic.faces import HaarDetector, PyramidDetector, _pyramid, intersection_over_union
from fer_classic.utils._digests import DIGESTS
from tests.faces.conftest import forget

FACE = [[174, 64, 99, 99]]
NETWORKS = ("proposals.onnx", "check.onnx")


@pytest.fixture(scope="module")
def found(portrait):
    return PyramidDetector().detect(portrait)


def turned(image, degrees, center=(224, 114)):
    matrix = cv2.getRotationMatrix2D(center, degrees, 1)
    return cv2.warpAffine(image, matrix, image.shape[::-1], borderMode=cv2.BORDER_REPLICATE)


def test_one_face_in_a_portrait(found):
    boxes, scores = found
    assert boxes.shape == (1, 4)
    assert (boxes.dtype, scores.dtype) == (np.int64, np.float32)
    assert intersection_over_union(boxes, FACE)[0, 0] > 0.6
    assert 0.9 <= scores[0] <= 1


def test_boxes_are_those_of_the_cascade(found, portrait):
    expected, _ = HaarDetector().detect(portrait)
    middles, sides = found[0][0, :2] + found[0][0, 2:] / 2, found[0][0, 2:]
    np.testing.assert_allclose(middles, expected[0, :2] + expected[0, 2:] / 2, atol=12)
    np.testing.assert_allclose(sides, expected[0, 2:], rtol=0.2)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_no_face_in_a_blank_image(level):
    boxes, scores = PyramidDetector().detect(np.full((200, 300), level, np.uint8))
    assert (boxes.shape, scores.shape) == ((0, 4), (0,))


def test_no_face_in_noise():
    noise = np.random.default_rng(0).integers(0, 256, (240, 320), dtype=np.uint8)
    assert len(PyramidDetector().detect(noise)[0]) == 0


@pytest.mark.parametrize("gain", [0.3, 0.15, 0.1])
def test_a_dark_face(gain, portrait):
    boxes, _ = PyramidDetector().detect((portrait * gain).astype(np.uint8))
    assert len(boxes) == 1
    assert intersection_over_union(boxes, FACE)[0, 0] > 0.6


@pytest.mark.parametrize("degrees", [-25, -15, 15, 25])
def test_a_turned_face(degrees, portrait):
    boxes, _ = PyramidDetector().detect(turned(portrait, degrees))
    assert intersection_over_union(boxes, FACE).max() > 0.5


def test_a_face_upside_down_is_none(portrait):
    assert len(PyramidDetector().detect(turned(portrait, 180))[0]) == 0


@pytest.mark.parametrize("ratio", [0.3, 0.5, 1.7])
def test_a_face_of_another_size(ratio, portrait):
    image = cv2.resize(portrait, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)
    boxes, _ = PyramidDetector().detect(image)
    assert intersection_over_union(boxes, ratio * np.array(FACE))[0, 0] > 0.55


def test_a_face_at_the_edge_is_cut_off(portrait):
    boxes, _ = PyramidDetector().detect(np.ascontiguousarray(portrait[:, 190:]))
    assert len(boxes) == 1
    assert boxes[0, 0] == 0
    assert 60 < boxes[0, 2] < boxes[0, 3]


def test_a_face_that_fills_the_image(portrait):
    face = np.ascontiguousarray(portrait[60:170, 170:280])
    boxes, _ = PyramidDetector().detect(face)
    assert intersection_over_union(boxes, [[0, 0, 110, 110]])[0, 0] > 0.6


def test_a_mirrored_image_has_a_mirrored_face(found, portrait):
    boxes, _ = PyramidDetector().detect(np.ascontiguousarray(portrait[:, ::-1]))
    boxes[:, 0] = 512 - boxes[:, 0] - boxes[:, 2]
    assert intersection_over_union(boxes, found[0])[0, 0] > 0.8


def test_a_face_is_checked_in_four_views(portrait, monkeypatch):
    looks = []
    check = PyramidDetector._check

    def watched(self, levels, squares, mirrored=None):
        looks.append((len(squares), mirrored))
        return check(self, levels, squares, mirrored)

    monkeypatch.setattr(PyramidDetector, "_check", watched)
    PyramidDetector().detect(portrait)
    (first, _), (second, _), (further, mirrored) = looks
    assert first == 32 > second >= further // 3 >= 1
    assert mirrored.sum() == 2 * (further // 3)


def test_a_mirrored_look_finds_the_same_place():
    detector, picture = PyramidDetector(), np.random.default_rng(0).integers(0, 256, (60, 60))
    levels = [(picture.astype(np.uint8), np.ones(2))]
    flipped = [(np.ascontiguousarray(levels[0][0][:, ::-1]), np.ones(2))]
    square = np.array([[30.0, 30.0, 40.0]])
    place, logit = detector._check(levels, square)
    mirrored, again = detector._check(flipped, square, np.array([True]))
    np.testing.assert_allclose(again, logit, rtol=1e-4)
    np.testing.assert_allclose(mirrored, [[60, 0, 0]] + place * [-1, 1, 1], rtol=1e-4)


def test_the_threshold_only_drops_faces(portrait):
    counts = [
        len(PyramidDetector(score_threshold=value).detect(portrait)[0])
        for value in (0.2, 0.95, 0.999999)
    ]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] == 0


@pytest.mark.parametrize(("min_size", "count"), [(0.1, 1), (50, 1), (0.9, 0), (400, 0), (2, 1)])
def test_min_size_is_a_share_or_pixels(min_size, count, portrait):
    assert len(PyramidDetector(min_size=min_size).detect(portrait)[0]) == count


def test_proposals_lie_around_the_face(portrait):
    boxes, scores = PyramidDetector().propose(portrait)
    assert len(boxes) == len(scores) <= 32
    assert intersection_over_union(boxes[[scores.argmax()]], FACE)[0, 0] > 0.5


@pytest.mark.parametrize("shape", [(1, 1), (30, 8), (200, 200)])
def test_nothing_is_proposed_where_nothing_is(shape):
    assert PyramidDetector(min_size=0.5).propose(np.zeros(shape, np.uint8))[0].shape == (0, 4)


def test_a_pickle_holds_parameters_only():
    assert len(pickle.dumps(PyramidDetector())) < 300


def test_a_damaged_network_is_not_run(monkeypatch, portrait):
    forget(_pyramid, "_load_networks", monkeypatch)
    monkeypatch.setitem(DIGESTS, "faces/networks/check.onnx", "0" * 64)
    with pytest.raises(DetectorError, match=r"check\.onnx of the pyramid detector is damaged"):
        PyramidDetector().detect(portrait)


@pytest.fixture
def own_networks(tmp_path):
    for name in NETWORKS:
        data = (files("fer_classic.faces") / "networks" / name).read_bytes()
        (tmp_path / name).write_bytes(data)
    return tmp_path


@pytest.mark.parametrize("kind", [str, lambda path: path])
def test_networks_of_ones_own(kind, own_networks, found, portrait):
    boxes, _ = PyramidDetector(model=kind(own_networks)).detect(portrait)
    np.testing.assert_array_equal(boxes, found[0])


def test_a_folder_without_networks(tmp_path, portrait):
    with pytest.raises(DetectorError, match=r"a folder with proposals\.onnx and check\.onnx"):
        PyramidDetector(model=tmp_path).detect(portrait)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_that_is_none(name, own_networks, portrait):
    (own_networks / name).write_bytes(b"no network")
    with pytest.raises(DetectorError, match=f"{name} is not a network of the pyramid"):
        PyramidDetector(model=own_networks).detect(portrait)


def test_the_wrong_network(own_networks, portrait):
    check = (own_networks / "check.onnx").read_bytes()
    (own_networks / "proposals.onnx").write_bytes(check)
    with pytest.raises(DetectorError):
        PyramidDetector(model=own_networks).detect(portrait)


def test_drawn_faces_are_looked_at_without_complaint():
    for image in load_drawn_faces().images[:5]:
        boxes, _ = PyramidDetector(min_size=24).detect(image)
        assert len(boxes) <= 1
