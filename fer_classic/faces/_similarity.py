"""Similarity transforms (rotation, scaling, translation) of points and images.

A point ``x, y`` is the complex number ``x + 1j * y``, and a similarity is ``z -> factor * z +
shift``. Coordinates are those of boxes: the first pixel of an image covers 0 to 1, and its centre
is at 0.5.
"""

import cmath
from typing import NamedTuple

import numpy as np

from fer_classic.utils._opencv import cv2

__all__ = [
    "Similarity",
    "as_complex",
    "as_points",
    "similarity_between",
    "turn_about",
    "warp",
]

_MAX_REDUCTION = 16  # images that are reduced more than this are not fully averaged
_MAX_SIDE = 2**15  # pixels of the enlarged image; more could fill the memory


class Similarity(NamedTuple):
    """Similarity transform ``z -> factor * z + shift`` of complex points.

    Parameters
    ----------
    factor : complex
        The absolute value is the scale; the argument is the rotation angle, clockwise since ``y``
        increases downwards.
    shift : complex
        Translation.
    """

    factor: complex
    shift: complex

    def __call__(self, points):
        """Transform complex points."""
        return self.factor * points + self.shift

    def inverse(self):
        """Return the inverse similarity."""
        return Similarity(1 / self.factor, -self.shift / self.factor)


def as_complex(points):
    """Convert points of shape (k, 2) to complex numbers of shape (k,)."""
    points = np.asarray(points, dtype=np.float64)
    return points[..., 0] + 1j * points[..., 1]


def as_points(numbers):
    """Convert complex numbers of shape (k,) to points of shape (k, 2)."""
    numbers = np.asarray(numbers)
    return np.stack([numbers.real, numbers.imag], axis=-1)


def similarity_between(source, target):
    """Return the similarity that maps two points to two others.

    Parameters
    ----------
    source, target : sequence of two complex
        The two points of ``source`` must differ.

    Returns
    -------
    similarity : Similarity

    Raises
    ------
    ValueError
        If the two points of either are so close together or so far apart that the scale overflows.
    """
    with np.errstate(all="ignore"):
        factor = complex((target[1] - target[0]) / (source[1] - source[0]))
        scale = np.abs(factor)
    if not 0 < scale < np.inf:
        raise ValueError(
            f"no similarity takes the points {_listed(source)} to {_listed(target)}: two of them "
            "are too close together or too far apart."
        )
    return Similarity(factor, complex(target[0]) - factor * complex(source[0]))


def _listed(points):
    return ", ".join(f"({x:.6g}, {y:.6g})" for x, y in as_points(points))


def warp(image, similarity, shape, *, border=cv2.BORDER_REPLICATE, gray=0):
    """Transform an image by a similarity.

    Parameters
    ----------
    image : ndarray of shape (h, w), uint8
    similarity : Similarity
        Maps points of the image to points of the result.
    shape : tuple of two int
        ``(h, w)`` of the result.
    border : int, default=cv2.BORDER_REPLICATE
        Border mode of OpenCV; by default border pixels are replicated.
    gray : int, default=0
        Grey level outside the image for ``cv2.BORDER_CONSTANT``.

    Returns
    -------
    warped : ndarray of shape ``shape``, uint8
        Interpolated linearly; reduced images are also averaged.
    """
    # Enlarged and then averaged, since linear interpolation alone would skip pixels.
    max_times = min(_MAX_REDUCTION, _MAX_SIDE // max(shape))
    times = round(min(max(1 / abs(similarity.factor), 1), max_times))
    factor, shift = times * similarity.factor, times * similarity.shift
    # OpenCV counts from the centre of the first pixel.
    shift += factor * (0.5 + 0.5j) - (0.5 + 0.5j)
    across, down = (factor.real, -factor.imag, shift.real), (factor.imag, factor.real, shift.imag)
    height, width = shape
    large = cv2.warpAffine(
        image,
        np.array([across, down]),
        (times * width, times * height),
        flags=cv2.INTER_LINEAR,
        borderMode=border,
        borderValue=gray,
    )
    if times == 1:
        return large.reshape(shape)
    return cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA).reshape(shape)


def turn_about(center, degrees):
    """Return the rotation about a point by an angle in degrees, clockwise."""
    factor = cmath.rect(1, cmath.pi * degrees / 180)
    return Similarity(factor, center - factor * center)
