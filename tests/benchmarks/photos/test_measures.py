import numpy as np
import pytest

from benchmarks.photos.annotated import AnnotatedPhoto
from benchmarks.photos.measures import compare_boxes, match, search_photos, time_frames

BLANK = np.zeros((100, 200), np.uint8)


class Fixed:
    """Finds the same boxes in every image; mirrored ones in an image whose right half is bright."""

    def __init__(self, *boxes):
        self.boxes = np.array(boxes, dtype=np.int64).reshape(-1, 4)
        self.calls = 0

    def detect(self, image):
        self.calls += 1
        boxes = self.boxes.copy()
        if image[:, -1].any():
            boxes[:, 0] = image.shape[1] - boxes[:, 0] - boxes[:, 2]
        return boxes, np.ones(len(boxes), np.float32)


@pytest.mark.parametrize(
    ("boxes", "faces", "pairs"),
    [
        ([], [], []),
        ([], [(0, 0, 10, 10)], []),
        ([(0, 0, 10, 10)], [], []),
        ([(0, 0, 10, 10)], [(0, 0, 10, 10)], [(0, 0)]),
        # 30 of 100 pixels are enough, 29 are not.
        ([(0, 0, 30, 1)], [(0, 0, 100, 1)], [(0, 0)]),
        ([(0, 0, 29, 1)], [(0, 0, 100, 1)], []),
        # Each face once, by the better box.
        ([(0, 0, 10, 9), (0, 0, 10, 10)], [(0, 0, 10, 10)], [(1, 0)]),
        # The first fits both faces, the second only one: both are found.
        ([(0, 0, 10, 10), (4, 0, 10, 10)], [(4, 0, 10, 10), (0, 0, 10, 4)], [(0, 1), (1, 0)]),
    ],
)
def test_match(boxes, faces, pairs):
    assert match(np.reshape(boxes, (-1, 4)), np.reshape(faces, (-1, 4))) == pairs


def photo(*boxes):
    return AnnotatedPhoto("a.png", BLANK, np.array(boxes, dtype=float).reshape(-1, 4))


def test_what_is_found_and_what_is_false():
    detector = Fixed((0, 0, 40, 40), (100, 10, 40, 40))
    photos = [photo((0, 0, 40, 50)), photo(), photo((100, 0, 50, 50), (0, 0, 30, 40), (9, 9, 9, 9))]
    found, false, milliseconds = search_photos(detector, photos, repeats=2)
    assert (found, false) == (3, 3)
    assert milliseconds > 0
    assert detector.calls == 3 * 3


def test_frames_with_one_face():
    frames = [BLANK] * 4
    assert time_frames(Fixed((0, 0, 40, 40)), frames, repeats=1)[1] == 1
    assert time_frames(Fixed(), frames, repeats=1)[1] == 0
    assert time_frames(Fixed((0, 0, 4, 4), (9, 9, 9, 9)), frames, repeats=1)[1] == 0


def test_how_boxes_are_framed():
    image = BLANK.copy()
    image[:, :100] = 255
    one = AnnotatedPhoto("a.png", image, np.array([[40.0, 20, 40, 60]]))
    # A box of 25 x 64 pixels has the area of 40 x 40; that of the reference is 1.2 times as large.
    ours, theirs = Fixed((50, 18, 25, 64)), Fixed((40, 18, 48, 48))
    framed = compare_boxes(ours, theirs, [one])
    assert framed["pairs"] == 2
    assert framed["side"] == pytest.approx(1.2)
    # Both ways in the mirror, so that nothing is left of it.
    assert framed["right"] == pytest.approx(0)
    assert framed["down"] == pytest.approx((42 - 50) / 40)


def test_nothing_to_compare():
    framed = compare_boxes(Fixed(), Fixed((0, 0, 40, 40)), [photo((0, 0, 40, 40))])
    assert framed == {"pairs": 0, "side": None, "right": None, "down": None}
