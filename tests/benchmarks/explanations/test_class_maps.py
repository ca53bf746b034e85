import numpy as np
import pytest

from benchmarks.explanations.class_maps import class_maps
from benchmarks.robustness.faces import Faces
from benchmarks.robustness.measures import Model
from tests.inspection.stand_ins import BlockReader


def test_the_block_that_is_read():
    images = np.full((3, 48, 48), 50, np.uint8)
    images[:, 8:16, 8:16] = 250
    labels, positions = np.array(["bright", "dark", "bright"]), np.arange(3)
    faces = Faces("drawn", "some", "0", images, labels, np.array([0, 1, 1]), positions)
    reports = []
    (row,) = class_maps(Model("mine", None, BlockReader()), faces, report=reports.append)
    assert (row.method, row.score_kind, row.n, row.n_units) == ("masks", "probability", 3, 2)
    assert reports == [2, 1]
    bright, dark = np.array(row.maps["bright"]), np.array(row.maps["dark"])
    assert bright.shape == (12, 12)
    assert bright.dtype.kind == "i"
    # What speaks for one of two classes speaks against the other.
    np.testing.assert_array_equal(bright, -dark)
    assert bright.max() == 100
    row_, column = np.unravel_index(bright.argmax(), bright.shape)
    assert {int(row_), int(column)} <= {2, 3}
    assert 0 < row.largest < 1


def test_maps_of_nothing():
    class Blind(BlockReader):
        def predict_proba(self, X):
            return np.full((len(X), 2), 0.5)

    images = np.random.default_rng(0).integers(0, 255, (1, 48, 48), dtype=np.uint8)
    faces = Faces("drawn", None, "0", images, np.array(["dark"]), np.arange(1), np.arange(1))
    (row,) = class_maps(Model("mine", None, Blind()), faces)
    assert row.largest == pytest.approx(0)
    assert not np.any(row.maps["dark"])
