import numpy as np
import pytest

from fer_classic.features._cells import cell_histograms, cell_names, check_grid

pytestmark = pytest.mark.portability


def members(height, width, grid, overlap):
    """Which pixels each cell holds: bool, (n_cells, height * width)."""
    # Each pixel has a code of its own.
    codes = np.arange(height * width).reshape(1, height, width)
    return cell_histograms(codes, height * width, grid, overlap)[0] > 0


def bands(length, count, overlap=0.0):
    """First and last place of each cell along one axis."""
    cells = [np.flatnonzero(cell) for cell in members(length, 1, (count, 1), overlap)]
    assert all((np.diff(cell) == 1).all() for cell in cells)
    return [(int(cell[0]), int(cell[-1])) for cell in cells]


@pytest.mark.parametrize(
    ("length", "count", "expected"),
    [
        (6, 3, [(0, 1), (2, 3), (4, 5)]),
        (7, 3, [(0, 1), (2, 4), (5, 6)]),
        (5, 5, [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4)]),
        (5, 1, [(0, 4)]),
        # A place in the middle between two cells belongs to the second, whichever they are.
        (5, 2, [(0, 1), (2, 4)]),
        (7, 2, [(0, 2), (3, 6)]),
        (10, 4, [(0, 1), (2, 4), (5, 6), (7, 9)]),
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
        # Half a place on each side is a whole one.
        (12, 3, 0.25, [(0, 4), (3, 8), (7, 11)]),
        (24, 3, 0.125, [(0, 8), (7, 16), (15, 23)]),
        (6, 3, 0.5, [(0, 2), (1, 4), (3, 5)]),
        # Less than half a place is none.
        (12, 3, 0.24, [(0, 3), (4, 7), (8, 11)]),
        (48, 7, 1.0, [(0, 9), (3, 16), (10, 23), (17, 30), (24, 37), (31, 44), (38, 47)]),
    ],
)
def test_cells_grow_on_both_sides(length, count, overlap, expected):
    assert bands(length, count, overlap) == expected


@pytest.mark.parametrize(
    ("count", "overlap", "grown"), [(12, 0.25, 1), (6, 0.125, 1), (8, 0.5, 2), (3, 0.3, 2)]
)
def test_inner_cells_grow_alike_and_symmetrically(count, overlap, grown):
    cells, inner = bands(48, count, overlap), slice(1, -1)
    expected = [(first - grown, last + grown) for first, last in bands(48, count)]
    assert cells[inner] == expected[inner]
    assert cells == [(47 - last, 47 - first) for first, last in cells[::-1]]


@pytest.mark.parametrize("shape", [(48, 48), (5, 9), (17, 4), (10, 50)])
@pytest.mark.parametrize("grid", [(1, 1), (3, 4), (5, 2)])
def test_without_overlap_every_pixel_is_in_one_cell(shape, grid):
    assert (members(*shape, grid, 0.0).sum(axis=0) == 1).all()


def test_a_table():
    codes = np.array([[[0, 0, 1, 2], [0, 1, 1, 2]]])
    shares = cell_histograms(codes, 3, (1, 2), 0.0)
    assert shares.tolist() == [[[0.75, 0.25, 0.0], [0.0, 0.5, 0.5]]]
    assert shares.dtype == np.float32


@pytest.mark.parametrize("overlap", [0.0, 0.1, 0.6, 1.0])
@pytest.mark.parametrize("grid", [(1, 1), (4, 3), (2, 7), (13, 11)])
def test_histograms_equal_counting_by_hand(grid, overlap):
    codes = np.random.default_rng(0).integers(0, 10, (3, 13, 11))
    shares = cell_histograms(codes, 10, grid, overlap)
    assert shares.shape == (3, grid[0] * grid[1], 10)
    rectangles = [
        np.s_[top : bottom + 1, left : right + 1]
        for top, bottom in bands(13, grid[0], overlap)
        for left, right in bands(11, grid[1], overlap)
    ]
    for image, described in zip(codes, shares, strict=True):
        for rectangle, cell in zip(rectangles, described, strict=True):
            counted = np.bincount(image[rectangle].ravel(), minlength=10).astype(np.float32)
            np.testing.assert_array_equal(cell, counted / np.float32(image[rectangle].size))


def test_names_run_row_by_row():
    assert cell_names((2, 3)) == ["r0c0", "r0c1", "r0c2", "r1c0", "r1c1", "r1c2"]


@pytest.mark.parametrize("grid", [(0, 1), (2,), (1, 2, 3), (2.0, 2), ("2", 2), (1, -1)])
def test_grids_that_are_none(grid):
    with pytest.raises(ValueError, match="Step: grid must be two integers of at least 1"):
        check_grid(grid, 10, 10, name="Step")


@pytest.mark.parametrize("grid", [(11, 1), (1, 6)])
def test_more_cells_than_pixels(grid):
    with pytest.raises(ValueError, match=r"image of shape \(10, 5\) has pixels; use at most grid="):
        check_grid(grid, 10, 5, name="Step")


def test_as_many_cells_as_pixels():
    check_grid([10, 5], 10, 5, name="Step")
