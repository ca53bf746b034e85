"""Kernel ridge regression on cluster centres in place of all training rows."""

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular

__all__ = ["choose_centers", "fit_centers", "oof_residuals_of_centers"]

# Rows of kernel values per chunk.
_BLOCK = 1024


def choose_centers(X, n_centers, random_state):
    """Compute cluster centres of the training rows.

    Parameters
    ----------
    X : ndarray of shape (n, n_features)
    n_centers : int
        Number of clusters, at most n.
    random_state : int, RandomState instance or None

    Returns
    -------
    centers : ndarray of shape (n_centers, n_features)
        In the precision of X.
    """
    # Imported here, since predictions do not need it.
    from sklearn.cluster import MiniBatchKMeans

    means = MiniBatchKMeans(
        n_centers, batch_size=4 * _BLOCK, n_init=1, max_iter=20, random_state=random_state
    )
    return means.fit(X).cluster_centers_.astype(X.dtype)


def fit_centers(kernel, X, centers, targets, weights, alpha):
    """Solve ``(K' W K + alpha L) dual = K' W targets``, ridge regression in feature space.

    ``K`` is the kernel matrix of rows and centres, ``L`` that of the centres.

    Parameters
    ----------
    kernel : callable
        ``kernel(A, B)`` returns the kernel matrix of rows, plus the constant of the kernel.
    X : ndarray of shape (n, n_features)
    centers : ndarray of shape (m, n_features)
    targets : ndarray of shape (n, n_classes)
    weights : ndarray of shape (n,)
    alpha : float

    Returns
    -------
    factor : ndarray of shape (m, m), float64
        Lower Cholesky factor of the system.
    dual : ndarray of shape (m, n_classes), float64
    objective : float
        ``sum_i w_i |targets_i - (K dual)_i|^2 + alpha trace(dual' L dual)``, which is minimal.
    """
    among = kernel(centers, centers)
    system, right = alpha * among.astype(np.float64), np.zeros((len(centers), targets.shape[1]))
    for start in range(0, len(X), _BLOCK):
        rows = slice(start, start + _BLOCK)
        # In float64: otherwise rounding could make the matrix indefinite.
        values = kernel(X[rows], centers).astype(np.float64)
        roots = np.sqrt(weights[rows, np.newaxis], dtype=np.float64)
        values *= roots
        # Of a product with itself, numpy computes one half only.
        system += values.T @ values
        right += values.T @ (roots * targets[rows])
    # Nearly identical centres make the system singular up to rounding errors.
    rounding = alpha * np.finfo(among.dtype).eps + np.trace(system) * np.finfo(np.float64).eps
    system[np.diag_indices_from(system)] += len(system) * rounding
    factor, _ = cho_factor(system, lower=True, overwrite_a=True)
    dual = cho_solve((factor, True), right)
    # At the minimum, the part that the kernel explains is the product of both sides.
    objective = float((weights @ np.square(targets, dtype=np.float64)).sum() - (right * dual).sum())
    return factor, dual, objective


def oof_residuals_of_centers(factor, values, residuals, weights, groups):
    """Compute the residuals of classifiers fitted without the group of each row.

    Parameters
    ----------
    factor : ndarray of shape (m, m)
        From :func:`fit_centers`.
    values : ndarray of shape (k, m)
        Kernel of the requested rows, in whole groups, and the centres, as in the fit.
    residuals : ndarray of shape (k, n_classes)
        In-sample residuals: targets minus scores.
    weights : ndarray of shape (k,)
        Weights of the rows.
    groups : ndarray of shape (k,), int
        Groups of the rows.

    Returns
    -------
    residuals : ndarray of shape (k, n_classes), float64

    Notes
    -----
    With ``H`` the block of a group in the hat matrix, which maps targets to scores, the out-of-fold
    residuals are ``(1 - H)^-1`` times the in-sample ones. The centres are not chosen again.
    """
    half = solve_triangular(factor, values.T.astype(np.float64), lower=True)
    residuals = np.array(residuals, dtype=np.float64)
    order = np.argsort(groups, kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(groups[order])) + 1):
        leverage = half[:, group].T @ half[:, group] * weights[group]
        residuals[group] = np.linalg.solve(np.eye(len(group)) - leverage, residuals[group])
    return residuals
