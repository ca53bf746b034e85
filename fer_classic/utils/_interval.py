"""The interval of a bootstrap over few units."""

from math import sqrt

import numpy as np
from scipy.stats import norm, t

__all__ = ["interval"]


def interval(values, n_units):
    """Return the central 95 % interval of resampled values, ignoring NaN.

    Percentiles of a bootstrap are too close together where there are few units: the spread of the
    resamples is too small by ``sqrt((n - 1) / n)``, and is itself an estimate. They are taken as
    far out as the t distribution asks, the expanded percentiles of [1]_.

    Parameters
    ----------
    values : ndarray of shape (n_resamples,)
    n_units : int
        Number of units that were resampled.

    Returns
    -------
    low, high : float, or None if no value is defined or there is a single unit

    References
    ----------
    .. [1] T. Hesterberg, "What teachers should know about the bootstrap: resampling in the
       undergraduate statistics curriculum", The American Statistician 69, 2015.
    """
    values = values[np.isfinite(values)]
    if not len(values) or n_units < 2:
        return None, None
    reach = t.isf(0.025, n_units - 1) * sqrt(n_units / (n_units - 1))
    tail = norm.sf(reach)
    low, high = np.quantile(values, [tail, 1 - tail])
    return float(low), float(high)
