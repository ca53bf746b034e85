import cv2
import numpy as np
import pytest

from fer_classic.datasets._near import near_groups


def group(images, correlation=0.99, exclude=None):
    exclude = np.zeros(len(images), bool) if exclude is None else exclude
    return near_groups(images, correlation=correlation, exclude=exclude).tolist()


def smooth(seed, height=48, width=48):
    noise = np.random.default_rng(seed).normal(size=(height, width))
    blurred = cv2.GaussianBlur(noise, (0, 0), 3)
    return np.uint8(128 + 40 * blurred / blurred.std()).clip(0, 255)


def by_definition(images, correlation):
    flat = np.stack([image.ravel() for image in images])
    mirrored = np.stack([image[:, ::-1].ravel() for image in images])
    table = np.corrcoef(flat, mirrored)
    n_samples = len(images)
    related = np.maximum(table[:n_samples, :n_samples], table[:n_samples, n_samples:])
    related = related >= correlation
    ids = list(range(n_samples))
    for first, second in np.argwhere(related):
        old, new = ids[second], ids[first]
        ids = [new if label == old else label for label in ids]
    return ids


def same_partition(first, second):
    return len(set(zip(first, second, strict=True))) == len(set(first)) == len(set(second))


def test_transformed_copies_belong_together():
    image = smooth(0)
    darker = np.uint8(image * 0.7)
    noisy = np.uint8(np.clip(image + np.random.default_rng(1).normal(0, 2, image.shape), 0, 255))
    images = np.stack([image, smooth(1), darker, image[:, ::-1], noisy, image[::-1], smooth(2)])
    first, *others = group(images)
    assert [label == first for label in others] == [False, True, True, True, False, False]


def test_groups_are_chains():
    left, right = smooth(0).astype(float), smooth(1).astype(float)
    steps = [np.uint8(left + (right - left) * share) for share in np.linspace(0, 0.5, 6)]
    assert len(set(group(np.stack(steps), correlation=0.97))) == 1
    assert len(set(group(np.stack([steps[0], steps[-1]]), correlation=0.97))) == 2


@pytest.mark.parametrize("correlation", [0.3, 0.6, 0.9, 0.99])
@pytest.mark.parametrize("shape", [(48, 48), (50, 37), (5, 7)])
def test_pairs_are_those_of_the_definition(correlation, shape):
    rng = np.random.default_rng(0)
    roots = [smooth(seed, *shape).astype(float) for seed in range(30)]
    images = []
    for root in roots:
        images.append(root)
        images.append(root + rng.normal(0, rng.uniform(1, 60), shape))
        images.append(root[:, ::-1] + rng.normal(0, rng.uniform(1, 60), shape))
    images = np.stack([np.uint8(image.clip(0, 255)) for image in images])
    assert same_partition(group(images, correlation), by_definition(images, correlation))


def test_identical_images_correlate_fully():
    images = np.stack([smooth(seed) for seed in (0, 1, 0, 2)])
    ids = group(images, correlation=1.0)
    assert ids[0] == ids[2]
    assert len(set(ids)) == 3


def test_images_of_several_sizes():
    images = np.empty(4, dtype=object)
    images[:] = [smooth(0), smooth(0, 60, 50), smooth(0), smooth(0, 60, 50)]
    ids = group(images)
    assert ids[0] == ids[2] != ids[1] == ids[3]


def test_excluded_images_stay_alone():
    images = np.stack([smooth(0), np.zeros((48, 48), np.uint8), smooth(0)])
    images = np.concatenate([images, images])
    ids = group(images, exclude=np.array([False, True, True] * 2))
    assert ids[0] == ids[3]
    assert len(set(ids)) == 5


def test_more_images_than_one_chunk(monkeypatch):
    monkeypatch.setattr("fer_classic.datasets._near._ROWS", 4)
    monkeypatch.setattr("fer_classic.datasets._near._CHUNK_PIXELS", 3 * 48 * 48)
    seeds = [0, 1, 2, 3, 4, 5, 1, 6, 7, 0, 1, 8, 9, 9]
    images = np.stack([smooth(seed) for seed in seeds])
    images[6] = images[6, :, ::-1]
    assert same_partition(group(images), seeds)
