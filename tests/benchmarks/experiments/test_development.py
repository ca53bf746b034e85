import numpy as np
import pytest
from sklearn.utils import Bunch

from benchmarks.experiments.data import Data
from benchmarks.experiments.development import development_folds
from fer_classic.exceptions import ProtocolError
from fer_classic.expressions import EXPRESSIONS


@pytest.fixture
def bunch():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (60, 16, 16), dtype=np.uint8)
    images[40] = images[3]  # a test image that is also in Training
    images[7] = images[5]
    images[9] = np.clip(images[8].astype(int) + 1, 0, 255)  # nearly the same
    duplicates = np.arange(60)
    duplicates[40], duplicates[7] = 3, 5
    return Bunch(
        name="fer2013",
        images=images,
        target=np.arange(60) % 2,
        target_names=np.array(EXPRESSIONS),
        subjects=None,
        sequences=None,
        split=np.repeat(["Training", "PublicTest"], [40, 20]),
        duplicates=duplicates,
    )


def split(bunch, *, n_items=None, n_folds=2, seed=0):
    return development_folds(Data.of(bunch), n_items=n_items, n_folds=n_folds, seed=seed)


def test_nothing_of_a_test_part_is_seen(bunch):
    folds, _ = split(bunch)
    seen = np.concatenate([fold.train for fold in folds])
    assert sorted(seen) == sorted(np.concatenate([fold.test for fold in folds]))
    assert sorted(seen) == [k for k in range(40) if k != 3]


def test_units_stay_whole(bunch):
    folds, data = split(bunch, n_folds=3)
    assert data.units[5] == data.units[7]
    assert data.units[8] == data.units[9]
    assert [fold.name for fold in folds] == [0, 1, 2]
    for fold in folds:
        assert not np.intersect1d(data.units[fold.train], data.units[fold.test]).size


def test_a_draw_is_about_as_large_as_asked(bunch):
    folds, _ = split(bunch, n_items=20, seed=1)
    assert 20 <= sum(len(fold.test) for fold in folds) <= 22


def test_folds_that_cannot_be_made(bunch):
    bunch.target = np.arange(60) % 8
    with pytest.raises(ProtocolError, match="39 images of fer2013, split in 30 folds: n_spl"):
        split(bunch, n_folds=30)
    with pytest.raises(ProtocolError, match="at least 2, got 1"):
        split(bunch, n_folds=1)


def test_no_image_of_the_training_part(bunch):
    bunch.split = np.repeat("PublicTest", 60)
    with pytest.raises(ProtocolError, match="0 images of fer2013 have 0"):
        split(bunch, n_items=20, n_folds=3)
