"""Rows in one byte a value."""

import numpy as np

__all__ = ["quantise", "restore"]

_LARGEST = 255


def quantise(X):
    """Round each column to 256 evenly spaced values from its smallest to its largest.

    Parameters
    ----------
    X : ndarray of shape (n, n_features), floating

    Returns
    -------
    codes : ndarray of shape (n, n_features), uint8
    scale : ndarray of shape (2, n_features)
        Smallest value and step of each column, in the precision of X.
    """
    low = X.min(axis=0)
    step = (X.max(axis=0) - low) / _LARGEST
    # A column of one value has no step; all its codes are 0.
    codes = np.rint((X - low) / np.where(step > 0, step, 1)).clip(0, _LARGEST)
    return codes.astype(np.uint8), np.stack([low, step])


def restore(codes, scale):
    """Give the values that codes stand for.

    Parameters
    ----------
    codes : ndarray of shape (n, n_features), uint8
    scale : ndarray of shape (2, n_features)

    Returns
    -------
    X : ndarray of shape (n, n_features)
        In the precision of the scale.
    """
    low, step = scale
    return codes * step + low
