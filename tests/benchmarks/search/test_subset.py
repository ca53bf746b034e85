import numpy as np
import pytest
from sklearn.utils import Bunch

from benchmarks.search.subset import take_part
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


def test_nothing_of_a_test_part_is_seen(bunch):
    part = take_part(bunch, n_items=None, n_folds=2, seed=0)
    seen = {image.tobytes() for image in part.images}
    assert seen == {image.tobytes() for image in np.delete(bunch.images[:40], 3, axis=0)}


def test_units_stay_whole(bunch):
    part = take_part(bunch, n_items=None, n_folds=3, seed=0)
    place = {image.tobytes(): k for k, image in enumerate(part.images)}
    assert len(np.unique(part.units)) == 37
    assert (
        part.units[place[bunch.images[8].tobytes()]] == part.units[place[bunch.images[9].tobytes()]]
    )
    for train, test in part.folds:
        assert not np.intersect1d(part.units[train], part.units[test]).size
    tested = np.concatenate([test for _, test in part.folds])
    assert sorted(tested) == list(range(39))


def test_a_draw_is_about_as_large_as_asked(bunch):
    part = take_part(bunch, n_items=20, n_folds=2, seed=1)
    assert 20 <= len(part.images) <= 22
    assert part.base["n_items"] == len(part.images)


def test_folds_that_cannot_be_made(bunch):
    bunch.target = np.arange(60) % 8
    with pytest.raises(ProtocolError, match="39 images of fer2013, split in 30 folds: n_spl"):
        take_part(bunch, n_items=None, n_folds=30, seed=0)


def test_no_image_of_the_training_part(bunch):
    bunch.split = np.repeat("PublicTest", 60)
    with pytest.raises(ProtocolError, match="0 images of fer2013 have 0"):
        take_part(bunch, n_items=20, n_folds=3, seed=0)
