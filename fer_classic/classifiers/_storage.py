"""Rows in less room: two bytes a value, or one."""

import numpy as np

__all__ = ["restore", "store"]

_LARGEST = 255


def store(X, precision):
    """Round rows to what is kept of them.

    Parameters
    ----------
    X : ndarray of shape (n, n_features), floating
    precision : {"full", "float16", "uint8"}
        "full" keeps them as they are, "float16" in float16; "uint8" rounds each column to 256 evenly
        spaced values from its smallest to its largest.

    Returns
    -------
    kept : ndarray of shape (n, n_features)
    scale : ndarray of shape (2, n_features) or None
        Smallest value and step of each column, in the precision of X; None without "uint8".
    """
    if precision != "uint8":
        return (X if precision == "full" else X.astype(np.float16)), None
    low = X.min(axis=0)
    step = (X.max(axis=0) - low) / _LARGEST
    # A column of one value has no step; all its codes are 0.
    codes = np.rint((X - low) / np.where(step > 0, step, 1)).clip(0, _LARGEST)
    return codes.astype(np.uint8), np.stack([low, step])


def restore(kept, scale, dtype):
    """Give the values that are kept.

    Parameters
    ----------
    kept : ndarray of shape (n, n_features)
    scale : ndarray of shape (2, n_features) or None
    dtype : dtype

    Returns
    -------
    X : ndarray of shape (n, n_features), ``dtype``
    """
    if scale is None:
        return kept.astype(dtype, copy=False)
    low, step = scale.astype(dtype, copy=False)
    return kept * step + low
