import cv2
import numpy as np
import pytest

from fer_classic.datasets._near import find_blank, near_groups, near_pairs

pytestmark = pytest.mark.portability


def pair(images, correlation=0.99, exclude=None, probes=None):
    exclude = np.zeros(len(images), bool) if exclude is None else exclude
    return near_pairs(images, correlation=correlation, exclude=exclude, probes=probes)


def group(images, correlation=0.99, exclude=None):
    return near_groups(pair(images, correlation, exclude)[0], len(images)).tolist()


def smooth(seed, height=48, width=48):
    noise = np.random.default_rng(seed).normal(size=(height, width))
    blurred = cv2.GaussianBlur(noise, (0, 0), 3)
    return np.uint8(128 + 40 * blurred / blurred.std()).clip(0, 255)


def tables(images):
    """Correlations of all images with all, and with all mirror images."""
    flat = np.stack([image.ravel() for image in images])
    mirrored = np.stack([image[:, ::-1].ravel() for image in images])
    table = np.corrcoef(flat, mirrored)
    return table[: len(images), : len(images)], table[: len(images), len(images) :]


def by_definition(images, correlation):
    related = np.maximum(*tables(images)) >= correlation
    ids = list(range(len(images)))
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


def many(shape):
    """Ninety images, many of them noisy copies or mirror images of others."""
    rng = np.random.default_rng(0)
    roots = [smooth(seed, *shape).astype(float) for seed in range(30)]
    images = []
    for root in roots:
        images.append(root)
        images.append(root + rng.normal(0, rng.uniform(1, 60), shape))
        images.append(root[:, ::-1] + rng.normal(0, rng.uniform(1, 60), shape))
    return np.stack([np.uint8(image.clip(0, 255)) for image in images])


@pytest.mark.parametrize("correlation", [0.3, 0.6, 0.9, 0.99])
@pytest.mark.parametrize("shape", [(48, 48), (50, 37), (5, 7)])
def test_groups_are_those_of_the_definition(correlation, shape):
    images = many(shape)
    assert same_partition(group(images, correlation), by_definition(images, correlation))


@pytest.mark.parametrize("n_probes", [0, 20, 90])
def test_pairs_and_correlations_are_those_of_the_definition(n_probes):
    images = many((48, 48))
    probes = np.zeros(90, bool)
    probes[np.random.default_rng(1).permutation(90)[:n_probes]] = True
    asked = np.triu(probes | probes[:, np.newaxis], k=1)
    expected = [
        (*where, table[*where])
        for table in tables(images)
        for where in np.argwhere(asked & (table >= 0.9))
    ]
    pairs, correlations = pair(images, 0.9, probes=probes)
    assert probes[pairs[:, 0]].all()
    found = sorted(zip(*np.sort(pairs, axis=1).T, correlations, strict=True))
    assert np.array(found) == pytest.approx(np.array(sorted(expected)))
    assert (len(expected) > 0) == (n_probes > 0)


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


def test_blank_images():
    images = [smooth(0), np.full((48, 48), 7, np.uint8), np.zeros((5, 7), np.uint8)]
    images.append(np.tile(np.array([0, 3], np.uint8), (4, 2)))
    images.append(np.tile(np.array([0, 4], np.uint8), (4, 2)))
    assert find_blank(images).tolist() == [False, True, True, True, False]


def test_more_images_than_one_chunk(monkeypatch):
    monkeypatch.setattr("fer_classic.datasets._near._ROWS", 4)
    monkeypatch.setattr("fer_classic.datasets._near._CHUNK_PIXELS", 3 * 48 * 48)
    seeds = [0, 1, 2, 3, 4, 5, 1, 6, 7, 0, 1, 8, 9, 9]
    images = np.stack([smooth(seed) for seed in seeds])
    images[6] = images[6, :, ::-1]
    assert same_partition(group(images), seeds)
