"""Arithmetic of boxes ``x, y, w, h`` in pixels; no image is touched here."""

from numbers import Real

import numpy as np

__all__ = [
    "MAX_MARGIN",
    "central_square",
    "half_up",
    "intersection_over_union",
    "largest_first",
    "shared_with_smaller",
    "square_around",
]

MAX_MARGIN = 100
"""Largest margin of a square, as a share of its side."""

# In pixels; larger numbers would overflow in what is computed from a box.
_MAX_COORDINATE = 1e9
# Rounding errors must not decide whether a number is below a half.
_ROUNDING = 1e-9


def largest_first(boxes, scores):
    """Sort boxes by area, the largest first; equal areas keep their order.

    Parameters
    ----------
    boxes : array-like of shape (k, 4)
        May be empty.
    scores : array-like of shape (k,)

    Returns
    -------
    boxes : ndarray of shape (k, 4), int64
    scores : ndarray of shape (k,), float32
    """
    boxes = np.asarray(boxes, dtype=np.int64).reshape(-1, 4)
    scores = np.asarray(scores, dtype=np.float32).reshape(-1)
    order = np.argsort(-boxes[:, 2] * boxes[:, 3], kind="stable")
    return boxes[order], scores[order]


def half_up(numbers):
    """Round numbers to whole ones, halves upwards; floats stay floats."""
    return np.floor(np.asarray(numbers) + 0.5 + _ROUNDING)


def square_around(box, *, margin=0.0):
    """The square around a box: same centre, its longer side, grown by a margin.

    Parameters
    ----------
    box : array-like of shape (4,)
        ``x, y, w, h``; ``w`` and ``h`` above 0.
    margin : float, default=0.0
        Share of the side that is added on each of the four sides; above -0.5, at most 100.

    Returns
    -------
    left, top, side : float
        The square may reach beyond the image.

    Raises
    ------
    ValueError
        If the box or the margin is not as described.
    """
    x, y, w, h = _numbers_of(box)
    if not isinstance(margin, Real) or not -0.5 < margin <= MAX_MARGIN:
        raise ValueError(
            f"margin must be a number of at most {MAX_MARGIN} and above -0.5, at which nothing is "
            f"left, got {margin!r}."
        )
    side = max(w, h) * (1 + 2 * margin)
    return x + (w - side) / 2, y + (h - side) / 2, side


def _numbers_of(box):
    try:
        numbers = np.asarray(box, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        numbers = np.empty(0)
    # NaN fails every comparison.
    legal = numbers.shape == (4,) and (np.abs(numbers) <= _MAX_COORDINATE).all()
    if not legal or (numbers[2:] <= 0).any():
        raise ValueError(
            f"a box must be four finite numbers, none beyond {_MAX_COORDINATE:g} pixels, x, y, w, "
            f"h with w and h above 0, got {box}."
        )
    return numbers.tolist()


def central_square(height, width):
    """Return the largest square in the middle of an image, as a box ``x, y, w, h``."""
    side = min(height, width)
    return (width - side) // 2, (height - side) // 2, side, side


def _areas(a, b):
    """Shared area ``(m, n)`` of each pair, and the areas ``(m, 1)`` and ``(1, n)``."""
    a = np.asarray(a, dtype=np.float64).reshape(-1, 1, 4)
    b = np.asarray(b, dtype=np.float64).reshape(1, -1, 4)
    sides = np.minimum(a[..., :2] + a[..., 2:], b[..., :2] + b[..., 2:]) - np.maximum(
        a[..., :2], b[..., :2]
    )
    shared = np.clip(sides, 0, None).prod(axis=-1)
    return shared, a[..., 2:].prod(axis=-1), b[..., 2:].prod(axis=-1)


def intersection_over_union(a, b):
    """How much two sets of boxes overlap, pair by pair.

    Parameters
    ----------
    a : array-like of shape (m, 4)
    b : array-like of shape (n, 4)

    Returns
    -------
    overlap : ndarray of shape (m, n), float64
        Shared area over joint area, 0 to 1.
    """
    shared, areas_a, areas_b = _areas(a, b)
    joint = areas_a + areas_b - shared
    return np.divide(shared, joint, out=np.zeros_like(shared), where=joint > 0)


def shared_with_smaller(a, b):
    """How much of the smaller of two boxes lies in the other, pair by pair.

    Parameters
    ----------
    a : array-like of shape (m, 4)
    b : array-like of shape (n, 4)

    Returns
    -------
    share : ndarray of shape (m, n), float64
        Shared area over the smaller area, 0 to 1.
    """
    shared, areas_a, areas_b = _areas(a, b)
    smaller = np.minimum(areas_a, areas_b)
    return np.divide(shared, smaller, out=np.zeros_like(shared), where=smaller > 0)
