"""Splitting of many images into blocks that steps accept as they accept the whole."""

import numpy as np
from sklearn.utils.validation import _num_samples

from fer_classic.utils._checks import is_table

__all__ = ["first_typical", "image_blocks"]

# Images of 16 bits whose values do not exceed this are taken for images of 8 bits.
_EIGHT_BITS = 255


def image_blocks(images, size):
    """Split images into blocks.

    Steps tell from the largest value of a batch whether ``uint16`` images are really 8-bit ones,
    which they refuse, see :func:`~fer_classic.units.check_depth`. In a set of 16-bit images, some
    blocks may be so dark that they would be refused; they are joined with their neighbours. All
    other values are judged one by one, so that blocks do not matter.

    Parameters
    ----------
    images : array-like
        Images or rows, or a list of images.
    size : int
        Images per block; joined blocks are longer.

    Returns
    -------
    blocks : list of slice
        In order, without gaps.
    """
    n_images = _num_samples(images)
    blocks = [slice(start, min(start + size, n_images)) for start in range(0, n_images, size)]
    if len(blocks) <= 1 or not _has_16_bits(images):
        return blocks
    deep = [_largest(images[block]) > _EIGHT_BITS for block in blocks]
    if not any(deep):
        # The whole is refused as well, or black.
        return blocks
    joined, is_deep = [], True
    for block, deep_too in zip(blocks, deep, strict=True):
        if joined and not (is_deep and deep_too):
            joined[-1] = slice(joined[-1].start, block.stop)
            is_deep = is_deep or deep_too
        else:
            joined.append(block)
            is_deep = deep_too
    return joined


def first_typical(images):
    """Return the place of the first image that steps accept without the others.

    Parameters
    ----------
    images : array-like
        See :func:`image_blocks`.

    Returns
    -------
    place : int
        0 if there is no such image.
    """
    if not _has_16_bits(images):
        return 0
    places = range(_num_samples(images))
    return next((k for k in places if _largest(images[k : k + 1]) > _EIGHT_BITS), 0)


def _arrays(images):
    """Return the arrays in which the images are, or an empty list if they are in none."""
    if isinstance(images, np.ndarray) and images.dtype != object:
        return [images]
    if is_table(images):
        return [np.asarray(images)]
    listed = isinstance(images, list | tuple | np.ndarray)
    if not listed or not all(isinstance(image, np.ndarray) for image in images):
        return []
    return list(images)


def _has_16_bits(images):
    arrays = _arrays(images)
    # By kind: a dtype of another byte order than the processor's differs from np.uint16.
    return bool(arrays) and all(
        array.dtype.kind == "u" and array.dtype.itemsize == 2 for array in arrays
    )


def _largest(images):
    return max(int(array.max(initial=0)) for array in _arrays(images))
