"""What a ridge machine would have said of samples it was not given, without fitting it again."""

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp

from fer_classic.classifiers._cholesky import invert_factor

__all__ = ["check_groups", "fit_temperature", "identical_rows", "left_out_residuals"]

_TEMPERATURES = (1e-2, 1e3)


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


def left_out_residuals(factor, dual, groups):
    """Target minus the score of the machine that was not given the sample's group.

    Parameters
    ----------
    factor : ndarray of shape (n, n)
        Lower Cholesky factor of ``K + ridge``. It is overwritten.
    dual : ndarray of shape (n, n_classes)
        Solution of ``(K + ridge) dual = targets``.
    groups : ndarray of shape (n,), int
        Numbers of the groups. A single group cannot be left out: then single samples are.

    Returns
    -------
    residuals : ndarray of shape (n, n_classes)

    Notes
    -----
    With ``C`` the inverse of ``K + ridge`` and ``G`` a group, the residuals of the group are
    ``C[G, G]^-1 dual[G]``, where ``C[G, G]`` is made of products of columns of the inverse factor.
    """
    invert_factor(factor)
    if groups.max() == 0:
        groups = np.arange(len(dual))
    residuals = dual / np.einsum("ij,ij->j", factor, factor)[:, np.newaxis]
    order = np.argsort(groups, kind="stable")
    members = np.split(order, np.flatnonzero(np.diff(groups[order])) + 1)
    for group in members:
        if len(group) > 1:
            columns = factor[:, group]
            residuals[group] = np.linalg.solve(columns.T @ columns, dual[group])
    return residuals


def fit_temperature(scores, codes, weights=None):
    """Find ``t`` that makes ``softmax(t * scores)`` most likely to give the classes ``codes``.

    Parameters
    ----------
    scores : ndarray of shape (n, n_classes)
        Scores of samples that the machine was not fitted on.
    codes : ndarray of shape (n,), int
        Column of the true class.
    weights : ndarray of shape (n,), optional
        How much each sample counts; all count the same by default.

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
        losses = logsumexp(temperature * scores, axis=1) - temperature * true
        return float(np.average(losses, weights=weights))

    bounds = tuple(np.log(_TEMPERATURES))
    return float(np.exp(minimize_scalar(loss, bounds=bounds, method="bounded").x))
