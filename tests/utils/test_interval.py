import numpy as np
import pytest
from scipy.stats import t

from fer_classic.utils._interval import interval


def test_interval_leaves_undefined_values_out():
    assert interval(np.array([np.nan, 1.0, 1.0]), 10) == (1.0, 1.0)
    assert interval(np.array([np.nan]), 10) == (None, None)
    assert interval(np.array([1.0, 2.0]), 1) == (None, None)


@pytest.mark.parametrize("n_units", [4, 10, 1000])
def test_interval_of_a_mean_is_that_of_student(n_units):
    """Resampled means of normal numbers spread by the deviation with divisor n."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=1_000_000) * np.sqrt((n_units - 1) / n_units) / np.sqrt(n_units)
    low, high = interval(values, n_units)
    expected = t.isf(0.025, n_units - 1) / np.sqrt(n_units)
    assert (-low, high) == pytest.approx((expected, expected), rel=0.03)
