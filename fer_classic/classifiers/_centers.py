"""A kernel machine that rests on a few landmarks in place of all training rows."""

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular
from sklearn.cluster import MiniBatchKMeans

__all__ = ["choose_centers", "fit_centers", "oof_residuals_of_centers"]

# Rows of kernel values at a time.
_BLOCK = 1024


def choose_centers(X, n_centers, random_state):
    """Take the centres of clusters as landmarks.

    Parameters
    ----------
    X : ndarray of shape (n, n_features)
    n_centers : int
        At most n.
    random_state : int, RandomState instance or None

    Returns
    -------
    landmarks : ndarray of shape (n_centers, n_features)
        In the precision of X.
    """
    means = MiniBatchKMeans(
        n_centers, batch_size=4 * _BLOCK, n_init=1, max_iter=20, random_state=random_state
    )
    return means.fit(X).cluster_centers_.astype(X.dtype)


def fit_centers(kernel, X, landmarks, targets, weights, alpha):
    """Solve ``(K' W K + alpha L) dual = K' W targets``, a ridge regression in the kernel's space.

    ``K`` holds the kernel of rows and landmarks, ``L`` that of the landmarks.

    Parameters
    ----------
    kernel : callable
        ``kernel(A, B)`` gives the kernel matrix of rows.
    X : ndarray of shape (n, n_features)
    landmarks : ndarray of shape (m, n_features)
    targets : ndarray of shape (n, n_classes)
    weights : ndarray of shape (n,)
    alpha : float

    Returns
    -------
    factor : ndarray of shape (m, m), float64
        Lower Cholesky factor of the system.
    dual : ndarray of shape (m, n_classes), float64
    """
    among = kernel(landmarks, landmarks)
    system, right = alpha * among.astype(np.float64), np.zeros((len(landmarks), targets.shape[1]))
    for start in range(0, len(X), _BLOCK):
        rows = slice(start, start + _BLOCK)
        # In float64: rounded sums of products might have no root.
        values = kernel(X[rows], landmarks).astype(np.float64)
        weighted = weights[rows, np.newaxis] * values
        system += values.T @ weighted
        right += weighted.T @ targets[rows]
    # Landmarks that are nearly the same make the system singular but for rounding errors.
    rounding = alpha * np.finfo(among.dtype).eps + np.trace(system) * np.finfo(np.float64).eps
    system[np.diag_indices_from(system)] += len(system) * rounding
    factor, _ = cho_factor(system, lower=True, overwrite_a=True)
    return factor, cho_solve((factor, True), right)


def oof_residuals_of_centers(factor, values, residuals, weights, groups):
    """Target minus the score of the machine that was not given the row's group.

    Parameters
    ----------
    factor : ndarray of shape (m, m)
        From :func:`fit_centers`.
    values : ndarray of shape (k, m)
        Kernel of the rows that are asked for, whole groups of them, and the landmarks.
    residuals : ndarray of shape (k, n_classes)
        Their targets minus their scores by the machine that was given them.
    weights : ndarray of shape (k,)
        Their weights.
    groups : ndarray of shape (k,), int
        Their groups.

    Returns
    -------
    residuals : ndarray of shape (k, n_classes), float64

    Notes
    -----
    With ``H`` the block of a group in the matrix that turns targets into scores, its residuals are
    ``(1 - H)^-1`` times those of the machine that was given it. The landmarks are not chosen again.
    """
    half = solve_triangular(factor, values.T.astype(np.float64), lower=True)
    residuals = np.array(residuals, dtype=np.float64)
    order = np.argsort(groups, kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(groups[order])) + 1):
        leverage = half[:, group].T @ half[:, group] * weights[group]
        residuals[group] = np.linalg.solve(np.eye(len(group)) - leverage, residuals[group])
    return residuals
