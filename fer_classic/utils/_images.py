"""Conversion of images to grey or to colour."""

import numpy as np

from fer_classic.units import check_unit, to_uint8
from fer_classic.utils._opencv import cv2

__all__ = ["as_bgr", "as_gray"]


def as_gray(image: np.ndarray) -> np.ndarray:
    """Convert an image to grey.

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
        If the array has another shape or dtype, or no pixels, or if its values are outside the
        range of their dtype, see :func:`~fer_classic.units.check_unit`.

    Notes
    -----
    Colours are weighted by ITU-R BT.601 (0.299 R + 0.587 G + 0.114 B), as OpenCV does.
    """
    color, alpha = _color_and_alpha(image)
    if color.shape[-1] == 1:
        gray = color[..., 0]
    else:
        gray = cv2.cvtColor(np.ascontiguousarray(color), cv2.COLOR_BGR2GRAY)
    return gray if alpha is None else _on_white(gray, alpha[..., 0])


def as_bgr(image: np.ndarray) -> np.ndarray:
    """Convert an image to 8-bit colour.

    Parameters
    ----------
    image : ndarray of shape (h, w), (h, w, 1), (h, w, 2), (h, w, 3) or (h, w, 4)
        As accepted by :func:`as_gray`.

    Returns
    -------
    picture : ndarray of shape (h, w, 3), uint8
        BGR, contiguous; transparent parts are white. 8-bit colour is not copied.

    Raises
    ------
    ValueError
        As for :func:`as_gray`.
    """
    color, alpha = _color_and_alpha(image)
    if alpha is not None:
        color = _on_white(color, alpha)
    color = np.ascontiguousarray(to_uint8(color))
    return color if color.shape[-1] == 3 else cv2.cvtColor(color, cv2.COLOR_GRAY2BGR)


def _color_and_alpha(image):
    """Return one or three channels of ``uint8`` or floats, and the alpha channel or None."""
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
