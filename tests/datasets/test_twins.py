import numpy as np
import pytest

from fer_classic.datasets import near_twins
from fer_classic.datasets._base import make_bunch

TRAIN, PUBLIC, PRIVATE = "Training", "PublicTest", "PrivateTest"


def bunch_of(images, split):
    return make_bunch(
        name="folder", descr="folder", images=images, target=[0] * len(images), split=split
    )


def mixed(image, other, share):
    return np.uint8((1 - share) * image + share * other)


def correlation(first, second):
    return np.corrcoef(first.ravel(), second.ravel())[0, 1]


def test_the_nearest_training_image_counts(noise):
    face, other = noise(0), noise(1)
    near, nearer = mixed(face, other, 0.25), mixed(face, other, 0.05)
    images = [near, face, nearer, face[:, ::-1], mixed(face, other, 0.5), noise(2), face]
    split = [TRAIN, TRAIN, PUBLIC, PUBLIC, PUBLIC, PRIVATE, PRIVATE]
    nearest = near_twins(bunch_of(images, split))
    assert nearest.dtype == np.float64
    assert nearest == pytest.approx([0, 0, correlation(face, nearer), 1, 0, 0, 1])
    # The fifth image is near to the first test image only, which does not count.
    assert correlation(images[4], nearer) < 0.9


def test_test_images_that_are_near_to_each_other_are_no_twins(noise):
    assert near_twins(bunch_of([noise(0), noise(1), noise(1)], [TRAIN, PUBLIC, PUBLIC])).sum() == 0


def test_it_is_the_highest_correlation_by_definition(noise):
    roots = [noise(seed).astype(float) for seed in range(12)]
    rng = np.random.default_rng(0)
    images = [
        np.uint8(np.clip(root[:, ::step] + rng.normal(0, rng.uniform(1, 60), (48, 48)), 0, 255))
        for root in roots
        for step in (1, 1, -1, -1)
    ]
    split = rng.choice([TRAIN, PUBLIC], len(images))
    training = np.flatnonzero(split == TRAIN)
    expected = np.zeros(len(images))
    for test in np.flatnonzero(split == PUBLIC):
        copies = [copy for k in training for copy in (images[k], images[k][:, ::-1])]
        expected[test] = max(correlation(images[test], copy) for copy in copies)
    for least in (0.9, 0.95):
        known = np.where(expected >= least, expected, 0)
        assert near_twins(bunch_of(images, split), correlation=least) == pytest.approx(known)
        assert 3 < np.count_nonzero(known) < np.count_nonzero(split == PUBLIC)


def test_images_of_several_sizes_and_blank_ones(noise):
    blank = np.zeros((48, 48), np.uint8)
    images = [noise(0), noise(0, 60, 50), blank, noise(0, 60, 50), blank, noise(1)]
    nearest = near_twins(bunch_of(images, [TRAIN] * 3 + [PUBLIC] * 3))
    assert nearest.tolist() == [0, 0, 0, 1, 0, 0]


def test_a_split_without_training_images(noise):
    assert near_twins(bunch_of([noise(0), noise(0)], [PUBLIC, PUBLIC])).tolist() == [0, 0]


@pytest.mark.parametrize("value", [0.5, 1.5, "0.9", None, np.nan])
def test_a_correlation_that_is_none(noise, value):
    with pytest.raises(ValueError, match=r"correlation must be in 0\.9 to 1, got"):
        near_twins(bunch_of([noise(0), noise(1)], [TRAIN, PUBLIC]), correlation=value)


def test_a_data_set_without_a_split(noise):
    with pytest.raises(ValueError, match="folder has no official split"):
        near_twins(bunch_of([noise(0), noise(1)], None))
