"""Out-of-fold scores of kernel ridge regression in closed form, and their calibration."""

import numpy as np

from fer_classic.classifiers._cholesky import solve_lower
from fer_classic.utils._splits import check_split

__all__ = ["choose_oof_rows", "oof_residuals"]

# Enough out-of-fold rows to determine one temperature.
_ENOUGH_ROWS = 2000
# But rows of only a few groups would be too similar.
_LEAST_GROUPS = 10


def choose_oof_rows(groups, requested=None, *, step=1):
    """Choose the rows of the out-of-fold scores: all, or an even sample of groups.

    Parameters
    ----------
    groups : ndarray of shape (n,), int
        Indices of the groups, from 0.
    requested : array-like of shape (k,), int, optional
        Rows that must be included.
    step : int, default=1
        At most one group in so many is taken; of two groups or more, one is always left.

    Returns
    -------
    rows : ndarray of shape (m,), int
        Members of every k-th group and of the groups of the requested rows, ascending.

    Raises
    ------
    ValueError
        If a requested row does not exist.
    """
    n_groups = groups.max() + 1
    enough = min(-(-len(groups) // _ENOUGH_ROWS), max(1, n_groups // _LEAST_GROUPS))
    chosen = groups % max(enough, min(step, n_groups)) == 0
    if requested is not None:
        requested = np.asarray(requested)
        n = len(groups)
        legal = requested.ndim == 1 and requested.dtype.kind in "iu"
        if not legal or (len(requested) and not 0 <= requested.min() <= requested.max() < n):
            raise ValueError(f"oof_rows must be row numbers of 0 to {n - 1}, got {requested!r}.")
        chosen |= np.isin(groups, groups[requested])
    return np.flatnonzero(chosen)


def oof_residuals(factor, dual, groups, rows):
    """Compute the residuals of classifiers fitted without the group of each row.

    Parameters
    ----------
    factor : ndarray of shape (n, n)
        Lower Cholesky factor of ``K + ridge``.
    dual : ndarray of shape (n, n_classes)
        Solution of ``(K + ridge) dual = targets``.
    groups : ndarray of shape (n,), int
        Indices of the groups.
    rows : ndarray of shape (m,), int
        Requested rows, in whole groups.

    Returns
    -------
    residuals : ndarray of shape (m, n_classes)

    Notes
    -----
    With ``C`` the inverse of ``K + ridge`` and ``G`` a group, the residuals of the group are
    ``C[G, G]^-1 dual[G]``, where ``C[G, G]`` is computed from columns of the inverse factor.
    """
    others = np.delete(np.arange(len(groups)), rows)
    check_split(others, rows, groups, what="the choice of out-of-fold rows")
    units = np.zeros((len(dual), len(rows)), dtype=factor.dtype)
    units[rows, np.arange(len(rows))] = 1
    columns = solve_lower(factor, units)
    residuals = dual[rows] / np.einsum("ij,ij->j", columns, columns)[:, np.newaxis]
    order = np.argsort(groups[rows], kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(groups[rows][order])) + 1):
        if len(group) > 1:
            members = columns[:, group]
            residuals[group] = np.linalg.solve(members.T @ members, dual[rows[group]])
    return residuals
