import numpy as np

from benchmarks.detector.measure import CONDITIONS, measure


class Everywhere:
    """Sees a sure and an unsure face in every image, where there is none."""

    def detect(self, image):
        return np.array([[0, 0, 2, 2], [3, 3, 2, 2]]), np.array([0.9, 0.6])


def test_a_row_for_each_kind_of_scene():
    faces, pictures = np.ones((2, 48, 48), np.uint8), [np.zeros((90, 90), np.uint8)] * 2
    header, rows = measure(Everywhere(), faces, pictures, n=1, thresholds=(0.5, 0.8))
    assert header == ("scenes", "0.5", "0.8")
    assert [row[0] for row in rows] == [*CONDITIONS, "without faces"]
    assert rows[0][1:] == ("0.0 / 200.0", "0.0 / 100.0")
    assert rows[-1][1:] == ("200.0", "100.0")
