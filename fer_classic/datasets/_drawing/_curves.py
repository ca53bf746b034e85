"""Curves of the drawn faces: arrays of points of shape (n, 2)."""

from functools import cache

import numpy as np

__all__ = ["between", "ellipse", "mirrored", "smooth"]


def smooth(points):
    """Interpolate points by a Catmull-Rom spline, with eight steps between points."""
    return _spline_weights(len(points)) @ np.asarray(points, dtype=float)


def mirrored(half):
    """Close a contour given from top to bottom on the side of positive x."""
    half = np.asarray(half, dtype=float)
    return np.concatenate([half, half[::-1] * (-1.0, 1.0)])


def between(above, below):
    """Return the contour of the area between two curves that run in the same direction."""
    return np.concatenate([above, below[::-1]])


def ellipse(center, radii):
    """Return the contour of an axis-aligned ellipse."""
    angle = np.linspace(0.0, 2.0 * np.pi, 24, endpoint=False)
    return np.asarray(center) + np.column_stack([np.cos(angle), np.sin(angle)]) * radii


@cache
def _spline_weights(n_points, steps=8):
    """Return the weights of the given points for every point of the spline."""
    points = np.eye(n_points)
    padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    before, start, end, after = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    t = np.linspace(0.0, 1.0, steps, endpoint=False)[:, None, None]
    curve = start + 0.5 * t * (
        (end - before)
        + t * (2 * before - 5 * start + 4 * end - after)
        + t * t * (3 * (start - end) + after - before)
    )
    return np.vstack([curve.swapaxes(0, 1).reshape(-1, n_points), points[-1]])
