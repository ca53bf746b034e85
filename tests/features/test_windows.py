from itertools import pairwise

import numpy as np
import pytest

from fer_classic.features._windows import (
    check_windows,
    window_averages,
    window_cuts,
    windows,
)

pytestmark = pytest.mark.portability


@pytest.mark.parametrize(
    ("length", "count", "overlap", "expected"),
    [
        (6, 3, 0.0, [(0, 2), (2, 4), (4, 6)]),
        (5, 5, 0.0, [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)]),
        (5, 1, 1.0, [(0, 5)]),
        # The place in the middle belongs to both.
        (5, 2, 0.0, [(0, 3), (2, 5)]),
        (7, 2, 0.0, [(0, 4), (3, 7)]),
        (8, 2, 0.5, [(0, 5), (3, 8)]),
        (12, 3, 1.0, [(0, 6), (2, 10), (6, 12)]),
        (43, 6, 1.0, [(0, 11), (4, 18), (11, 25), (18, 32), (25, 39), (32, 43)]),
    ],
)
def test_windows(length, count, overlap, expected):
    assert windows(length, count, overlap) == expected


@pytest.mark.parametrize("overlap", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("length", range(1, 24))
def test_they_are_symmetric_and_leave_no_place_out(length, overlap):
    for count in range(1, length + 1):
        places = windows(length, count, overlap)
        assert places == [(length - stop, length - start) for start, stop in places[::-1]]
        assert (places[0][0], places[-1][1]) == (0, length)
        assert all(start < stop for start, stop in places)
        for (_, stop), (start, _) in pairwise(places):
            assert start <= stop


def test_cuts_and_averages():
    fine, coarse = [(0, 2), (1, 5)], [(0, 5)]
    cuts = window_cuts([fine, coarse])
    assert cuts == [0, 1, 2, 5]
    matrix = window_averages(fine, cuts)
    assert matrix.dtype == np.float32
    np.testing.assert_allclose(matrix, [[1 / 2, 1 / 2, 0], [0, 1 / 4, 1 / 4]])
    # Sums over the parts of 10, 20, 30, 40, 50.
    np.testing.assert_allclose(matrix @ [10, 20, 120], [15, 35])


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ((3, 1), r"Step: grid=\(3, 1\) has more windows than .* \(2 x 4\); use at most"),
        ((1, 5), r"grid=\(1, 5\) has more windows"),
        ((0, 1), r"Step: grid must be two integers of at least 1, got \(0, 1\)"),
        ((1, 1, 1), "Step: grid must be two integers"),
    ],
)
def test_errors(grid, message):
    check_windows((2, 4), (2, 4), name="Step")
    with pytest.raises(ValueError, match=message):
        check_windows(grid, (2, 4), name="Step")
