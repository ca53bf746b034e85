"""How the score depends on what is visible, by random masks."""

from math import ceil
from numbers import Integral

import numpy as np

from fer_classic.inspection._occlusion import filled
from fer_classic.utils._opencv import cv2

__all__ = ["masks_map", "random_masks"]

# Cells of the coarse masks along the shorter side.
_CELLS = 8


def random_masks(shape, n_masks, *, seed=0):
    """Draw smooth random masks, each followed by its complement.

    Parameters
    ----------
    shape : tuple of two int
        ``(h, w)``.
    n_masks : int
        An even number.
    seed : int, default=0

    Returns
    -------
    masks : ndarray of shape (n_masks, h, w), float32
        Visibility, 0-1: coarse masks of zeros and ones, enlarged and shifted at random.
    """
    rng = np.random.default_rng(seed)
    cell = min(shape) / _CELLS
    # One more than needed, to be shifted by.
    rows, columns = (ceil(side / cell) + 1 for side in shape)
    large = (round(columns * cell), round(rows * cell))
    masks = np.empty((n_masks, *shape), dtype=np.float32)
    for number in range(0, n_masks, 2):
        coarse = (rng.random((rows, columns)) < 0.5).astype(np.float32)
        mask = cv2.resize(coarse, large, interpolation=cv2.INTER_LINEAR)
        top = rng.integers(0, mask.shape[0] - shape[0] + 1)
        left = rng.integers(0, mask.shape[1] - shape[1] + 1)
        masks[number] = mask[top : top + shape[0], left : left + shape[1]]
        masks[number + 1] = 1 - masks[number]
    return masks


def masks_map(score, image, *, fill="blur", n_masks=240):
    """Measure how the score depends on the visibility of each pixel.

    Parameters
    ----------
    score : callable
        ``score(images)`` of shape (n,); called once.
    image : ndarray of shape (h, w)
    fill : {"blur", "mean", "gray"}, default="blur"
        What is in place of what is not visible.
    n_masks : int, default=240
        Number of masks, even.

    Returns
    -------
    pixels : ndarray of shape (h, w), float64
        Slope of the score against the visibility of the pixel, over the masks.
    base_value : float
        Score of the image that is covered as a whole.

    Raises
    ------
    ValueError
        If the number of masks is not even, or below 2.
    """
    if not isinstance(n_masks, Integral) or n_masks < 2 or n_masks % 2:
        raise ValueError(f"n_masks must be an even number of at least 2, got {n_masks!r}.")
    cover = filled(image, fill)
    masks = random_masks(image.shape, n_masks)
    copies = np.empty((2 + n_masks, *image.shape), dtype=image.dtype)
    copies[:2] = image, cover
    difference = image.astype(np.float32) - cover
    blended = cover + masks * difference
    copies[2:] = np.rint(blended) if image.dtype == np.uint8 else blended
    _, base_value, *scores = score(copies)
    # With complements, the mean visibility of each pixel is exactly one half.
    visible = masks - np.float32(0.5)
    scores = np.asarray(scores) - np.mean(scores)
    slopes = np.tensordot(scores, visible, axes=1)
    return slopes / np.maximum((visible**2).sum(axis=0), 1e-9), float(base_value)
