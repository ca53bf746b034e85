"""Size of an image and number of its frames, from the header of its file alone."""

import contextlib
import io
import math
import re
import struct
import threading
import warnings
import zlib
from itertools import pairwise
from typing import NamedTuple

from fer_classic.utils._depth import SIZE_OF_JPEG_2000, TIFF_MAGIC, tags_of_tiff

__all__ = ["DAMAGED", "MAX_SCANS", "Header", "has_many_scans", "open_picture", "read_header"]

MAX_SCANS = 100
"""Scans of a progressive JPEG that is decoded. Usual ones have about ten, and each takes time."""

DAMAGED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""Exceptions that Pillow raises for damaged files."""

# Pillow would run Ghostscript or the graphics system of Windows on these.
_NOT_OPENED = {"EPS", "WMF"}
# It decodes these when it opens them, so that its limit must hold.
_DECODED = {"CUR", "ICNS", "ICO"}
# Their further pictures are other frames or pages; in other formats, other sizes of the first.
_FRAMES = {"AVIF", "GIF", "PNG", "TIFF", "WEBP"}
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
# Of frames, with the size; C4, C8 and CC are tables.
_SOF = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_STANDALONE = {0x01, *range(0xD0, 0xD9)}
_END, _SCAN = 0xD9, 0xDA
# Formats that OpenCV reads and Pillow does not: PAM, colour PFM and Radiance HDR.
_WITHOUT_PILLOW = (
    re.compile(rb"P7\s(?:.*\n)*?WIDTH\s+(?P<w>\d{1,9})\s(?:.*\n)*?HEIGHT\s+(?P<h>\d{1,9})\s"),
    re.compile(rb"P[Ff]\s+(?P<w>\d{1,9})\s+(?P<h>\d{1,9})\s"),
    re.compile(rb"#\?(?:.*\n)+?[-+]Y\s+(?P<h>\d{1,9})\s+[-+]X\s+(?P<w>\d{1,9})\n"),
)
_MAX_HEADER_BYTES = 4096
_IMAGE_WIDTH, _IMAGE_LENGTH = 256, 257
# The header of a picture inside another file: a PNG in an icon, the code stream of a JPEG 2000.
_INNER = re.compile(rb"(?:IHDR|" + SIZE_OF_JPEG_2000 + rb"....)(?=.{8})", re.DOTALL)
_ICONS = (b"\0\0\1\0", b"\0\0\2\0", b"icns")

_LIMIT_OF_PILLOW = threading.Lock()


class Header(NamedTuple):
    """What the header of an image file says.

    Attributes
    ----------
    size : tuple of int
        Width and height in pixels, before the image is turned upright; the largest of those
        that the file declares.
    animated : bool
        Whether there are more frames or pages than the first.
    """

    size: tuple
    animated: bool = False


def read_header(content):
    """Read the header of an image file; nothing is decoded.

    Parameters
    ----------
    content : bytes
        Content of the file.

    Returns
    -------
    header : Header or None
        None if no decoder would know the file.
    """
    # These two are read many times as fast as by Pillow, which matters for sets of small faces.
    if content.startswith(_PNG):
        return _header_of_png(content)
    if content.startswith(_JPEG) and (size := _size_of_jpeg(content)):
        return Header(size)
    # Pillow decodes icons when it opens them.
    if content.startswith(_ICONS) and (sizes := list(_inner_sizes(content))):
        return Header(max(sizes, key=math.prod))
    try:
        with warnings.catch_warnings(action="ignore"), open_picture(content) as picture:
            animated = picture.format in _FRAMES and getattr(picture, "is_animated", False)
            # The code stream can be larger than the header around it says.
            inner = _inner_sizes(content) if picture.format == "JPEG2000" else ()
            return Header(max([picture.size, *inner], key=math.prod), animated)
    except DAMAGED:
        size = _size_without_pillow(content)
        return None if size is None else Header(size)


def has_many_scans(content):
    """Say whether a JPEG has more than :data:`MAX_SCANS`: a small file could take hours.

    Parameters
    ----------
    content : bytes
        Content of a file of any format.

    Returns
    -------
    many : bool
    """
    # Fast, and sure unless these bytes occur by chance, such as in a film after the photo.
    if not content.startswith(_JPEG) or content.count(bytes([0xFF, _SCAN])) <= MAX_SCANS:
        return False
    n_scans = 0
    for marker, _ in _markers(content):
        n_scans += marker == _SCAN
        if marker == _END or n_scans > MAX_SCANS:
            break
    return n_scans > MAX_SCANS


def open_picture(content):
    """Open an image with Pillow, without its limit on pixels: ours is checked by the caller.

    Parameters
    ----------
    content : bytes
        Content of the file.

    Returns
    -------
    picture : PIL.Image.Image
        Not decoded yet.

    Raises
    ------
    OSError, ValueError, ...
        One of :data:`DAMAGED`, if Pillow does not know the file.
    """
    from PIL import Image

    Image.preinit()
    # The most common formats come first, as in Image.open; the others are imported if needed.
    with contextlib.suppress(OSError):
        return _open(Image, content, _formats(Image))
    Image.init()
    return _open(Image, content, _formats(Image))


def _open(image_module, content, formats):
    try:
        return image_module.open(io.BytesIO(content), formats=formats)
    except image_module.DecompressionBombError:
        # The limit of Pillow is global, so that it is lifted for this moment only.
        with _LIMIT_OF_PILLOW:
            limit, image_module.MAX_IMAGE_PIXELS = image_module.MAX_IMAGE_PIXELS, None
            try:
                others = [kind for kind in formats if kind not in _DECODED]
                return image_module.open(io.BytesIO(content), formats=others)
            finally:
                image_module.MAX_IMAGE_PIXELS = limit


def _formats(image_module):
    return [kind for kind in image_module.ID if kind not in _NOT_OPENED]


def _header_of_png(content):
    """Return the header, or None if the file ends within a part of it.

    OpenCV reserves what the length of a part promises, up to gigabytes, before it reads the part.
    """
    place, kind, n_frames = len(_PNG), None, 1
    while place < len(content) and kind != b"IEND":
        length, kind = (
            int.from_bytes(content[place : place + 4], "big"),
            content[place + 4 : place + 8],
        )
        if kind == b"acTL":
            n_frames = int.from_bytes(content[place + 8 : place + 12], "big")
        place += 12 + length
    if place > len(content) or content[12:16] != b"IHDR":
        return None
    return Header(_two_numbers(content, 16, 4), n_frames > 1)


def _size_of_jpeg(content):
    """Return width and height of the first frame; None if there is none."""
    for marker, place in _markers(content):
        if marker in _SOF and place + 9 <= len(content):
            return _two_numbers(content, place + 5, 2)[::-1]
    return None


def _markers(content):
    """Yield the markers of a JPEG that begin a segment, with their places."""
    place = 2
    while True:
        # As decoders do, skip what is no marker, and fill bytes.
        place = content.find(b"\xff", place)
        marker = content[place + 1 : place + 2]
        if place < 0 or not marker:
            return
        if marker[0] in (0x00, 0xFF) or marker[0] in _STANDALONE:
            place += 1 if marker[0] == 0xFF else 2
        else:
            yield marker[0], place
            place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")


def _inner_sizes(content):
    return (_two_numbers(content, found.end(), 4) for found in _INNER.finditer(content))


def _size_without_pillow(content):
    if content.startswith(TIFF_MAGIC):
        size = tuple(tags_of_tiff(content, _IMAGE_WIDTH, _IMAGE_LENGTH))
        return size if all(isinstance(side, int) for side in size) else None
    head = content[:_MAX_HEADER_BYTES]
    found = next((found for pattern in _WITHOUT_PILLOW if (found := pattern.match(head))), None)
    return (int(found["w"]), int(found["h"])) if found else None


def _two_numbers(content, place, length):
    ends = (place, place + length, place + 2 * length)
    return tuple(int.from_bytes(content[a:b], "big") for a, b in pairwise(ends))
