"""Checks of maps and scores: NaN has no order and no colour."""

import numpy as np

from fer_classic.exceptions import PredictionError

__all__ = ["check_scores", "finite_map"]


def finite_map(values, name):
    """Convert a map to floating numbers.

    Parameters
    ----------
    values : array-like of shape (h, w)
    name : str
        What it is, for messages.

    Returns
    -------
    values : ndarray of shape (h, w), float64

    Raises
    ------
    ValueError
        If it is no array of finite numbers with two axes.
    """
    try:
        values = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be an array of numbers of shape (h, w): {error}.") from None
    if values.ndim != 2 or not values.size:
        raise ValueError(f"{name} must have the shape (h, w), got {values.shape}.")
    wrong = ~np.isfinite(values)
    if wrong.any():
        row, column = np.unravel_index(wrong.argmax(), wrong.shape)
        raise ValueError(
            f"{name} must have finite values, but {wrong.sum():,} of {values.size:,} are not, such "
            f"as {values[row, column]} at row {row}, column {column}; replace them, by 0 where a "
            "pixel does not count."
        )
    return values


def check_scores(scores, model):
    """Raise PredictionError if scores of a model are not finite: nothing can explain them."""
    wrong = ~np.isfinite(scores)
    if wrong.any():
        raise PredictionError(
            f"the model ({type(model).__name__}) gives scores that are not finite, such as "
            f"{scores[wrong][0]}, for {wrong.any(axis=1).sum():,} of {len(scores):,} versions of "
            "this face; it may have been fitted on such values."
        )
