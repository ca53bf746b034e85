"""Labels and probabilities as callers give them."""

import numpy as np

__all__ = ["as_names", "check_probabilities"]

# Averages of probabilities leave 0-1 by so much at most.
_ROUNDING = 1e-5


def as_names(*labels):
    """Convert labels to names; a number has one name, whatever the dtype of its array.

    Parameters
    ----------
    *labels : array-like of shape (n,)

    Returns
    -------
    names : list of ndarray of str
    """
    labels = [np.asarray(values) for values in labels]
    if all(values.dtype.kind in "buif" for values in labels):
        common = np.result_type(*labels)
        labels = [values.astype(common) for values in labels]
    return [values.astype(str) for values in labels]


def check_probabilities(probabilities, shape):
    """Check the shape and the range of probabilities.

    Parameters
    ----------
    probabilities : array-like of shape (n, n_classes)
    shape : tuple of two int
        The shape that they should have.

    Returns
    -------
    probabilities : ndarray of shape (n, n_classes), float64

    Raises
    ------
    ValueError
        If there are none, the shape is another, or a value is not in 0-1.
    """
    probabilities = np.asarray(probabilities, dtype=np.float64)
    if not shape[0] or probabilities.shape != shape:
        raise ValueError(
            "probabilities must have one row per item, at least 1, and one column per class, "
            f"{shape}; got shape {probabilities.shape}."
        )
    # Also says no to NaN.
    if not (probabilities.min() >= -_ROUNDING and probabilities.max() <= 1 + _ROUNDING):
        raise ValueError(
            f"probabilities must lie between 0 and 1, got {probabilities.min():g} to "
            f"{probabilities.max():g}; values of a decision function are not probabilities."
        )
    return probabilities
