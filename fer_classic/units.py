"""The range of pixel values, which is determined by the dtype.

``uint8`` is 0-255 and ``uint16`` is 0-65535; ``bool`` is black and white; other integers are 0-255;
floating values are 0-1. Values that contradict their dtype raise an error that reports the range
found. They are never clipped: a floating image in 0-255 would silently become white, and its
prediction would be wrong.
"""

import numpy as np

__all__ = ["check_depth", "check_gray", "check_unit", "clip_to_unit", "to_uint8", "to_unit"]

# Half a grey level: values this close to the range are rounded to black or white.
_ROUNDING = 0.5 / 255


def _has_16_bits(images):
    # A dtype of another byte order than the processor's differs from np.uint16.
    return images.dtype.kind == "u" and images.dtype.itemsize == 2


def check_gray(image, *, name):
    """Check that an image is grey and has pixels.

    Parameters
    ----------
    image : ndarray
    name : str
        Name of the function that takes the image, for the message.

    Raises
    ------
    ValueError
        If the shape is not ``(h, w)``, or there are no pixels.
    """
    if image.ndim == 2 and image.size:
        return
    remedy = ""
    if image.ndim == 2:
        remedy = ", which has no pixels"
    elif image.ndim == 3:
        remedy = "; convert a colour image by fer_classic.utils.as_gray, pass images one by one"
    raise ValueError(f"{name} expects a grey image of shape (h, w), got {image.shape}{remedy}.")


def check_depth(images):
    """Check that values of 16 bits are not those of an 8-bit image.

    Parameters
    ----------
    images : ndarray
        Whole batch, of any shape; a part of it may be darker than the rest.

    Raises
    ------
    ValueError
        If ``uint16`` values do not exceed 255, so that the images are 8-bit ones or black.
    """
    if not _has_16_bits(images) or not images.size:
        return
    low, high = images.min(), images.max()
    if 0 < high <= 255:
        raise ValueError(
            f"images of dtype uint16 hold 0 to 65535, got values from {low} to {high}, which "
            "would be black; convert images of 0-255 to uint8 (images.astype(np.uint8))."
        )


def check_unit(images):
    """Check that the values of an image or a batch are in the range of their dtype.

    Parameters
    ----------
    images : ndarray
        Of any shape.

    Raises
    ------
    ValueError
        If floating values lie outside 0-1 by more than half a grey level, or are not finite; if
        ``uint16`` values do not exceed 255, so that the image is an 8-bit one or black; if other
        integers lie outside 0-255; if the dtype is not numeric.
    """
    kind = images.dtype.kind
    if kind not in "buif":
        raise ValueError(
            "expected an image of dtype uint8, uint16, another integer, bool or float, got "
            f"{images.dtype}."
        )
    if kind == "b" or images.dtype == np.uint8 or not images.size:
        return
    if _has_16_bits(images):
        check_depth(images)
        return
    low, high = images.min(), images.max()
    if kind == "f":
        # NaN fails every comparison.
        if not (low >= -_ROUNDING and high <= 1 + _ROUNDING):
            raise ValueError(_range_message(images))
    elif low < 0 or high > 255:
        raise ValueError(
            f"images of dtype {images.dtype} hold 0 to 255, got values from {low} to {high}; scale "
            "them to 0-255, or convert 16-bit images (white is 65535) to uint16 "
            "(images.astype(np.uint16))."
        )


def _range_message(images):
    finite = images[np.isfinite(images)]
    found = f"values from {finite.min():.4g} to {finite.max():.4g}" if finite.size else "none"
    lost = images.size - finite.size
    if lost:
        found += f" and {lost} that are not finite (NaN, infinity) and must be replaced first"
    return (
        f"floating images hold 0 to 1, got {found}; divide images of 0-255 by 255 (images / 255), "
        "or convert them to uint8 (images.astype(np.uint8)). Scale other ranges to 0-1."
    )


def to_uint8(images):
    """Convert an image or a batch to ``uint8``.

    Parameters
    ----------
    images : ndarray
        ``uint8`` is returned unchanged, ``bool`` becomes 0 and 255, ``uint16`` is scaled by 1/257,
        other integers hold 0-255, floating values 0-1.

    Returns
    -------
    images : ndarray of the same shape, uint8

    Raises
    ------
    ValueError
        If values are outside the range of their dtype, see :func:`check_unit`.
    """
    images = np.asarray(images)
    check_unit(images)
    if images.dtype == np.uint8:
        return images
    if images.dtype == bool:
        return images.astype(np.uint8) * np.uint8(255)
    if _has_16_bits(images):
        # 65535 = 255 * 257, so white stays white.
        return ((images.astype(np.uint32) + 128) // 257).astype(np.uint8)
    if images.dtype.kind == "f":
        return np.rint(np.clip(images, 0.0, 1.0) * 255.0).astype(np.uint8)
    return images.astype(np.uint8)


def to_unit(images):
    """Convert an image or a batch to ``float32``, in which white is 1.

    Parameters
    ----------
    images : ndarray
        ``uint16`` is scaled by 1/65535, other integers by 1/255; ``bool`` and floating values are
        not scaled. Nothing is checked: comparing pixels requires no fixed range, and batches are
        converted in parts, while :func:`check_depth` applies to the whole.

    Returns
    -------
    images : ndarray of the same shape, float32
    """
    if _has_16_bits(images):
        return images.astype(np.float32) / np.float32(65535)
    scale = 255 if np.issubdtype(images.dtype, np.integer) else 1
    return images.astype(np.float32) / np.float32(scale)


def clip_to_unit(images):
    """Clip the values of a batch to the range of their dtype.

    For flat rows of unspecified length, see :mod:`~fer_classic.base`.

    Parameters
    ----------
    images : ndarray

    Returns
    -------
    images : ndarray of the same shape and dtype
    """
    if images.dtype.kind == "b" or _has_16_bits(images):
        return images
    return images.clip(0, 1 if images.dtype.kind == "f" else 255)
