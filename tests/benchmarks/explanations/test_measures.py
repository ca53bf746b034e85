import numpy as np
import pytest

from benchmarks.explanations.measures import gains, measure, paired_interval
from benchmarks.robustness.faces import Faces
from benchmarks.robustness.measures import Model
from tests.inspection.stand_ins import BlockReader


def test_gains_by_hand():
    merits = np.array([[3.0, 1.0, 2.0], [5.0, 1.0, 6.0]])
    found = gains(merits, np.array([0, 1]))
    assert {order: gain["value"] for order, gain in found.items()} == {"random": 3, "blob": 0}
    assert (found["random"]["low"], found["random"]["high"]) == (2, 4)


def test_intervals_are_over_units():
    differences = np.r_[np.zeros(50), np.ones(50)]
    one_each = paired_interval(differences, np.arange(100))
    assert one_each["value"] == 0.5
    assert one_each["high"] - one_each["low"] == pytest.approx(0.2, abs=0.02)
    two = paired_interval(differences, np.repeat([0, 1], 50))
    assert (two["low"], two["high"]) == (0, 1)
    alone = paired_interval(differences, np.zeros(100))
    assert (alone["value"], alone["low"], alone["high"]) == (0.5, None, None)


def test_the_map_of_a_block_is_better():
    images = np.random.default_rng(0).integers(0, 100, (4, 48, 48), dtype=np.uint8)
    images[:, 8:16, 8:16] = 255
    faces = Faces("drawn", None, "0", images, np.array(["x"] * 4), np.arange(4), np.arange(4))
    reports = []
    rows = measure(Model("mine", None, BlockReader()), faces, report=lambda: reports.append(1))
    assert [row.method for row in rows] == ["masks", "occlusion"]
    assert len(reports) == 8
    for row in rows:
        assert (row.n, row.n_units, row.score, row.score_kind) == (4, 4, 1.0, "probability")
        for gain in (row.deletion_gain, row.insertion_gain):
            assert gain["blob"]["low"] > 0.1
