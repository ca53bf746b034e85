"""Turning, scaling and shifting of pictures: similarity transforms, as complex arithmetic.

A point ``x, y`` is the number ``x + 1j * y``, and a similarity is ``z -> factor * z + shift``. Its
unit is that of boxes: the first pixel of an image reaches from 0 to 1, and its centre is at 0.5.
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

_MOST_REDUCED = 16  # of pictures that are reduced more than this, pixels are left out


class Similarity(NamedTuple):
    """The map ``z -> factor * z + shift`` of the plane; it is called with points.

    Parameters
    ----------
    factor : complex
        Its length is the scale, its angle the turn, clockwise as ``y`` grows downwards.
    shift : complex
    """

    factor: complex
    shift: complex

    def __call__(self, points):
        """Map complex points."""
        return self.factor * points + self.shift

    def inverse(self):
        """Give the similarity that undoes this one."""
        return Similarity(1 / self.factor, -self.shift / self.factor)


def as_complex(points):
    """Make complex numbers of shape (k,) of points of shape (k, 2)."""
    points = np.asarray(points, dtype=np.float64)
    return points[..., 0] + 1j * points[..., 1]


def as_points(numbers):
    """Make points of shape (k, 2) of complex numbers of shape (k,)."""
    numbers = np.asarray(numbers)
    return np.stack([numbers.real, numbers.imag], axis=-1)


def similarity_between(source, target):
    """Find the similarity that takes two points to two others.

    Parameters
    ----------
    source, target : sequence of two complex
        The two points of ``source`` must differ.

    Returns
    -------
    similarity : Similarity
    """
    factor = complex((target[1] - target[0]) / (source[1] - source[0]))
    return Similarity(factor, complex(target[0]) - factor * complex(source[0]))


def warp(image, similarity, shape, *, border=cv2.BORDER_REPLICATE, gray=0):
    """Draw an image under a similarity.

    Parameters
    ----------
    image : ndarray of shape (h, w), uint8
    similarity : Similarity
        Takes points of the image to points of the result.
    shape : tuple of two int
        ``(h, w)`` of the result.
    border : int, default=cv2.BORDER_REPLICATE
        What is beyond the image, as OpenCV numbers it; its border pixels are repeated.
    gray : int, default=0
        Its grey level, where the border is constant.

    Returns
    -------
    warped : ndarray of shape ``shape``, uint8
        Interpolated linearly; what is reduced is averaged, too.
    """
    # Drawn larger and averaged, as linear interpolation would leave pixels out.
    times = min(max(1, round(1 / abs(similarity.factor))), _MOST_REDUCED)
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
    """Give the similarity that turns about a point, clockwise."""
    factor = cmath.rect(1, cmath.pi * degrees / 180)
    return Similarity(factor, center - factor * center)
