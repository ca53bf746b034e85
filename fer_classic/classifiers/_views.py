"""Mirrored, rotated and shifted views of images, for test-time augmentation."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import rotate

__all__ = ["VIEWS", "View"]

# Shift as a fraction of the side: two pixels of 48.
_SHIFT = 1 / 24


@dataclass(frozen=True)
class View:
    """One geometric transformation of an image.

    Parameters
    ----------
    mirror : bool, default=False
        Whether to mirror the image first.
    angle : float, default=0.0
        Counter-clockwise rotation about the centre, in degrees.
    right, down : int, default=0
        -1, 0 or 1: the direction of a shift by 1/24 of the side, at least one pixel; positive is
        right and down.
    """

    mirror: bool = False
    angle: float = 0.0
    right: int = 0
    down: int = 0

    def __call__(self, images):
        """Transform an image or a batch.

        Parameters
        ----------
        images : ndarray of shape (h, w) or (n, h, w)

        Returns
        -------
        images : ndarray of the same shape and dtype
            Border pixels are replicated where the image moved away.
        """
        if self.mirror:
            images = images[..., ::-1]
        if self.angle:
            images = _rotate(images, self.angle)
        for axis, steps in ((-2, self.down), (-1, self.right)):
            if steps:
                images = _shift(images, steps, axis)
        return np.ascontiguousarray(images)


def _rotate(images, angle):
    dtype = images.dtype
    if dtype.kind == "b" or (dtype.kind == "f" and dtype.itemsize not in (4, 8)):
        # scipy rotates single and double precision only, and truncates to bool.
        images = images.astype(np.float32)
    rotated = rotate(images, angle, axes=(-2, -1), reshape=False, order=1, mode="nearest")
    return rotated >= 0.5 if dtype.kind == "b" else rotated.astype(dtype, copy=False)


def _shift(images, steps, axis):
    side = images.shape[axis]
    pixels = steps * max(1, round(side * _SHIFT))
    return images.take(np.clip(np.arange(side) - pixels, 0, side - 1), axis=axis)


def _poses(*weighted):
    """Return a pose and its mirror image for each pair of a pose and a weight."""
    return {View(mirror, **pose): weight for pose, weight in weighted for mirror in (False, True)}


VIEWS = {
    "flip": _poses(({}, 1)),
    # Models trained without rotated images are least reliable on them.
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
"""Views and their weights by name of the set; the first view is the image itself."""
