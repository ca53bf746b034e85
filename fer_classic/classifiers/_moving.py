"""Moving the centres of a kernel expansion by gradient, so that few centres do more."""

from functools import partial

import numpy as np
from sklearn.utils import check_random_state

from fer_classic.classifiers._centers import fit_centers

__all__ = ["centers_gradient", "check_left", "move_centers"]

# Rows of a step, and centres from which it estimates the penalty.
_BATCH, _PARTNERS = 512, 128
# Length of the first steps of a coordinate, over the typical spread of one.
_RATE = 0.05
# Passes over the rows before the weights of the centres are solved for again.
_PASSES = 2
# Adam (Kingma and Ba, ICLR 2015).
_DECAY, _SQUARES_DECAY = 0.9, 0.999


def check_left(n_rows, n_left, n_centers):
    """Raise ValueError if too few rows are left to refine centres."""
    min_rows = min(n_centers, n_rows // 2)
    if n_left < min_rows:
        raise ValueError(
            f"LeastSquaresSVC: centres are refined on rows without out-of-fold scores; {n_left} of "
            f"{n_rows} rows are left, and {n_centers} centres need at least {min_rows}. Request "
            "fewer oof_rows, or use refine_centers=0."
        )


def move_centers(kernel, X, centers, targets, weights, alpha, *, n_rounds, random_state):
    """Move centres so that the minimum of the objective over their weights falls.

    Each round solves for the weights, then moves the centres by Adam over mini-batches of rows. A
    round after which the objective is not lower is undone, and steps are halved from there on.

    Parameters
    ----------
    kernel : Kernel
    X : ndarray of shape (n, n_features)
    centers : ndarray of shape (m, n_features)
    targets : ndarray of shape (n, n_classes)
    weights : ndarray of shape (n,)
    alpha : float
        As in :func:`~fer_classic.classifiers._centers.fit_centers`, whose objective it is.
    n_rounds : int
    random_state : RandomState or int
        Draws the mini-batches.

    Returns
    -------
    centers : ndarray of shape (m, n_features)
    objectives : list of float
        The objective over the sum of the weights: before, and after each round. It never rises.
    """
    rng = check_random_state(random_state)
    weights = weights.astype(X.dtype)
    spread = np.sqrt(X.var(axis=0).mean())
    solve = partial(fit_centers, kernel.plus_constant, X)
    _, dual, objective = solve(centers, targets, weights, alpha)
    objectives, rate = [objective], _RATE * spread
    for k in range(n_rounds):
        # Steps become shorter as half a cosine.
        length = rate * (1 + np.cos(np.pi * k / n_rounds)) / 2
        moved = _round(kernel, X, centers, dual, targets, weights, alpha, length, rng)
        _, dual_there, objective = solve(moved, targets, weights, alpha)
        if objective < objectives[-1]:
            centers, dual = moved, dual_there
        else:
            rate /= 2
        objectives.append(min(objective, objectives[-1]))
    return centers, [value / float(weights.sum()) for value in objectives]


def _round(kernel, X, centers, dual, targets, weights, alpha, length, rng):
    """Move centres by mini-batches, at fixed weights of the centres."""
    dual, centers = dual.astype(X.dtype), centers.copy()
    mean, squares, step = np.zeros_like(centers), np.zeros_like(centers), 0
    for _ in range(_PASSES):
        order = rng.permutation(len(X))
        for start in range(0, len(X), _BATCH):
            rows = order[start : start + _BATCH]
            some = rng.permutation(len(centers))[:_PARTNERS]
            gradient = centers_gradient(
                kernel, X[rows], centers, dual, targets[rows], weights[rows], 0.0
            ) * (len(X) / len(rows))
            gradient += _penalty(kernel, centers, dual, alpha, some)
            step += 1
            mean += (1 - _DECAY) * (gradient - mean)
            squares += (1 - _SQUARES_DECAY) * (gradient**2 - squares)
            scale = np.sqrt(squares / (1 - _SQUARES_DECAY**step)) + np.finfo(X.dtype).tiny
            centers -= X.dtype.type(length / (1 - _DECAY**step)) * mean / scale
    return centers


def centers_gradient(kernel, X, centers, dual, targets, weights, alpha):
    """Compute the gradient of the objective in the centres, at fixed weights ``dual``.

    Where ``dual`` minimises the objective, it is also the gradient of the minimum.

    Parameters
    ----------
    kernel, X, centers, targets, weights, alpha
        As in :func:`move_centers`.
    dual : ndarray of shape (m, n_classes)
        Weights of the centres.

    Returns
    -------
    gradient : ndarray of shape (m, n_features)
    """
    values = kernel.plus_constant(X, centers)
    residuals = targets - values @ dual
    upstream = -2 * (weights[:, np.newaxis] * residuals) @ dual.T
    gradient = kernel.gradient(upstream, X, centers, values)
    if alpha:
        gradient += _penalty(kernel, centers, dual, alpha, np.arange(len(centers)))
    return gradient


def _penalty(kernel, centers, dual, alpha, some):
    """Gradient of ``alpha trace(dual' L dual)``, estimated from some of the columns of L."""
    share = len(some) / len(centers)
    upstream = (2 * alpha / share) * (dual[some] @ dual.T)
    return kernel.gradient(upstream.astype(centers.dtype), centers[some], centers)
