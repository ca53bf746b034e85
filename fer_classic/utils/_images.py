"""Reading image files of every kind into the arrays that the library works with."""

import warnings
from pathlib import Path

import numpy as np

from fer_classic.exceptions import DataNotFoundError, ImageReadError
from fer_classic.units import check_unit, to_uint8
from fer_classic.utils._opencv import cv2

__all__ = ["IMAGE_SUFFIXES", "as_bgr", "as_gray", "find_images", "iter_images", "read_image"]

IMAGE_SUFFIXES = (
    ".bmp",
    ".gif",
    ".jpeg",
    ".jpg",
    ".pgm",
    ".png",
    ".ppm",
    ".tif",
    ".tiff",
    ".webp",
)
"""File name endings (lower case) that are taken for images when a folder is read."""


def read_image(source):
    """Read an image file.

    Parameters
    ----------
    source : str, path-like or bytes
        A file, or the content of one. Of an animated file the first frame is read; a photo is
        turned upright by its EXIF orientation.

    Returns
    -------
    image : ndarray, uint8 or uint16
        ``(h, w)`` grey, ``(h, w, 3)`` BGR or ``(h, w, 4)`` BGRA, as OpenCV orders channels.

    Raises
    ------
    DataNotFoundError
        If there is no such file.
    ImageReadError
        If the file is empty, is not an image, or is damaged.

    See Also
    --------
    as_gray : the next step, towards an image batch.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        content, name = bytes(source), f"image of {len(source)} bytes"
    else:
        name = str(source)
        try:
            content = Path(source).read_bytes()
        except FileNotFoundError:
            raise DataNotFoundError(f"no such image file: {name}") from None
        except OSError as error:
            raise ImageReadError(f"cannot read {name}: {error.strerror}") from error
    if not content:
        raise ImageReadError(f"{name} is empty (0 bytes).")
    image = _decode_opencv(content)
    if image is None:
        image = _decode_pillow(content)
    if image is None:
        raise ImageReadError(
            f"{name} is not an image that can be decoded (damaged, or not an image file)."
        )
    return image


def _decode_opencv(content):
    # Decoding from memory, since cv2.imread cannot open non-ASCII paths on every system.
    buffer = np.frombuffer(content, dtype=np.uint8)
    try:
        image = cv2.imdecode(buffer, cv2.IMREAD_UNCHANGED)
        if image is not None and (image.ndim == 2 or image.shape[2] != 4):
            # IMREAD_UNCHANGED keeps transparency but ignores the EXIF orientation.
            image = cv2.imdecode(buffer, cv2.IMREAD_ANYCOLOR | cv2.IMREAD_ANYDEPTH)
    except cv2.error:
        return None
    if image is None or image.dtype not in (np.uint8, np.uint16):
        return None
    return image


def _decode_pillow(content):
    # Pillow comes with scikit-image and reads what OpenCV does not, such as floating TIFF files.
    import io

    from PIL import Image, ImageOps

    try:
        # Of a damaged file the error tells all that its warnings would.
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(content)) as picture:
            picture.load()
            picture = ImageOps.exif_transpose(picture)
            if picture.mode.startswith(("I", "F")):
                return _scale_to_uint16(np.asarray(picture), picture.mode)
            rgba = "A" in picture.getbands() or "transparency" in picture.info
            array = np.asarray(picture.convert("RGBA" if rgba else "RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    order = [2, 1, 0, 3][: array.shape[2]]
    return np.ascontiguousarray(array[..., order])


def _scale_to_uint16(array, mode):
    if mode == "F":
        array = array * 65535.0 if array.size and array.max() <= 1.0 else array
    return np.clip(np.nan_to_num(array), 0, 65535).astype(np.uint16)


def as_gray(image):
    """Turn an image of any usual kind into a grey one.

    Parameters
    ----------
    image : ndarray of shape (h, w), (h, w, 1), (h, w, 2), (h, w, 3) or (h, w, 4)
        Grey, grey with alpha, BGR or BGRA; ``uint8``, ``uint16``, ``bool``, another integer in
        0-255, or floating in 0-1.

    Returns
    -------
    gray : ndarray of shape (h, w)
        ``uint8`` for integer and boolean input (16 bits are scaled to 8), floating for floating
        input. Transparent parts become white.

    Raises
    ------
    ValueError
        If the array has another shape or dtype, or no pixels, or if its numbers are not in the
        unit of their dtype, see :func:`~fer_classic.units.check_unit`.

    Notes
    -----
    Colour is weighted by ITU-R BT.601 (0.299 R + 0.587 G + 0.114 B), as OpenCV does.
    """
    color, alpha = _color_and_alpha(image)
    if color.shape[-1] == 1:
        gray = color[..., 0]
    else:
        gray = cv2.cvtColor(np.ascontiguousarray(color), cv2.COLOR_BGR2GRAY)
    return gray if alpha is None else _on_white(gray, alpha[..., 0])


def as_bgr(image):
    """Turn an image of any usual kind into 8-bit colour.

    Parameters
    ----------
    image : ndarray of shape (h, w), (h, w, 1), (h, w, 2), (h, w, 3) or (h, w, 4)
        What :func:`as_gray` accepts.

    Returns
    -------
    picture : ndarray of shape (h, w, 3), uint8
        BGR, contiguous; transparent parts are white. 8-bit colour is not copied.

    Raises
    ------
    ValueError
        As :func:`as_gray` does.
    """
    color, alpha = _color_and_alpha(image)
    if alpha is not None:
        color = _on_white(color, alpha)
    color = np.ascontiguousarray(to_uint8(color))
    return color if color.shape[-1] == 3 else cv2.cvtColor(color, cv2.COLOR_GRAY2BGR)


def _color_and_alpha(image):
    """One or three channels of ``uint8`` or floats, and that of the transparency or None."""
    image = np.asarray(image)
    channels = image.shape[-1] if image.ndim == 3 else 1
    if image.ndim not in (2, 3) or not 1 <= channels <= 4 or image.size == 0:
        raise ValueError(
            f"expected an image of shape (h, w), or (h, w, c) with 1 to 4 channels, "
            f"got an array of shape {image.shape}."
        )
    if image.dtype.kind == "f":
        check_unit(image)
        image = image.astype(np.float32, copy=False).clip(0.0, 1.0)
    else:
        image = to_uint8(image)
    image = image.reshape(*image.shape[:2], channels)
    return (image[..., :-1], image[..., -1:]) if channels in (2, 4) else (image, None)


def _on_white(color, alpha):
    white = 255.0 if color.dtype == np.uint8 else 1.0
    alpha = alpha.astype(np.float32) / white
    mixed = color.astype(np.float32) * alpha + white * (1.0 - alpha)
    return mixed if color.dtype != np.uint8 else np.rint(mixed).astype(np.uint8)


def iter_images(source):
    """Find image files and read them one after another.

    Parameters
    ----------
    source : str, path-like, or iterable of these
        A folder, searched with its subfolders in the order of names, or a list of files.
        Hidden files and files without an image ending are passed over in folders, not in lists.

    Yields
    ------
    path : pathlib.Path
        The file.
    image : ndarray
        What :func:`read_image` gives.

    Raises
    ------
    DataNotFoundError
        If the folder or a file does not exist.
    ImageReadError
        If a file cannot be decoded.
    """
    for path in _image_paths(source):
        yield path, read_image(path)


def _image_paths(source):
    if not isinstance(source, str | Path):
        return [Path(path) for path in source]
    source = Path(source)
    if source.is_file():
        return [source]
    if not source.is_dir():
        raise DataNotFoundError(f"no such file or folder: {source}")
    return find_images(source)


def find_images(folder):
    """Find the image files of a folder and its subfolders.

    Parameters
    ----------
    folder : path-like

    Returns
    -------
    paths : list of pathlib.Path
        In the order of names. Hidden files, those in hidden folders, and files without one of
        :data:`IMAGE_SUFFIXES` are passed over.
    """
    folder = Path(folder)
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in IMAGE_SUFFIXES
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and path.is_file()
    )
