"""Storage of rows in reduced precision."""

import numpy as np

__all__ = ["restore", "store"]

_MAX_CODE = 255


def store(X, precision):
    """Round rows to the precision in which they are stored.

    Parameters
    ----------
    X : ndarray of shape (n, n_features), floating
    precision : {"full", "float16", "uint8"}
        "full" keeps them unchanged, "float16" rounds to half precision; "uint8" quantises each
        column to 256 evenly spaced values from its minimum to its maximum.

    Returns
    -------
    kept : ndarray of shape (n, n_features)
    scale : ndarray of shape (2, n_features) or None
        Minimum and step of each column, in the precision of X; None without "uint8".
    """
    if precision != "uint8":
        return (X if precision == "full" else X.astype(np.float16)), None
    low = X.min(axis=0)
    step = (X.max(axis=0) - low) / _MAX_CODE
    # A constant column has no step; all its codes are 0.
    codes = np.rint((X - low) / np.where(step > 0, step, 1)).clip(0, _MAX_CODE)
    return codes.astype(np.uint8), np.stack([low, step])


def restore(kept, scale, dtype):
    """Return the stored values.

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
