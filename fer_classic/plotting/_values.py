"""Checks of what is drawn: matplotlib leaves out what is no number, or fails deep inside."""

from collections.abc import Mapping
from numbers import Real

import numpy as np

__all__ = ["check_axes", "check_side", "estimates", "numbers"]


def numbers(
    values, name, *, ndim=1, low=-np.inf, high=np.inf, positive=False, finite=True, remedy=""
):
    """Convert values to floating numbers; an error names the first that is none.

    Parameters
    ----------
    values : array-like
    name : str
        What the values are, for messages.
    ndim : int, default=1
        Number of axes.
    low, high : float, optional
        Bounds, which are allowed themselves.
    positive : bool, default=False
        Whether values must be above 0.
    finite : bool, default=True
        Whether all must be finite; if not, None, NaN and infinity are kept.
    remedy : str, optional
        What to do about other values, for messages.

    Returns
    -------
    values : ndarray of float64

    Raises
    ------
    ValueError
        If values are not numbers, out of bounds or not finite, or have another number of axes.
    """
    try:
        given, values = values, np.asarray(values)
        if values.dtype.kind in "US":
            # Next to a text, numbers have become texts, too.
            values = np.asarray(given, dtype=object)
    except ValueError:
        raise ValueError(
            f"{name} must be an array of numbers; its rows differ in length."
        ) from None
    if values.ndim != ndim:
        raise ValueError(
            f"{name} must have {ndim} {'axis' if ndim == 1 else 'axes'}, got the shape "
            f"{values.shape}."
        )
    rule = _rule(low, high, positive, one=not ndim)
    remedy = f"; {remedy}" if remedy else ""
    is_number = np.full(values.shape, values.dtype.kind in "biuf")
    if values.dtype == object:
        flat = [value is None or isinstance(value, Real) for value in values.flat]
        is_number = np.reshape(np.array(flat, dtype=bool), values.shape)
    _refuse(f"{name} must be {rule}", values, ~is_number, remedy)
    converted = values.astype(np.float64)
    known = np.isfinite(converted)
    outside = (converted < low) | (converted > high) | (positive & (converted <= 0))
    _refuse(
        f"{name} must be {rule}",
        values,
        outside | ~known if finite else outside & known,
        remedy,
    )
    return converted


def _rule(low, high, positive, *, one):
    noun = "a number" if one else "numbers"
    if positive:
        return f"{noun} above 0"
    if np.isfinite([low, high]).all():
        return f"{noun} from {low:g} to {high:g}"
    if np.isfinite(low):
        return f"{noun} of {low:g} or more"
    return "a finite number" if one else "finite numbers"


def _refuse(rule, values, wrong, remedy):
    if wrong.any():
        place = np.unravel_index(wrong.argmax(), wrong.shape)
        value = values[place]
        value = value.item() if isinstance(value, np.generic) else value
        where = f" at index {', '.join(map(str, place))}" if place else ""
        raise ValueError(f"{rule}, got {value!r}{where}{remedy}.")


def estimates(found, name):
    """Take rates with intervals apart, such as those of :func:`fer_classic.evaluation.score`.

    Parameters
    ----------
    found : list of mapping
        Each with ``value``, ``low`` and ``high`` in 0-1; the last two can be None.
    name : callable
        Takes the index of an estimate; returns what it is, for messages.

    Returns
    -------
    value, low, high : ndarray of float64
        ``low`` and ``high`` are NaN where they are not known.
    """
    columns = []
    for number, estimate in enumerate(found):
        if not isinstance(estimate, Mapping):
            raise ValueError(
                f"{name(number)} must be a mapping with value, low and high, got {estimate!r}."
            )
        columns.append([_rate(estimate, end, name(number)) for end in ("value", "low", "high")])
    return np.reshape(columns, (-1, 3)).T


def _rate(estimate, end, name):
    return numbers(
        estimate.get(end),
        f"the {end} of {name}",
        ndim=0,
        low=0,
        high=1,
        finite=end == "value",
        remedy="divide percentages by 100, and leave out what is not known",
    )


def check_axes(axes, count, what):
    """Return axes as an array; raise ValueError unless there are ``count`` of them."""
    axes = np.ravel(axes)
    if len(axes) != count:
        raise ValueError(f"axes must be {count}, one for {what}; got {len(axes)}.")
    return axes


def check_side(side):
    """Raise ValueError if the width of an image in a figure is not above 0."""
    numbers(side, "side", ndim=0, positive=True)
