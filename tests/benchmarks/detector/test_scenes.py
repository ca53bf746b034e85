import numpy as np
import pytest

from benchmarks.detector.pictures import cut_patches, cut_square, read_pictures, vary
from benchmarks.detector.scenes import count_found, make_scenes
from fer_classic.exceptions import DataNotFoundError


class Told:
    """Finds the boxes that it was told, whatever the image."""

    def __init__(self, *boxes):
        self.boxes = np.array(boxes).reshape(-1, 4)

    def detect(self, image):
        return self.boxes, np.ones(len(self.boxes), np.float32)


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


@pytest.mark.parametrize(
    ("boxes", "expected"),
    [([], (0, 0)), ([(10, 10, 40, 40)], (1, 0)), ([(10, 10, 40, 40), (12, 12, 40, 40)], (1, 1))],
)
def test_each_face_counts_once(boxes, expected):
    scene = make_scenes(np.ones((1, 48, 48), np.uint8), [np.zeros((99, 99), np.uint8)], 1)[0]
    scene.boxes = np.array([[10, 10, 40, 40]])
    assert count_found(Told(*boxes), [scene]) == expected


def test_a_square_is_cut_out_with_its_context():
    picture = np.zeros((60, 60), np.uint8)
    picture[20:40, 20:40] = 200
    box = (20, 20, 20, 20)
    assert cut_square(picture, box, 20).min() == 200
    around = cut_square(picture, box, 40, context=2.0)
    assert around[10:30, 10:30].min() == 200
    assert around[:9].max() == 0


def test_patches_come_out_of_the_pictures():
    pictures = [np.full((40, 60), 10, np.uint8), np.full((90, 30), 20, np.uint8)]
    patches = cut_patches(pictures, 30, side=48, rng=np.random.default_rng(0))
    assert patches.shape == (30, 1, 48, 48)
    assert set(patches.unique().tolist()) == {10, 20}


def test_a_varied_picture_is_still_one():
    for seed in range(5):
        varied = vary(np.full((50, 70), 90, np.uint8), np.random.default_rng(seed))
        assert varied.dtype == np.uint8
        assert min(varied.shape) >= 48


def test_no_pictures(tmp_path):
    (tmp_path / "notes.txt").write_text("no picture")
    with pytest.raises(DataNotFoundError, match="no pictures below"):
        read_pictures([tmp_path])
