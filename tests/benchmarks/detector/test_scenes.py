import numpy as np
import pytest

from benchmarks.detector.scenes import Scene, count_found, make_scenes
from fer_classic.faces import intersection_over_union


def scenes(n, **condition):
    """Scenes of bright faces on black."""
    faces = np.full((3, 48, 48), 200, np.uint8)
    return make_scenes(faces, [np.zeros((100, 130), np.uint8)], n, **condition)


def test_scenes_have_faces_where_their_boxes_are():
    faces = np.full((3, 48, 48), 250, np.uint8)
    for scene in make_scenes(faces, [np.zeros((100, 130), np.uint8)], 5, sizes=(0.1, 0.3)):
        assert scene.image.shape == (480, 624)
        assert 1 <= len(scene.boxes) <= 4
        for x, y, w, h in scene.boxes:
            assert scene.image[y + h // 2, x + w // 2] > 240
            assert scene.image[y : y + h, x : x + w].mean() > 150


def test_scenes_are_the_same_for_a_seed():
    faces, pictures = np.ones((2, 48, 48), np.uint8), [np.zeros((90, 90), np.uint8)]
    once, again = (make_scenes(faces, pictures, 2, seed=3) for _ in range(2))
    np.testing.assert_array_equal(once[1].boxes, again[1].boxes)


def test_scenes_are_darkened():
    faces, pictures = np.full((2, 48, 48), 200, np.uint8), [np.full((90, 90), 100, np.uint8)]
    assert make_scenes(faces, pictures, 1, gain=0.1)[0].image.max() <= 20


def test_many_small_faces_do_not_overlap():
    scene = scenes(1, n_faces=(8, 8), sizes=(0.06, 0.1))[0]
    assert 4 <= len(scene.boxes) <= 8
    overlaps = intersection_over_union(scene.boxes, scene.boxes)
    assert overlaps[~np.eye(len(overlaps), dtype=bool)].max() < 0.1


def test_the_edge_cuts_faces_off():
    for scene in scenes(4, beyond=0.35, sizes=(0.3, 0.3)):
        height, width = scene.image.shape
        for x, y, w, h in scene.boxes:
            assert (x == 0) + (y == 0) + (x + w == width) + (y + h == height) == 1
            assert 0.6 * 144 <= min(w, h) < 0.92 * 144


@pytest.mark.parametrize(
    ("condition", "least", "most"),
    [({}, 199, 200), ({"covered": True}, 0, 198), ({"backlit": True}, 24, 66)],
)
def test_faces_are_changed(condition, least, most):
    for scene in scenes(3, n_faces=(1, 1), sizes=(0.4, 0.4), **condition):
        x, y, w, h = scene.boxes[0]
        inner = scene.image[y + h // 8 : y + h - h // 8, x + w // 8 : x + w - w // 8]
        assert least <= inner.mean() <= most


def test_narrow_faces_have_narrow_boxes():
    boxes = np.vstack([scene.boxes for scene in scenes(5, narrow=0.6, sizes=(0.3, 0.3))])
    assert 0.6 <= boxes[:, 2].min() / 144 < 0.9
    assert set(boxes[:, 3]) <= {143, 144, 145}


def test_compression_leaves_traces():
    plain, compressed = scenes(1)[0].image, scenes(1, quality=10)[0].image
    assert plain.shape == compressed.shape
    assert np.abs(plain - compressed.astype(float)).mean() > 0.5


@pytest.mark.parametrize(
    ("boxes", "threshold", "expected"),
    [
        ([], 0, (0, 0)),
        ([(10, 10, 40, 40)], 0, (1, 0)),
        ([(10, 10, 40, 40), (12, 12, 40, 40)], 0, (1, 1)),
        ([(10, 10, 40, 40), (12, 12, 40, 40)], 0.8, (1, 0)),
    ],
)
def test_each_face_counts_once(boxes, threshold, expected):
    scene = Scene(np.zeros((99, 99), np.uint8), np.array([[10, 10, 40, 40]]))
    found = np.array(boxes).reshape(-1, 4), np.array([0.9, 0.7])[: len(boxes)]
    assert count_found([found], [scene], threshold=threshold) == expected
