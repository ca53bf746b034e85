"""Views of images: mirrored, turned and shifted, as test-time augmentation asks for them."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import rotate

__all__ = ["VIEWS", "View"]

# Shifts are this share of a side: two pixels of 48.
_SHIFT = 1 / 24


@dataclass(frozen=True)
class View:
    """One way to look at an image.

    Parameters
    ----------
    mirror : bool, default=False
        Whether left and right are exchanged, before all else.
    angle : float, default=0.0
        Degrees by which the image is turned about its centre, counter-clockwise.
    right, down : int, default=0
        -1, 0 or 1: whether the image is shifted by 1/24 of its side to the left or right, up or
        down; by one pixel at least.
    """

    mirror: bool = False
    angle: float = 0.0
    right: int = 0
    down: int = 0

    def __call__(self, images):
        """Look at an image or a batch.

        Parameters
        ----------
        images : ndarray of shape (h, w) or (n, h, w)

        Returns
        -------
        images : ndarray of the same shape and dtype
            Where the image has moved away, its border pixels are repeated.
        """
        if self.mirror:
            images = images[..., ::-1]
        if self.angle:
            images = rotate(
                images, self.angle, axes=(-2, -1), reshape=False, order=1, mode="nearest"
            )
        for axis, steps in ((-2, self.down), (-1, self.right)):
            if steps:
                images = _shift(images, steps, axis)
        return np.ascontiguousarray(images)


def _shift(images, steps, axis):
    side = images.shape[axis]
    pixels = steps * max(1, round(side * _SHIFT))
    return images.take(np.clip(np.arange(side) - pixels, 0, side - 1), axis=axis)


def _poses(*weighted):
    """A pose and its mirror image for each pair of a pose and a weight."""
    return {View(mirror, **pose): weight for pose, weight in weighted for mirror in (False, True)}


VIEWS = {
    "flip": _poses(({}, 1)),
    # A model that was shown no turned images in training is least sure of what it says of them.
    "full": _poses(
        ({}, 4),
        ({"angle": 15}, 1),
        ({"angle": -15}, 1),
        ({"right": -1}, 2),
        ({"right": 1}, 2),
        ({"down": -1}, 2),
        ({"down": 1}, 2),
    ),
}
"""The sets of views by name, and the weight of each view; the first is the image itself."""
