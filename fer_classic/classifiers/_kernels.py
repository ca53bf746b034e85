"""Distances between rows, and the kernel that is made of them."""

import numpy as np

__all__ = ["median_squared_distance", "rbf", "squares_of"]

# Rows whose distances stand for all when the median is taken.
_MEDIAN_ROWS = 2000


def squares_of(X):
    """Squared length of each row."""
    return (X * X).sum(axis=1)


def _squared_distances(A, B, squares=None, out=None):
    """Squared Euclidean distances between rows, never below 0; ``squares`` are those of B."""
    out = np.matmul(A, B.T, out=out)
    out *= -2
    out += squares_of(A)[:, np.newaxis]
    out += squares_of(B) if squares is None else squares
    return np.maximum(out, 0, out=out)


def rbf(A, B, gamma, squares=None, out=None):
    """``exp(-gamma d^2)`` for each row of A and each of B.

    Parameters
    ----------
    A : ndarray of shape (m, n_features)
    B : ndarray of shape (n, n_features)
    gamma : float
    squares : ndarray of shape (n,), optional
        What :func:`squares_of` gives for B, where it is known already.
    out : ndarray of shape (m, n), optional
        Where to put the result.

    Returns
    -------
    kernel : ndarray of shape (m, n)
    """
    out = _squared_distances(A, B, squares, out)
    out *= -out.dtype.type(gamma)
    return np.exp(out, out=out)


def median_squared_distance(X):
    """Median squared distance between rows; of 2,000 of them, evenly spaced, if there are more."""
    rows = X[np.linspace(0, len(X) - 1, min(len(X), _MEDIAN_ROWS)).astype(int)]
    distances = _squared_distances(rows, rows)
    return float(np.median(distances[np.triu_indices(len(rows), k=1)])) if len(rows) > 1 else 0.0
