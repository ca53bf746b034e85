import cv2
import numpy as np
import pytest

from fer_classic.live import Face, FrameResult, Quality

CLASSES = np.array(["happy", "sad"])


class Brightness:
    """Probability of happy is the mean grey value."""

    classes_ = CLASSES

    def predict_proba(self, X):
        happy = X.mean(axis=(1, 2)) / 255
        return np.stack([happy, 1 - happy], axis=1)

    def predict(self, X):
        return CLASSES[self.predict_proba(X).argmax(axis=1)]


class Upper:
    """Finds one face in the upper left corner of whatever is bright there."""

    def detect(self, image):
        found = image[:60, :60].max() > 20
        boxes = np.array([[5, 5, 50, 50]]) if found else np.empty((0, 4), int)
        return boxes, np.full(len(boxes), 3, np.float32)


@pytest.fixture
def options():
    """A model and a detector that take no time."""
    return {"model": Brightness(), "detector": Upper()}


def picture(level, shape=(80, 120, 3)):
    """A picture of one mean brightness, with something in it."""
    noise = np.random.default_rng(0).integers(-9, 10, shape[:2])
    gray = np.clip(level + noise, 0, 255).astype(np.uint8)
    return gray if len(shape) == 2 else np.repeat(gray[..., np.newaxis], 3, axis=2)


BRIGHT, DARK, NOBODY = picture(230), picture(40), picture(0) // 2


@pytest.fixture
def folder(tmp_path):
    """A happy, a sad and an empty photo, and one that is damaged."""
    where = tmp_path / "photos"
    where.mkdir()
    for name, image in (("a.png", BRIGHT), ("b.png", DARK), ("c.png", NOBODY)):
        cv2.imwrite(str(where / name), image)
    (where / "d.png").write_bytes(b"no image")
    return where


def face(expression, track=1, probability=0.8, box=(5, 5, 50, 50)):
    happy = 1 - probability if expression == "sad" else probability
    scores = {"happy": happy, "sad": 1 - happy}
    return Face(box, expression, scores, "probability", 1.0, track, Quality(50, 0.5, 0.9))


def frame(index, time, *faces, image=None):
    return FrameResult(index, time, picture(99) if image is None else image, list(faces))
