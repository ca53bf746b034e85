"""The unit of pixels, in one place: which numbers stand for black and white.

The dtype is the unit. ``uint8`` is 0-255 and ``uint16`` is 0-65535; ``bool`` is black and white;
other integers hold 0-255; floating values hold 0-1. Numbers that contradict their dtype are an
error that names the range found, and are never clipped: an image of floats in 0-255 would become
white, and its answer would be wrong without a word.
"""

import numpy as np

__all__ = ["check_unit", "clip_to_unit", "to_uint8", "to_unit"]

# Half a grey level: what lies so little outside is rounded to black or white all the same.
_ROUNDING = 0.5 / 255


def check_unit(images):
    """Check that the numbers of an image or a batch are in the unit of their dtype.

    Parameters
    ----------
    images : ndarray
        Of any shape.

    Raises
    ------
    ValueError
        If floating values lie outside 0-1 by more than half a grey level, or are no numbers; if
        ``uint16`` holds nothing above 255, which is a picture of 8 bits or a black one; if other
        integers lie outside 0-255; if the dtype is none of numbers.
    """
    kind = images.dtype.kind
    if kind not in "buif":
        raise ValueError(
            "expected an image of dtype uint8, uint16, another integer, bool or float, got "
            f"{images.dtype}."
        )
    if kind == "b" or images.dtype == np.uint8 or not images.size:
        return
    low, high = images.min(), images.max()
    if kind == "f":
        # NaN fails every comparison.
        if not (low >= -_ROUNDING and high <= 1 + _ROUNDING):
            raise ValueError(_complain_of_floats(images))
    elif images.dtype == np.uint16:
        if 0 < high <= 255:
            raise ValueError(
                f"images of dtype uint16 hold 0 to 65535, got values from {low} to {high}, which "
                "would be black; convert images of 0-255 to uint8 (images.astype(np.uint8))."
            )
    elif low < 0 or high > 255:
        raise ValueError(
            f"images of dtype {images.dtype} hold 0 to 255, got values from {low} to {high}; scale "
            "them to 0-255, or convert images of 16 bits, white being 65535, to uint16 "
            "(images.astype(np.uint16))."
        )


def _complain_of_floats(images):
    finite = images[np.isfinite(images)]
    found = f"values from {finite.min():.4g} to {finite.max():.4g}" if finite.size else "none"
    lost = images.size - finite.size
    if lost:
        found += f" and {lost} that are no finite numbers (NaN, infinity), to be replaced first"
    return (
        f"floating images hold 0 to 1, got {found}; divide images of 0-255 by 255 (images / 255), "
        "or convert them to uint8 (images.astype(np.uint8)). Scale other ranges to 0-1."
    )


def to_uint8(images):
    """Bring an image or a batch to ``uint8``, by the unit of its dtype.

    Parameters
    ----------
    images : ndarray
        ``uint8`` is returned as it is, ``bool`` becomes 0 and 255, ``uint16`` is scaled by 1/257,
        other integers hold 0-255, floating values 0-1.

    Returns
    -------
    images : ndarray of the same shape, uint8

    Raises
    ------
    ValueError
        If the numbers are not in the unit of their dtype, see :func:`check_unit`.
    """
    images = np.asarray(images)
    check_unit(images)
    if images.dtype == np.uint8:
        return images
    if images.dtype == bool:
        return images.astype(np.uint8) * np.uint8(255)
    if images.dtype == np.uint16:
        # 65535 = 255 * 257, so white stays white.
        return ((images.astype(np.uint32) + 128) // 257).astype(np.uint8)
    if images.dtype.kind == "f":
        return np.rint(np.clip(images, 0.0, 1.0) * 255.0).astype(np.uint8)
    return images.astype(np.uint8)


def to_unit(images):
    """Bring an image or a batch to ``float32``, in which white is 1.

    Parameters
    ----------
    images : ndarray
        ``uint16`` is scaled by 1/65535, other integers by 1/255; ``bool`` and floating values are
        taken as they are. Any real numbers will do: what only compares pixels needs no unit.

    Returns
    -------
    images : ndarray of the same shape, float32

    Raises
    ------
    ValueError
        If ``uint16`` holds nothing above 255, see :func:`check_unit`.
    """
    if images.dtype == np.uint16:
        check_unit(images)
        return images.astype(np.float32) / np.float32(65535)
    scale = 255 if np.issubdtype(images.dtype, np.integer) else 1
    return images.astype(np.float32) / np.float32(scale)


def clip_to_unit(images):
    """Clip the numbers of a batch to the unit of their dtype.

    For lines of numbers that were never a picture, see
    :class:`~fer_classic.base.ImageEstimator`.

    Parameters
    ----------
    images : ndarray

    Returns
    -------
    images : ndarray of the same shape and dtype
    """
    if images.dtype.kind == "b" or images.dtype == np.uint16:
        return images
    return images.clip(0, 1 if images.dtype.kind == "f" else 255)
