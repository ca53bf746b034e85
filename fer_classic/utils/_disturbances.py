"""Disturbances of a face picture: what cameras, detectors and hands do to it, at any strength."""

from numbers import Real

import numpy as np

from fer_classic.exceptions import UnknownNameError
from fer_classic.units import check_gray, check_unit, to_unit
from fer_classic.utils._opencv import cv2

__all__ = ["DISTURBANCES", "disturb"]


def _scale(image, strength, rng):
    """The box is up to 1.25 times too small or too large."""
    zoom = 1.25 ** (strength * rng.choice((-1, 1)))
    return _warp(image, np.array([[zoom, 0], [0, zoom]]), (0, 0))


def _shift(image, strength, rng):
    """The box lies up to 10 % of its side away, in any direction."""
    direction = rng.uniform(0, 2 * np.pi)
    offset = 0.1 * strength * np.array([np.cos(direction), np.sin(direction)])
    return _warp(image, np.eye(2), offset * image.shape[::-1])


def _rotation(image, strength, rng):
    """The head is turned in the image plane by up to 30 degrees."""
    angle = np.deg2rad(30) * strength * rng.choice((-1, 1))
    cosine, sine = np.cos(angle), np.sin(angle)
    return _warp(image, np.array([[cosine, -sine], [sine, cosine]]), (0, 0))


def _darkness(image, strength, rng):
    """Light falls to 10 %; what is left is stored in 8 bits."""
    return np.rint(image * (1 - 0.9 * strength) * 255) / 255


def _noise(image, strength, rng):
    """Each pixel is off by a normal error of standard deviation up to 0.1."""
    return image + 0.1 * strength * rng.standard_normal(image.shape)


def _blur(image, strength, rng):
    """A Gaussian blur with a standard deviation of up to 5 % of the side."""
    sigma = 0.05 * strength * min(image.shape)
    return cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)


def _resolution(image, strength, rng):
    """The side has down to a quarter of its pixels, enlarged again."""
    height, width = image.shape
    share = 4.0**-strength
    small = max(round(width * share), 1), max(round(height * share), 1)
    reduced = cv2.resize(image, small, interpolation=cv2.INTER_AREA)
    return cv2.resize(reduced, (width, height), interpolation=cv2.INTER_LINEAR)


def _compression(image, strength, rng):
    """JPEG with a quality of 95 down to 5."""
    quality = round(95 - 90 * strength)
    pixels = np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)
    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(data, cv2.IMREAD_GRAYSCALE) / np.float32(255)


def _occlusion(image, strength, rng):
    """A grey rectangle covers up to a quarter of the picture."""
    area, aspect = 0.25 * strength, np.exp(rng.uniform(-np.log(2), np.log(2)))
    sides = np.array(image.shape)
    extent = np.minimum(np.rint(np.sqrt([area * aspect, area / aspect]) * sides), sides)
    top, left = np.floor(rng.random(2) * (sides - extent + 1)).astype(int)
    height, width = extent.astype(int)
    image = image.copy()
    image[top : top + height, left : left + width] = image.mean()
    return image


def _warp(image, matrix, offset):
    """Map the picture about its centre; the border is repeated."""
    centre = (np.array(image.shape[::-1]) - 1) / 2
    column = centre - matrix @ centre + np.asarray(offset)
    return cv2.warpAffine(
        image,
        np.column_stack([matrix, column]),
        image.shape[::-1],
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )


DISTURBANCES = {
    "scale": _scale,
    "shift": _shift,
    "rotation": _rotation,
    "darkness": _darkness,
    "noise": _noise,
    "blur": _blur,
    "resolution": _resolution,
    "compression": _compression,
    "occlusion": _occlusion,
}
"""Functions ``(image, strength, rng)`` by name; ``disturb`` calls them."""


def disturb(image, kind, strength, rng):
    """Disturb a picture of a face.

    Parameters
    ----------
    image : ndarray of shape (h, w)
        Grey image; ``uint8`` in 0-255 or floating in 0-1, see
        :func:`~fer_classic.units.check_unit`.
    kind : str
        One of :data:`DISTURBANCES`: ``scale`` (box up to 1.25 times too small or too large),
        ``shift`` (box up to 10 % of its side off), ``rotation`` (up to 30 degrees), ``darkness``
        (light down to 10 %, in 8 bits), ``noise`` (standard deviation up to 0.1), ``blur``
        (standard deviation up to 5 % of the side), ``resolution`` (side down to a quarter of its
        pixels), ``compression`` (JPEG quality 95 to 5), ``occlusion`` (up to a quarter covered).
    strength : float
        From 0, which changes nothing, to 1.
    rng : numpy.random.Generator
        Chooses signs, directions and places.

    Returns
    -------
    image : ndarray of shape (h, w), float32
        In 0-1. At strength 0, the image itself as float32 in 0-1.

    Raises
    ------
    UnknownNameError
        If there is no such kind.
    ValueError
        If the strength lies outside 0-1, the image is not grey or empty, or its values are outside
        the range of its dtype.

    Examples
    --------
    >>> import numpy as np
    >>> from fer_classic.utils import disturb
    >>> image = np.full((48, 48), 0.5)
    >>> round(float(disturb(image, "darkness", 1.0, np.random.default_rng(0)).mean()), 2)
    0.05
    """
    if kind not in DISTURBANCES:
        raise UnknownNameError("disturbance", kind, tuple(DISTURBANCES))
    if not isinstance(strength, Real) or not 0 <= strength <= 1:
        raise ValueError(f"strength must be a number from 0 to 1, got {strength!r}.")
    image = np.asarray(image)
    check_gray(image, name="disturb")
    check_unit(image)
    image = to_unit(image)
    if strength == 0:
        return image
    return np.clip(DISTURBANCES[kind](image, strength, rng), 0, 1).astype(np.float32, copy=False)
