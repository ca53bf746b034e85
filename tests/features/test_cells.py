import numpy as np
import pytest

from fer_classic.features._cells import cell_histograms, cell_members, cell_names, check_grid


def bands(length, count, overlap=0.0):
    """First and last place of each cell along one axis."""
    places, cells, _ = cell_members(length, 1, (count, 1), overlap)
    members = [places[cells == cell] for cell in range(count)]
    return [(int(cell.min()), int(cell.max())) for cell in members]


@pytest.mark.parametrize(
    ("length", "count", "expected"),
    [
        (6, 3, [(0, 1), (2, 3), (4, 5)]),
        (7, 3, [(0, 1), (2, 4), (5, 6)]),
        (5, 5, [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4)]),
        (5, 1, [(0, 4)]),
        (48, 7, [(0, 6), (7, 13), (14, 20), (21, 26), (27, 33), (34, 40), (41, 47)]),
    ],
)
def test_cells_without_overlap(length, count, expected):
    assert bands(length, count) == expected


@pytest.mark.parametrize(
    ("length", "count", "overlap", "expected"),
    [
        (8, 2, 0.5, [(0, 4), (3, 7)]),
        (8, 2, 1.0, [(0, 5), (2, 7)]),
        (12, 3, 1.0, [(0, 5), (2, 9), (6, 11)]),
        (4, 1, 1.0, [(0, 3)]),
    ],
)
def test_cells_grow_on_both_sides(length, count, overlap, expected):
    assert bands(length, count, overlap) == expected


@pytest.mark.parametrize("shape", [(48, 48), (5, 9), (17, 4)])
@pytest.mark.parametrize("grid", [(1, 1), (3, 4), (5, 2)])
def test_without_overlap_every_pixel_is_in_one_cell(shape, grid):
    pixels, _, sizes = cell_members(*shape, grid, 0.0)
    assert pixels.tolist() == list(range(shape[0] * shape[1]))
    assert sizes.min() >= 1
    assert sizes.sum() == shape[0] * shape[1]


def test_a_table():
    codes = np.array([[[0, 0, 1, 2], [0, 1, 1, 2]]])
    shares = cell_histograms(codes, 3, (1, 2), 0.0)
    assert shares.tolist() == [[[0.75, 0.25, 0.0], [0.0, 0.5, 0.5]]]
    assert shares.dtype == np.float32


def test_histograms_equal_counting_by_hand():
    codes = np.random.default_rng(0).integers(0, 10, (3, 13, 11))
    shares = cell_histograms(codes, 10, (4, 3), 0.6)
    pixels, cells, sizes = cell_members(13, 11, (4, 3), 0.6)
    for image, flat in enumerate(codes.reshape(3, -1)):
        for cell in range(12):
            counted = np.bincount(flat[pixels[cells == cell]], minlength=10)
            assert counted.sum() == sizes[cell]
            np.testing.assert_allclose(shares[image, cell], counted / sizes[cell], rtol=1e-6)


def test_names_run_row_by_row():
    assert cell_names((2, 3)) == ["r0c0", "r0c1", "r0c2", "r1c0", "r1c1", "r1c2"]


@pytest.mark.parametrize("grid", [(0, 1), (2,), (1, 2, 3), (2.0, 2), ("2", 2), (1, -1)])
def test_grids_that_are_none(grid):
    with pytest.raises(ValueError, match="Step: grid must be two whole numbers of 1 or more"):
        check_grid(grid, 10, 10, name="Step")


@pytest.mark.parametrize("grid", [(11, 1), (1, 6)])
def test_more_cells_than_pixels(grid):
    with pytest.raises(ValueError, match=r"image of shape \(10, 5\) has pixels; use at most grid="):
        check_grid(grid, 10, 5, name="Step")


def test_as_many_cells_as_pixels():
    check_grid([10, 5], 10, 5, name="Step")
