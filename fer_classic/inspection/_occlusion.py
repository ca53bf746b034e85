"""How the score changes when parts of a face are covered."""

from numbers import Integral

import numpy as np

from fer_classic.utils._opencv import cv2

__all__ = ["FILLS", "covered", "default_patch", "filled", "occlusion_map"]

FILLS = ("blur", "mean", "gray")
"""What can cover a part: the blurred image, its mean, or mid-grey."""

# Standard deviation of the blur, as a share of the shorter side: 6 pixels of 48 leave no feature of
# the face.
_BLUR = 1 / 8


def filled(image, fill):
    """Give what covers the parts of an image.

    Parameters
    ----------
    image : ndarray of shape (h, w)
        ``uint8`` or floating.
    fill : {"blur", "mean", "gray"}

    Returns
    -------
    cover : ndarray of the same shape and dtype
    """
    if fill == "blur":
        sigma = _BLUR * min(image.shape)
        return cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    in_bytes = image.dtype == np.uint8
    gray = 128 if in_bytes else 0.5
    value = image.mean() if fill == "mean" else gray
    return np.full_like(image, np.rint(value) if in_bytes else value)


def default_patch(shape):
    """Side of a patch and stride: a sixth and a twelfth of the shorter side."""
    stride = max(1, round(min(shape) / 12))
    return min(2 * stride, min(shape)), stride


def _starts(length, patch, stride):
    """First pixels of patches that cover every pixel equally often, also at the borders."""
    return np.arange(stride - patch, length, stride)


def covered(image, cover, patch, stride):
    """Cover one patch of an image at a time.

    Parameters
    ----------
    image, cover : ndarray of shape (h, w)
    patch, stride : int
        Side of the patches and distance between them; ``patch`` is a multiple of ``stride``.

    Returns
    -------
    copies : ndarray of shape (n, h, w)
    boxes : list of tuples of two slices
        The patches; they overlap the border, and each pixel lies in the same number of them.
    """
    height, width = image.shape
    boxes = [
        (slice(max(top, 0), top + patch), slice(max(left, 0), left + patch))
        for top in _starts(height, patch, stride)
        for left in _starts(width, patch, stride)
    ]
    copies = np.repeat(image[np.newaxis], len(boxes), axis=0)
    for copy, box in zip(copies, boxes, strict=True):
        copy[box] = cover[box]
    return copies, boxes


def occlusion_map(score, image, *, fill="blur", patch=None, stride=None):
    """Measure by how much the score falls when a part is covered.

    Parameters
    ----------
    score : callable
        ``score(images)`` of shape (n,); called once.
    image : ndarray of shape (h, w)
    fill : {"blur", "mean", "gray"}, default="blur"
        What covers the parts.
    patch, stride : int, optional
        Side of the square patches, a multiple of the distance between them. If only one is given,
        the stride is half the patch (the patch itself, if that is odd).

    Returns
    -------
    pixels : ndarray of shape (h, w), float64
        Mean fall of the score over the patches that cover the pixel.
    base_value : float
        Score of the image that is covered as a whole.

    Raises
    ------
    ValueError
        If patch and stride do not fit.
    """
    if patch is None and stride is None:
        patch, stride = default_patch(image.shape)
    elif patch is None:
        patch = 2 * stride
    elif stride is None:
        # Patches of an odd side lie next to each other.
        stride = patch if not isinstance(patch, Integral) or patch % 2 else patch // 2
    legal = all(isinstance(side, Integral) and side >= 1 for side in (patch, stride))
    if not legal or patch % stride or patch > min(image.shape):
        raise ValueError(
            f"patch must be a multiple of stride, and at most the shorter side of the image, "
            f"{min(image.shape)} pixels; got patch={patch!r}, stride={stride!r}."
        )
    cover = filled(image, fill)
    copies, boxes = covered(image, cover, patch, stride)
    whole, base_value, *others = score(
        np.concatenate([image[np.newaxis], cover[np.newaxis], copies])
    )
    pixels, counts = np.zeros(image.shape), np.zeros(image.shape)
    for box, value in zip(boxes, others, strict=True):
        pixels[box] += whole - value
        counts[box] += 1
    return pixels / counts, float(base_value)
