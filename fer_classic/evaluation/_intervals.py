"""Intervals and paired tests over independent units instead of images."""

import numpy as np
from scipy.stats import binom

from fer_classic.utils._interval import interval

__all__ = ["compare", "holm", "resample_totals", "tabulate"]


def tabulate(cells, units, shape):
    """Count the occurrences of each cell of a table, for each unit.

    Parameters
    ----------
    cells : ndarray of shape (n,), int
        Flat index of the cell into which each item falls.
    units : ndarray of shape (n,), or None
        Unit of each item; if None, each item is a unit.
    shape : tuple of int
        Shape of the table.

    Returns
    -------
    tables : ndarray of shape (n_units, *shape), int64

    Raises
    ------
    ValueError
        If the units are not of one type.
    """
    try:
        units = np.arange(len(cells)) if units is None else np.unique(units, return_inverse=True)[1]
    except TypeError:
        kinds = sorted({type(unit).__name__ for unit in units})
        raise ValueError(f"units must be of one type, got {', '.join(kinds)}.") from None
    n_units, n_cells = units.max() + 1, int(np.prod(shape))
    counts = np.bincount(units * n_cells + cells, minlength=n_units * n_cells)
    return counts.reshape(n_units, *shape)


def resample_totals(tables, *, n_resamples, seed):
    """Draw bootstrap samples of units and sum their tables.

    Units with equal tables are exchangeable, so that one multinomial draw over the distinct tables
    replaces draws of single units.

    Parameters
    ----------
    tables : ndarray of shape (n_units, ...), int
        One table per unit.
    n_resamples : int
        Number of resamples.
    seed : int
        Random seed.

    Returns
    -------
    totals : ndarray of shape (n_resamples, ...), float64
    """
    n_units = len(tables)
    rows = np.ascontiguousarray(tables).reshape(n_units, -1)
    # Sorting rows as byte strings is much faster than np.unique(axis=0).
    as_bytes = rows.view(np.dtype((np.void, rows.shape[1] * rows.itemsize))).ravel()
    _, first, counts = np.unique(as_bytes, return_index=True, return_counts=True)
    draws = np.random.default_rng(seed).multinomial(n_units, counts / n_units, size=n_resamples)
    totals = draws.astype(np.float64) @ rows[first].astype(np.float64)
    return totals.reshape(n_resamples, *tables.shape[1:])


def compare(y_true, first, second, *, units=None, n_resamples=10_000, seed=0):
    """Compare the accuracy of two classifiers on the same test items.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        True labels.
    first, second : array-like of shape (n,)
        Predicted labels of the two classifiers.
    units : array-like of shape (n,), optional
        Independent unit of each item; by default each item is a unit.
    n_resamples : int, default=10000
        Number of bootstrap resamples.
    seed : int, default=0
        Random seed of the bootstrap.

    Returns
    -------
    comparison : dict
        ``difference`` (accuracy of the first minus that of the second), ``low`` and ``high`` (95 %
        interval by the paired bootstrap over units), ``p_value``, ``test`` (``"mcnemar"`` or
        ``"sign-flip"``), ``only_first`` and ``only_second`` (number of items that only this
        classifier predicts correctly), ``n_items``, ``n_units``. Interval and p-value are None with
        a single unit.

    Raises
    ------
    ValueError
        If the lengths differ, there are no items, or only some labels are text.

    Notes
    -----
    The test is exact: if the classifiers are equally good, each unit could as well have the two
    exchanged, and the p-value is the share of all exchanges with a difference as large as the
    observed one (Fisher's randomisation test, [1]_). If all items are independent, this is
    McNemar's exact test [2]_. With n units that differ, no p-value is below ``2 ** (1 - n)``. The
    variation between training sets is not accounted for [3]_.

    The test and the interval are computed in different ways, and may disagree in close cases; with
    two or three units the interval is too narrow.

    References
    ----------
    .. [1] E. J. G. Pitman, "Significance tests which may be applied to samples from any
       populations", Supplement to the Journal of the Royal Statistical Society 4, 1937.
    .. [2] Q. McNemar, "Note on the sampling error of the difference between correlated proportions
       or percentages", Psychometrika 12, 1947.
    .. [3] T. G. Dietterich, "Approximate statistical tests for comparing supervised classification
       learning algorithms", Neural Computation 10, 1998.
    """
    y_true, first, second = (np.asarray(labels) for labels in (y_true, first, second))
    if not len(y_true) == len(first) == len(second) or not len(y_true):
        raise ValueError(
            "y_true, first and second must have the same length, at least 1; got "
            f"{len(y_true)}, {len(first)} and {len(second)}."
        )
    if units is not None and len(units) != len(y_true):
        raise ValueError(f"units must have one entry per item ({len(y_true)}), got {len(units)}.")
    if len({labels.dtype.kind in "OSUT" for labels in (y_true, first, second)}) > 1:
        raise ValueError(
            "y_true, first and second must all be names or all be numbers; got "
            f"{y_true.dtype}, {first.dtype} and {second.dtype}."
        )
    right = 2 * (first == y_true) + (second == y_true)
    tables = tabulate(right, units, (4,))
    _, only_second, only_first, _ = (int(count) for count in tables.sum(axis=0))
    n_items, n_units = len(y_true), len(tables)
    totals = resample_totals(tables, n_resamples=n_resamples, seed=seed)
    differences = (totals[:, 2] - totals[:, 1]) / totals.sum(axis=1)
    low, high = interval(differences, n_units)
    p_value = _sign_flip(tables[:, 2] - tables[:, 1]) if n_units > 1 else None
    return {
        "difference": (only_first - only_second) / n_items,
        "low": low,
        "high": high,
        "p_value": p_value,
        "test": "mcnemar" if n_units == n_items else "sign-flip",
        "only_first": only_first,
        "only_second": only_second,
        "n_items": n_items,
        "n_units": n_units,
    }


def _sign_flip(differences):
    """Two-sided p-value of the sum of whole numbers whose signs are all equally likely."""
    sizes, counts = np.unique(np.abs(differences[differences != 0]), return_counts=True)
    # Probabilities of the sum of those with a positive sign: of each size a binomial distribution.
    probabilities = np.ones(1)
    for size, count in zip(sizes, counts, strict=True):
        pmf = np.zeros(size * count + 1)
        pmf[::size] = binom.pmf(np.arange(count + 1), count, 0.5)
        probabilities = np.convolve(probabilities, pmf)
    # The distribution is symmetric.
    smaller = (np.abs(differences).sum() - abs(differences.sum())) // 2
    return float(np.clip(2 * probabilities[: smaller + 1].sum(), 0.0, 1.0))


def holm(p_values):
    """Adjust p-values for the number of tests by Holm's step-down method.

    Parameters
    ----------
    p_values : array-like of shape (n,), float in 0-1

    Returns
    -------
    adjusted : ndarray of shape (n,), float64
        In the order of ``p_values``; a test is significant at level a if its value is below a.

    References
    ----------
    S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
    Statistics 6, 1979.

    Examples
    --------
    >>> from fer_classic.evaluation import holm
    >>> holm([0.01, 0.04, 0.03]).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    p_values = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p_values)
    steps = p_values[order] * np.arange(len(p_values), 0, -1)
    adjusted = np.empty_like(p_values)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted
