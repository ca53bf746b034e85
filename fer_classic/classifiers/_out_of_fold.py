"""Out-of-fold scores of kernel ridge regression in closed form, and their calibration."""

import numpy as np

from fer_classic.classifiers._cholesky import solve_lower
from fer_classic.utils._splits import check_split
from fer_classic.utils._threads import map_in_threads

__all__ = ["choose_oof_rows", "oof_residuals"]

# Rows of only a few groups would be too similar.
_MIN_GROUPS = 10
# Columns of the inverse factor at a time, to limit memory.
_BLOCK = 512


def choose_oof_rows(groups, requested=None, *, n_rows=2000, step=1):
    """Choose the rows of the out-of-fold scores: all, or a sample of groups.

    Parameters
    ----------
    groups : ndarray of shape (n,), int
        Indices of the groups, from 0.
    requested : array-like of shape (k,), int, optional
        Rows that must be included.
    n_rows : int or None, default=2000
        About how many rows; None for all.
    step : int, default=1
        At most one group in so many is taken; of two groups or more, one is always left.

    Returns
    -------
    rows : ndarray of shape (m,), int
        Members of one group out of k, and of the groups of the requested rows, ascending.

    Raises
    ------
    ValueError
        If a requested row does not exist.
    """
    n_groups = groups.max() + 1
    at_most = max(1, n_groups // _MIN_GROUPS)
    enough = 1 if n_rows is None else min(-(-len(groups) // n_rows), at_most)
    # In random order, since the labels of successive groups may take turns.
    order = np.random.default_rng(0).permutation(n_groups)
    chosen = order[groups] % max(enough, min(step, n_groups)) == 0
    if requested is not None:
        requested = np.asarray(requested)
        # An empty list has no integers either.
        requested = requested if requested.size else requested.astype(int)
        n = len(groups)
        legal = requested.ndim == 1 and requested.dtype.kind in "iu"
        if not legal or (len(requested) and not 0 <= requested.min() <= requested.max() < n):
            got = f"an array of dtype {requested.dtype} and shape {requested.shape}"
            remedy = "; np.flatnonzero turns a mask into row numbers"
            raise ValueError(
                f"oof_rows must be row numbers of 0 to {n - 1}, got "
                f"{got + remedy if requested.dtype == bool else repr(requested)}."
            )
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
    others = np.delete(np.arange(len(groups)), rows)
    check_split(others, rows, groups, what="the choice of out-of-fold rows")
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
