"""Cluster centres in place of more training rows than a kernel matrix can hold."""

import warnings

import numpy as np
from sklearn.base import clone

from fer_classic.exceptions import FerClassicWarning

__all__ = ["MAX_ROWS", "use_centers"]

MAX_ROWS = 50_000
"""Training rows up to which all are used."""

# Centres of larger sets, and rows on which is measured what they lose.
_N_CENTERS, _SAMPLE = 10_000, 5_000


def use_centers(svm, X, y, groups):
    """Say how many centres a large training set gets, and warn of what they lose.

    Parameters
    ----------
    svm : LeastSquaresSVC
    X : ndarray of shape (n, n_features)
    y : ndarray of shape (n,)
    groups : ndarray of shape (n,), int

    Returns
    -------
    n_centers : int

    Warns
    -----
    FerClassicWarning
        With the out-of-fold accuracy on a sample of the rows, with all of them and with as large a
        share of centres.
    """
    n_rows = len(X)
    # At random, since the labels of successive rows may take turns.
    sample = np.sort(np.random.default_rng(0).permutation(n_rows)[:_SAMPLE])
    share = _N_CENTERS / n_rows
    few = max(1, round(share * len(sample)))
    exact, centred = (_accuracy(svm, X[sample], y[sample], groups[sample], n) for n in (None, few))
    gigabytes = X.dtype.itemsize * n_rows**2 / 1e9
    warnings.warn(
        f"the kernel matrix of {n_rows:,} training rows would take {gigabytes:.0f} GB, so "
        f"{_N_CENTERS:,} centres take their place. On a sample of {len(sample):,} rows, {few:,} "
        f"centres have an out-of-fold accuracy of {100 * centred:.1f} %, and all rows of "
        f"{100 * exact:.1f} %. Set n_centers for another number, or take sgd_lbp for sets that do "
        "not fit into memory.",
        FerClassicWarning,
        stacklevel=3,
    )
    return _N_CENTERS


def _accuracy(svm, X, y, groups, n_centers):
    sampled = clone(svm).set_params(n_centers=n_centers, probability=True, oof_samples=None)
    sampled.fit(X, y, groups=groups)
    names = sampled.classes_[sampled.oof_scores_.argmax(axis=1)]
    return np.mean(names == y[sampled.oof_rows_])
