"""Reading and decoding of image files."""

import warnings
from os import PathLike

import numpy as np

from fer_classic.exceptions import (
    DataNotFoundError,
    DataWarning,
    ImageReadError,
    MissingDependencyError,
)
from fer_classic.utils._depth import TIFF_MAGIC, declared_white, to_grey_levels
from fer_classic.utils._header import (
    DAMAGED,
    MAX_SCANS,
    has_many_scans,
    open_picture,
    read_header,
)
from fer_classic.utils._limits import excess_pixels, pixel_limit, read_regular_file
from fer_classic.utils._names import printable
from fer_classic.utils._opencv import cv2
from fer_classic.utils._optional import import_optional

__all__ = ["read_first_frame", "read_image"]

_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_PNM_MAGIC = (b"P2", b"P3", b"P5", b"P6")

_ORIENTATION = 0x0112
# Every file with an orientation tag contains one of these; searching for them is cheap.
_ORIENTATION_MARKS = (b"Exif", b"eXIf", b"EXIF", b"exif", b"APP1", b"Orientation", b"irot", b"imir")
_TURNS = {
    2: np.fliplr,
    3: lambda image: np.rot90(image, 2),
    4: np.flipud,
    5: lambda image: image.swapaxes(0, 1),
    6: lambda image: np.rot90(image, -1),
    7: lambda image: np.rot90(image, 2).swapaxes(0, 1),
    8: np.rot90,
}
# The largest pixels that a format can hold: four channels in double precision.
_BYTES_PER_PIXEL = 32
# Of tags and of text besides the pixels.
_BYTES_BESIDES = 2**26


def read_image(source: str | PathLike | bytes, *, max_pixels: int | None = None) -> np.ndarray:
    """Read an image file.

    Parameters
    ----------
    source : str, path-like or bytes
        A file, or its content. The first frame of an animated file is read; photos are turned
        upright according to their orientation tag, in every format that has one.
    max_pixels : int, optional
        Larger images are refused before they are decoded. By default the environment variable
        ``FER_CLASSIC_MAX_PIXELS``, which programs read too, else 50 million.

    Returns
    -------
    image : ndarray, uint8
        ``(h, w)`` grey, ``(h, w, 3)`` BGR or ``(h, w, 4)`` BGRA, as OpenCV orders channels.

    Raises
    ------
    DataNotFoundError
        If there is no such file.
    ImageReadError
        If the file is empty, is not an image, is damaged, has more than ``max_pixels`` or, as a
        progressive JPEG, more than 100 scans, is a folder, pipe or device, requires a package that
        is not installed (HEIC), or contains values that are not finite.
    ValueError
        If ``max_pixels`` is not an integer of at least 1.

    Warns
    -----
    DataWarning
        If frames or pages after the first are skipped.

    See Also
    --------
    as_gray : conversion to grey, as needed for an image batch.

    Notes
    -----
    The limit on pixels is checked against the header of the file. It replaces the limit of Pillow,
    ``PIL.Image.MAX_IMAGE_PIXELS``, which has no effect here.

    Files of more than 8 bits are scaled by the depth that the file declares (bits of TIFF, AVIF
    and JPEG 2000, SMaxSampleValue of TIFF, the largest value of PNM). A 16-bit file may contain 10
    or 12 bits without declaring so: if no depth is declared, white is the largest value of 8, 10,
    12, 14, 16, 24 or 32 bits, whichever is the smallest that no pixel exceeds. Floating values are
    0-1. If they exceed 1, they are treated as such integers if they cover a quarter of the range;
    otherwise they are scaled so that the maximum is white. Negative values are shifted so that the
    minimum is black.
    """
    image, name, animated = read_first_frame(source, max_pixels=max_pixels)
    if animated:
        warnings.warn(
            f"{name} has several frames or pages; only the first is read.",
            DataWarning,
            stacklevel=2,
        )
    return image


def read_first_frame(source, *, max_pixels=None, name=None):
    """Read an image file as :func:`read_image` does, without its warning.

    Parameters
    ----------
    source, max_pixels
        As for :func:`read_image`.
    name : str, optional
        What the content of a file is called in messages; by default "image" and its length.

    Returns
    -------
    image : ndarray, uint8
    name : str
        What the image is called in messages.
    animated : bool
        Whether there are frames or pages after the first.
    """
    limit = pixel_limit(max_pixels)
    if isinstance(source, bytes | bytearray | memoryview):
        content, name = bytes(source), name or f"image of {len(source)} bytes"
    else:
        name = printable(source)
        content = _read(source, name, _BYTES_BESIDES + _BYTES_PER_PIXEL * limit)
    if not content:
        raise ImageReadError(f"{name} is empty (0 bytes).")
    image, animated = _decode(content, name, limit)
    if image is None:
        raise ImageReadError(
            f"{name} is not an image that can be decoded (damaged, or not an image file)."
        )
    try:
        return to_grey_levels(image, declared_white(content)), name, animated
    except ValueError as error:
        raise ImageReadError(f"{name} {error}") from error


