import numpy as np
import pytest

from fer_classic.utils._blocks import first_typical, image_blocks


def of_levels(levels, dtype=np.uint16):
    """One image of 2 x 2 pixels for each level."""
    return np.repeat(np.array(levels, dtype), 4).reshape(-1, 2, 2)


def bounds(blocks):
    return [(block.start, block.stop) for block in blocks]


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([256], [(0, 1)]),
        ([256, 300, 400, 500, 65535], [(0, 2), (2, 4), (4, 5)]),
        # One deep image is enough for its block.
        ([256, 3, 4, 500], [(0, 2), (2, 4)]),
        # Dark blocks are joined with their neighbours, at either end too.
        ([9, 9, 9, 9, 256, 0, 256], [(0, 6), (6, 7)]),
        ([256, 0, 9, 9, 9, 255, 256, 9, 1], [(0, 6), (6, 9)]),
        ([0, 0, 256, 256, 0, 0, 9], [(0, 7)]),
        ([0, 0, 9, 9, 256, 256], [(0, 6)]),
        # The whole is refused or black.
        ([9, 9, 0, 255, 1], [(0, 2), (2, 4), (4, 5)]),
        ([0, 0, 0], [(0, 2), (2, 3)]),
    ],
)
def test_blocks_of_sixteen_bits(levels, expected):
    images = of_levels(levels)
    objects = np.empty(len(levels), dtype=object)
    objects[:] = list(images)
    rows = images.reshape(len(images), -1)
    for given in (images, images.astype(">u2"), list(images), objects, rows):
        assert bounds(image_blocks(given, 2)) == expected


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.float32, bool])
def test_blocks_of_other_values_have_one_length(dtype):
    images = of_levels([1, 0, 0, 1, 1], dtype)
    for given in (images, list(images), images.tolist()):
        assert bounds(image_blocks(given, 2)) == [(0, 2), (2, 4), (4, 5)]
        assert first_typical(given) == 0
    assert image_blocks(images[:0], 2) == []


def test_tables():
    pandas = pytest.importorskip("pandas", reason="tables need it")
    table = pandas.DataFrame(of_levels([9, 9, 256]).reshape(3, -1))
    assert bounds(image_blocks(table, 2)) == [(0, 3)]
    assert first_typical(table) == 2


@pytest.mark.parametrize(
    ("levels", "place"), [([256, 9], 0), ([0, 9, 255, 256, 300], 3), ([9, 9], 0), ([0, 0], 0)]
)
def test_the_first_image_that_is_accepted_alone(levels, place):
    images = of_levels(levels)
    assert first_typical(images) == first_typical(list(images)) == place


@pytest.mark.parametrize("seed", range(20))
def test_every_block_is_judged_as_the_whole(seed):
    rng = np.random.default_rng(seed)
    levels = rng.choice([0, 1, 255, 256, 65535], 23, p=[0.2, 0.3, 0.4, 0.05, 0.05])
    images = of_levels(levels)
    blocks = image_blocks(images, 3)
    np.testing.assert_array_equal(np.concatenate([images[block] for block in blocks]), images)
    if levels.max() > 255:
        assert all(levels[block].max() > 255 for block in blocks)
