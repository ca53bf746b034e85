import numpy as np
import pytest

from fer_classic.plotting._values import check_axes, check_side, estimates, numbers
from tests.plotting.conftest import ESTIMATE

NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize("values", [[1, 2], np.array([1, 2], object), (True, np.float32(2))])
def test_numbers_of_any_kind(values):
    found = numbers(values, "x")
    assert found.dtype == np.float64
    assert found.tolist() == [1, 2]


def test_what_is_not_known_may_be_kept():
    found = numbers([None, NAN, INF, 1], "x", low=0, high=1, finite=False)
    np.testing.assert_array_equal(found, [NAN, NAN, INF, 1])


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        ([0.5, "a"], {}, "x must be finite numbers, got 'a' at index 1; do this."),
        (["1", "2"], {}, "x must be finite numbers, got '1' at index 0; do this."),
        ([1 + 2j], {}, r"x must be finite numbers, got \(1\+2j\) at index 0"),
        ([1, NAN], {}, "finite numbers, got nan at index 1"),
        ([1, None], {}, "finite numbers, got None at index 1"),
        ([INF], {"positive": True}, "numbers above 0, got inf at index 0"),
        ([1, 0], {"positive": True}, "numbers above 0, got 0 at index 1"),
        ([0, -1], {"low": 0}, "numbers of 0 or more, got -1 at index 1"),
        (
            [2.0, NAN],
            {"low": 0, "high": 1, "finite": False},
            "numbers from 0 to 1, got 2.0 at index 0",
        ),
        ([[1, 2], [3, NAN]], {"ndim": 2}, "got nan at index 1, 1"),
        (NAN, {"ndim": 0}, "x must be a finite number, got nan; do this"),
        (0, {"ndim": 0, "positive": True}, "x must be a number above 0, got 0; do this"),
        ([[1]], {}, r"x must have 1 axis, got the shape \(1, 1\)"),
        (1, {"ndim": 2}, r"x must have 2 axes, got the shape \(\)"),
        ([[1], [1, 2]], {"ndim": 2}, "its rows differ in length"),
    ],
)
def test_what_is_no_number_is_named(values, options, message):
    with pytest.raises(ValueError, match=message):
        numbers(values, "x", remedy="do this", **options)


def test_estimates():
    value, low, high = estimates([ESTIMATE, {"value": 1, "low": None}], str)
    assert value.tolist() == [0.5, 1]
    np.testing.assert_array_equal(low, [0.4, NAN])
    np.testing.assert_array_equal(high, [0.6, NAN])
    assert estimates([], str).shape == (3, 0)


@pytest.mark.parametrize(
    ("estimate", "message"),
    [
        ({}, "the value of rate 1 must be a number from 0 to 1, got None"),
        ({"value": 85}, "the value of rate 1 must be .* got 85; divide percentages by 100"),
        (ESTIMATE | {"value": NAN}, "the value of rate 1 must be .* got nan"),
        (ESTIMATE | {"high": 1.5}, "the high of rate 1 must be .* got 1.5"),
        (0.5, "rate 1 must be a mapping with value, low and high, got 0.5"),
    ],
)
def test_estimates_that_are_no_rates(estimate, message):
    with pytest.raises(ValueError, match=message):
        estimates([ESTIMATE, estimate], lambda number: f"rate {number}")


def test_axes_and_sides():
    assert check_axes([1, 2], 2, "each").tolist() == [1, 2]
    with pytest.raises(ValueError, match="axes must be 3, one for each; got 2"):
        check_axes([1, 2], 3, "each")
    with pytest.raises(ValueError, match="side must be a number above 0, got nan"):
        check_side(NAN)