def _read(path, name, max_bytes):
    try:
        return read_regular_file(path, max_bytes)
    except FileNotFoundError:
        raise DataNotFoundError(f"no such image file: {name}") from None
    except OSError as error:
        raise ImageReadError(f"cannot read {name}: {error.strerror}.") from error


def _decode(content, name, limit):
    """Return the pixels, None if they cannot be decoded, and whether there are more frames."""
    if _is_heic(content):
        return _decode_heic(content, name, limit), False
    header = read_header(content)
    if header is None:
        return None, False
    _check_size(header.size, name, limit)
    if has_many_scans(content):
        raise ImageReadError(
            f"{name} is a JPEG of more than {MAX_SCANS} scans, which would take very long; save "
            "it again with another program."
        )
    # OpenCV does not scale the values of these files by the maximum that they declare.
    decoders = [_decode_pillow, _decode_opencv]
    if not content.startswith(_PNM_MAGIC):
        decoders.reverse()
    images = (decode(content, name, limit) for decode in decoders)
    return next((image for image in images if image is not None), None), header.animated


def _check_size(size, name, limit):
    excess = excess_pixels(size, limit)
    if excess:
        raise ImageReadError(f"{name} {excess}")


def _decode_opencv(content, name, limit):
    # Decoding from memory, since cv2.imread cannot open non-ASCII paths on every system.
    buffer = np.frombuffer(content, dtype=np.uint8)
    try:
        # Unchanged keeps alpha and depth, and ignores all orientation tags except TIFF's.
        image = cv2.imdecode(buffer, cv2.IMREAD_UNCHANGED)
    except cv2.error:
        return None
    if image is None or (image.ndim == 3 and image.shape[2] not in (1, 3, 4)):
        return None
    if content.startswith(TIFF_MAGIC):
        return image
    turn = _TURNS.get(_orientation(content))
    return image if turn is None else np.ascontiguousarray(turn(image))


def _orientation(content):
    """Return the orientation tag of a file, 1 to 8; 1 if there is none."""
    if not any(mark in content for mark in _ORIENTATION_MARKS):
        return 1
    try:
        with warnings.catch_warnings(action="ignore"), open_picture(content) as picture:
            return picture.getexif().get(_ORIENTATION, 1)
    except DAMAGED:
        return 1


def _decode_pillow(content, name, limit):
    from PIL import Image

    try:
        # For a damaged file, the error already contains the information of the warnings.
        with warnings.catch_warnings(action="ignore"), open_picture(content) as picture:
            # Of two headers in a file, Pillow may read another one than was checked.
            _check_size(picture.size, name, limit)
            return _array_of(picture)
    except ImageReadError:
        raise
    except (*DAMAGED, Image.DecompressionBombError):
        return None


def _array_of(picture):
    """Return the pixels of a Pillow image, upright, in OpenCV's channel order."""
    from PIL import ImageOps

    picture.load()
    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith(("I", "F")):
        return np.asarray(picture)
    rgba = "A" in picture.getbands() or "transparency" in picture.info
    array = np.asarray(picture.convert("RGBA" if rgba else "RGB"))
    order = [2, 1, 0, 3][: array.shape[2]]
    return np.ascontiguousarray(array[..., order])


def _is_heic(content):
    if content[4:8] != b"ftyp":
        return False
    box = content[8 : int.from_bytes(content[:4], "big")]
    brands = [box[place : place + 4] for place in range(0, min(len(box), 400), 4)]
    return not {b"avif", b"avis"} & set(brands) and any(brand in _HEIC_BRANDS for brand in brands)


def _decode_heic(content, name, limit):
    try:
        pillow_heif = import_optional("pillow_heif", extra="heic", purpose="reading HEIC photos")
    except MissingDependencyError as error:
        raise ImageReadError(
            f"{name} is a HEIC photo, as taken by phones; {error}, or save it as JPEG."
        ) from error
    try:
        # Decoded upright: the decoder applies the orientation.
        file = pillow_heif.open_heif(content, convert_hdr_to_8bit=True)
        _check_size(file.size, name, limit)
        return _array_of(file.to_pillow())
    except ImageReadError:
        raise
    except (*DAMAGED, RuntimeError):
        return None
