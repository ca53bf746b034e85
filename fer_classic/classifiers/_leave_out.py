"""What a ridge machine would have said of samples it was not given, without fitting it again."""

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp

from fer_classic.classifiers._cholesky import solve_lower

__all__ = [
    "check_groups",
    "fit_temperature",
    "identical_rows",
    "left_out_residuals",
    "left_out_rows",
]

_TEMPERATURES = (1e-2, 1e3)
# One temperature is well determined by so many left-out rows; more would only take time.
_ENOUGH_ROWS = 2000
# But rows of a few groups only would be alike.
_LEAST_GROUPS = 10


def identical_rows(X):
    """Number the groups of byte-identical rows of ``X`` (n, p); returns (n,) int."""
    rows = np.ascontiguousarray(X)
    keys = rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1]))).ravel()
    return np.unique(keys, return_inverse=True)[1].ravel()


def check_groups(groups, n_samples):
    """Return group labels as numbers 0.., one a sample, or raise ValueError."""
    groups = np.asarray(groups)
    if groups.shape != (n_samples,):
        raise ValueError(
            f"groups must name a group for each of the {n_samples} samples, "
            f"got shape {groups.shape}."
        )
    return np.unique(groups, return_inverse=True)[1].ravel()


def left_out_rows(groups):
    """Choose the rows that are left out, group by group: all, or an even sample of many groups.

    Parameters
    ----------
    groups : ndarray of shape (n,), int
        Numbers of the groups, 0 and up.

    Returns
    -------
    rows : ndarray of shape (m,), int
        Members of every k-th group, ascending.
    """
    at_most = max(1, (groups.max() + 1) // _LEAST_GROUPS)
    step = min(-(-len(groups) // _ENOUGH_ROWS), at_most)
    return np.flatnonzero(groups % step == 0)


def left_out_residuals(factor, dual, groups, rows):
    """Target minus the score of the machine that was not given the row's group.

    Parameters
    ----------
    factor : ndarray of shape (n, n)
        Lower Cholesky factor of ``K + ridge``.
    dual : ndarray of shape (n, n_classes)
        Solution of ``(K + ridge) dual = targets``.
    groups : ndarray of shape (n,), int
        Numbers of the groups.
    rows : ndarray of shape (m,), int
        Rows that are asked for, whole groups of them.

    Returns
    -------
    residuals : ndarray of shape (m, n_classes)

    Notes
    -----
    With ``C`` the inverse of ``K + ridge`` and ``G`` a group, the residuals of the group are
    ``C[G, G]^-1 dual[G]``, where ``C[G, G]`` is made of products of columns of the inverse factor.
    """
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


def fit_temperature(scores, codes):
    """Find ``t`` that makes ``softmax(t * scores)`` most likely to give the classes ``codes``.

    Parameters
    ----------
    scores : ndarray of shape (n, n_classes)
        Scores of samples that the machine was not fitted on.
    codes : ndarray of shape (n,), int
        Column of the true class.

    Returns
    -------
    temperature : float
        Between 0.01 and 1,000.

    References
    ----------
    Guo, Pleiss, Sun, Weinberger: On calibration of modern neural networks. ICML 2017.
    """
    scores = np.asarray(scores, dtype=np.float64)
    true = scores[np.arange(len(codes)), codes]

    def loss(log_temperature):
        temperature = np.exp(log_temperature)
        return float(np.mean(logsumexp(temperature * scores, axis=1) - temperature * true))

    bounds = tuple(np.log(_TEMPERATURES))
    return float(np.exp(minimize_scalar(loss, bounds=bounds, method="bounded").x))
