import numpy as np

from benchmarks.detector.mining import mine

PICTURE = np.random.default_rng(0).integers(0, 256, (120, 160)).astype(np.uint8)


class Sees:
    """Proposes two boxes, the first unlikely, and finds a third."""

    def propose(self, image):
        return np.array([[0.0, 0, 30, 30], [10, 10, 40, 40]]), np.array([0.1, 0.9])

    def detect(self, image):
        return np.array([[20, 20, 30, 30]]), np.array([0.8])


def test_likely_windows_and_all_surroundings():
    rng = np.random.default_rng(2)
    faces = np.full((1, 48, 48), 99, np.uint8)
    windows, surroundings = mine(Sees(), faces, [PICTURE], n=4, rng=rng)
    assert windows.shape == (8, 1, 48, 48)
    assert surroundings.shape == (8, 1, 48, 48)


def test_faces_are_not_among_them(monkeypatch):
    boxes = np.array([[10, 10, 40, 40]])
    monkeypatch.setattr("benchmarks.detector.mining._next_picture", lambda *_: (PICTURE, boxes))
    windows, surroundings = mine(Sees(), None, None, n=1, rng=None)
    assert windows.shape == (0, 1, 48, 48)
    assert len(surroundings) == 1
