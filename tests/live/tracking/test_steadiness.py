"""Boxes do not tremble where a face is detected now and then, and do not lag behind it."""

import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from fer_classic.live.tracking import FaceTracker
from fer_classic.live.tracking._tracker import Track

SIDE = 100.0


class Path:
    """A face that moves by parts of a pixel, and a detector that is off by some noise."""

    def __init__(self, centers, sides=SIDE, *, noise=0.03, seed=0):
        self.centers = np.array(centers, dtype=float)
        self.sides = np.broadcast_to(sides, len(self.centers))
        self.rng, self.noise = np.random.default_rng(seed), noise
        photo = cv2.cvtColor(astronaut(), cv2.COLOR_RGB2GRAY)
        self.face = photo[66:166, 176:276]
        self.ground = cv2.GaussianBlur(photo[256:].repeat(2, axis=0)[:300], (0, 0), 9)
        self.now = 0

    @property
    def truth(self):
        """Boxes in all frames."""
        sides = np.stack([self.sides, self.sides], axis=1)
        return np.hstack([self.centers - sides / 2, sides])

    def frames(self):
        for number, (center, side) in enumerate(zip(self.centers, self.sides, strict=True)):
            self.now = number
            scale, frame = side / SIDE, self.ground.copy()
            left, top = center - side / 2
            matrix = np.float32([[scale, 0, left], [0, scale, top]])
            cv2.warpAffine(
                self.face, matrix, frame.shape[::-1], dst=frame, borderMode=cv2.BORDER_TRANSPARENT
            )
            yield frame

    def detect(self, frame):
        box = self.truth[self.now]
        side = box[2] * np.exp(self.noise * self.rng.standard_normal())
        center = box[:2] + box[2:] / 2 + self.noise * box[2] * self.rng.standard_normal(2)
        boxes = np.array([[*np.rint(center - side / 2), round(side), round(side)]], dtype=np.int64)
        return boxes, np.ones(1, np.float32)


def track(path, **options):
    """Boxes of the one face in all frames."""
    tracker = FaceTracker(path, **options)
    boxes = []
    for frame in path.frames():
        (one,) = tracker.update(frame)
        assert one.id == 1
        boxes.append(one.box.copy())
    return np.array(boxes)


def off(boxes, path):
    """How far centre x, y and side (as a logarithm) lie from the truth, in sides."""
    truth = path.truth
    centers = boxes[:, :2] + boxes[:, 2:] / 2 - path.centers
    return np.hstack([centers / truth[:, 2:], np.log(boxes[:, 2:3] / truth[:, 2:3])])


STILL = [(240.3, 140.6)] * 60
MOVING = [(240 + 90 * np.sin(k / 12), 140 + 30 * np.sin(k / 9)) for k in range(60)]


@pytest.mark.parametrize(("detect_every", "most"), [(5, 0.004), (1, 0.012)])
@pytest.mark.parametrize("centers", [STILL, MOVING], ids=["still", "moving"])
def test_boxes_do_not_tremble(centers, detect_every, most):
    path = Path(centers)
    boxes = track(path, detect_every=detect_every)
    # Detections tremble by 0.04 of a side from one to the next. At first nothing else is known.
    jumps = np.diff(off(boxes, path), axis=0)[15:]
    assert np.sqrt((jumps**2).mean()) < most


@pytest.mark.parametrize("detect_every", [5, 1])
def test_the_noise_of_the_detector_is_averaged(detect_every):
    path = Path(STILL)
    assert np.abs(off(track(path, detect_every=detect_every), path)[15:]).max() < 0.04


@pytest.mark.parametrize("detect_every", [10, 5, 1])
def test_a_face_that_moves_is_not_lagged_behind(detect_every):
    path = Path(MOVING, sides=SIDE * np.exp(0.1 * np.sin(np.arange(60) / 15)), noise=0.0)
    boxes = track(path, detect_every=detect_every)
    centers = boxes[:, :2] + boxes[:, 2:] / 2
    # The share of a frame's movement by which the box is behind.
    speed = np.gradient(path.centers, axis=0)
    delay = ((path.centers - centers) * speed).sum() / (speed**2).sum()
    assert abs(delay) < 0.1
    assert np.abs(off(boxes, path)).max() < 0.03


def test_a_box_that_has_lost_its_face_is_put_right_at_once():
    known = Track(1, np.array([0.0, 0, 100, 100]), None, None, None, hits=50)
    detected = np.array([60.0, 0, 100, 100])
    known.correct(detected, 5)
    np.testing.assert_allclose(known.box, detected, atol=2)
    before = known.box.copy()
    known.take_step()
    np.testing.assert_array_equal(known.box, before)


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_a_correction_comes_in_even_steps(steps):
    known = Track(1, np.array([0.0, 0, 100, 100]), None, None, None, hits=1)
    boxes = [known.box]
    known.correct(np.array([4.0, -2, 100, 100]), steps)
    for _ in range(steps + 2):
        boxes.append(known.box)
        known.take_step()
    moves = np.diff(boxes, axis=0)
    # The second detection counts as much as the first one.
    np.testing.assert_allclose(moves[:steps], [[2 / steps, -1 / steps, 0, 0]] * steps)
    np.testing.assert_array_equal(moves[steps:], 0)


@pytest.mark.parametrize(("far", "least", "most"), [(1, 0.05, 0.15), (10, 0.4, 0.6), (34, 0.9, 1)])
def test_the_further_off_the_more_a_detection_counts(far, least, most):
    known = Track(1, np.array([0.0, 0, 100, 100]), None, None, None, hits=1000)
    known.correct(np.array([far, 0.0, 100, 100]), 1)
    assert least < known.box[0] / far < most


def test_corrections_go_along_with_a_face_that_grows():
    known = Track(1, np.array([0.0, 0, 100, 100]), None, None, None, hits=1)
    known.correct(np.array([0.0, 0, 121, 121]), 2)
    known.box = known.box * 2
    known.take_step()
    share = 1 - 0.1**2 / (0.1**2 + np.log(1.21) ** 2)
    np.testing.assert_allclose(known.box[2:], 200 * 1.21**share)
