"""Bit depth of image files, and the conversion of their values to 8 bits."""

import contextlib
import io
import re
import struct
import warnings

import numpy as np

__all__ = [
    "SIZE_OF_JPEG_2000",
    "TIFF_MAGIC",
    "declared_white",
    "tags_of_tiff",
    "to_grey_levels",
]

TIFF_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_BITS_PER_SAMPLE, _MAX_SAMPLE_VALUE = 258, 341
# A number of a PNM header, preceded by white space and comments.
_NUMBER = rb"(?:\s+|\s*#[^\n]*\n\s*)+(\d+)"
_PNM_HEADER = re.compile(rb"P[2356]" + 3 * _NUMBER)
SIZE_OF_JPEG_2000 = b"\xff\x4f\xff\x51"

_WHITES = tuple(2**bits - 1 for bits in (8, 10, 12, 14, 16, 24, 32))
# Half a grey level: too little to infer the scale from.
_ROUNDING = 0.5 / 255


def declared_white(content):
    """Return the white level that an image file declares, in units of its decoded values.

    Parameters
    ----------
    content : bytes
        Content of the file.

    Returns
    -------
    white : float or None
        None if the file declares only the size of its values.
    """
    if content.startswith(TIFF_MAGIC):
        return _white_of_tiff(content)
    if header := _PNM_HEADER.match(content[:4096]):
        # Pillow scales to 65535, which programs also write if they do not know the real depth.
        return 65535 if int(header[3]) < 65535 else None
    bits = None
    if content[4:8] == b"ftyp" and (place := content.find(b"pixi")) >= 0:
        bits = content[place + 9 : place + 10]
    elif (place := content[:4096].find(SIZE_OF_JPEG_2000)) >= 0:
        bits = bytes((byte & 0x7F) + 1 for byte in content[place + 42 : place + 43])
    return 2 ** bits[0] - 1 if bits and 8 < bits[0] <= 32 else None


def tags_of_tiff(content, *numbers):
    """Read tags of the first page of a TIFF file.

    Parameters
    ----------
    content : bytes
        Content of the file.
    *numbers : int
        Numbers of the tags.

    Returns
    -------
    values : list
        None for tags that are missing or damaged.
    """
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    damaged = (OSError, ValueError, SyntaxError, KeyError, TypeError, IndexError, struct.error)
    tags = {}
    with contextlib.suppress(*damaged), warnings.catch_warnings(action="ignore"):
        tags = ImageFileDirectory_v2(content[: 16 if 43 in content[2:4] else 8])
        file = io.BytesIO(content)
        file.seek(tags.next)
        tags.load(file)
    values = []
    for number in numbers:
        value = None
        with contextlib.suppress(*damaged), warnings.catch_warnings(action="ignore"):
            # Parsed here, one by one.
            value = tags.get(number)
        values.append(value)
    return values


def _white_of_tiff(content):
    bits, largest = tags_of_tiff(content, _BITS_PER_SAMPLE, _MAX_SAMPLE_VALUE)
    if np.max(bits if bits is not None else 8) in (10, 12, 14):
        # OpenCV scales them to 16 bits.
        return 65535
    return float(np.max(largest)) if largest is not None and np.max(largest) > 0 else None


def to_grey_levels(image, white=None):
    """Scale the values of a decoded file to 8 bits.

    Parameters
    ----------
    image : ndarray
        Integers or floats; ``uint8`` is returned unchanged.
    white : float, optional
        The white level; inferred from the values by default, as described in
        :func:`~fer_classic.utils.read_image`.

    Returns
    -------
    image : ndarray of the same shape, uint8

    Raises
    ------
    ValueError
        If values are not finite.
    """
    if image.dtype == np.uint8:
        return image
    whole = image.dtype.kind in "iu"
    low, high = float(image.min()), float(image.max())
    if not np.isfinite([low, high]).all():
        lost = image.size - np.isfinite(image).sum()
        raise ValueError(
            f"holds {lost} pixels that are not finite (NaN, infinity), of {image.size}; "
            "replace them, and write the image again."
        )
    white = white or _find_white(high, whole)
    black = low if low < -_ROUNDING * white else 0.0
    # Double precision only where values have more than 16 bits.
    wide = np.float32 if image.dtype.itemsize <= 2 else np.float64
    levels = (image.astype(wide) - wide(black)) * wide(255.0 / (white - black))
    return np.rint(levels.clip(0, 255)).astype(np.uint8)


def _find_white(high, whole):
    if not whole and high <= 1 + _ROUNDING:
        return 1.0
    white = next((white for white in _WHITES if high <= white), high)
    fills = high >= white / 4 or (whole and white == _WHITES[0])
    return white if fills else high
