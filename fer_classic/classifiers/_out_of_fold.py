"""Out-of-fold scores of kernel ridge regression in closed form, and their calibration."""

import numpy as np

from fer_classic.classifiers._cholesky import solve_lower
from fer_classic.utils._threads import map_in_threads

__all__ = ["oof_residuals", "oof_rows"]

# Rows of only a few groups would be too similar.
_LEAST_GROUPS = 10
# Columns of the inverse factor at a time, to limit memory.
_BLOCK = 512


def oof_rows(groups, n_rows):
    """Choose the rows of the out-of-fold scores: all, or an even sample of groups.

    Parameters
    ----------
    groups : ndarray of shape (n,), int
        Indices of the groups, from 0.
    n_rows : int or None
        About how many rows; None for all.

    Returns
    -------
    rows : ndarray of shape (m,), int
        Members of every k-th group, ascending.
    """
    at_most = max(1, (groups.max() + 1) // _LEAST_GROUPS)
    step = 1 if n_rows is None else min(-(-len(groups) // n_rows), at_most)
    return np.flatnonzero(groups % step == 0)


def oof_residuals(factor, dual, groups, rows):
    """Compute the residuals of classifiers fitted without the group of each row.

    Parameters
    ----------
    factor : ndarray of shape (n, n)
        Lower Cholesky factor of ``K + ridge``.
    dual : ndarray of shape (n, n_classes)
        Solution of ``(K + ridge) dual = targets``.
    groups : ndarray of shape (n,), int
        Indices of the groups, in the order of first occurrence.
    rows : ndarray of shape (m,), int
        Requested rows, in whole groups.

    Returns
    -------
    residuals : ndarray of shape (m, n_classes)

    Notes
    -----
    With ``C`` the inverse of ``K + ridge`` and ``G`` a group, the residuals of the group are
    ``C[G, G]^-1 dual[G]``, where ``C[G, G]`` is computed from columns of the inverse factor. A
    column of the inverse factor is 0 above its diagonal, so that all of them take as long as the
    factorisation.
    """
    residuals = np.empty((len(rows), dual.shape[1]), dtype=factor.dtype)
    if len(rows) == 0:
        return residuals
    order = np.argsort(groups[rows], kind="stable")
    members = np.split(order, np.flatnonzero(np.diff(groups[rows][order])) + 1)
    # Whole groups, together of about a block.
    block_of = (np.cumsum([len(group) for group in members]) - 1) // _BLOCK
    blocks = np.split(np.arange(len(members)), np.flatnonzero(np.diff(block_of)) + 1)

    def compute(block):
        part = np.concatenate([members[k] for k in block])
        columns = _inverse_columns(factor, rows[part])
        lengths = np.einsum("ij,ij->j", columns, columns)
        residuals[part] = dual[rows[part]] / lengths[:, np.newaxis]
        start = 0
        for group in (members[k] for k in block):
            if len(group) > 1:
                own = columns[:, start : start + len(group)]
                residuals[group] = np.linalg.solve(own.T @ own, dual[rows[group]])
            start += len(group)

    map_in_threads(compute, blocks)
    return residuals


def _inverse_columns(factor, rows):
    """Return columns of the inverse of a lower factor, from the first that is not 0."""
    first = rows.min()
    units = np.zeros((len(factor) - first, len(rows)), dtype=factor.dtype)
    units[rows - first, np.arange(len(rows))] = 1
    return solve_lower(factor[first:, first:], units)
