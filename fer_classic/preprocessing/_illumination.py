"""Illumination normalisation."""

from numbers import Integral, Real

import numpy as np

from fer_classic.base import ImageFilter
from fer_classic.units import check_gray, to_uint8
from fer_classic.utils._opencv import cv2
from fer_classic.utils._validation import Interval, StrOptions, validate_params

__all__ = ["Equalizer", "equalize"]

# The constants of Tan and Triggs: gamma, inner and outer blur, compression and bound.
_GAMMA, _INNER, _OUTER, _ALPHA, _TAU = 0.2, 1.0, 2.0, 0.1, 10.0
_EPS = np.finfo(np.float32).eps
_LEVELS = 256

_CONSTRAINTS = {
    "method": [StrOptions({"histogram", "clahe", "tan_triggs"})],
    "clip_limit": [Interval(Real, 0, None, closed="neither")],
    # Each tile has a table of its own, however few pixels it has.
    "tiles": [Interval(Integral, 1, 256, closed="both")],
}


def _tan_triggs(image):
    light = (image.astype(np.float32) / 255) ** _GAMMA
    inner, outer = (
        cv2.GaussianBlur(light, (0, 0), width).reshape(image.shape) for width in (_INNER, _OUTER)
    )
    contrast = inner - outer
    # Each blur pads by 8 standard deviations plus one pixel, since OpenCV truncates the kernel at
    # 4. Rounding differences are not contrast; flat regions come out as mid-grey.
    rounding = _EPS * ((8 * _INNER + 1) * inner + (8 * _OUTER + 1) * outer)
    contrast[np.abs(contrast) <= rounding] = 0
    contrast /= max(np.mean(np.abs(contrast) ** _ALPHA) ** (1 / _ALPHA), _EPS)
    contrast /= max(np.mean(np.minimum(np.abs(contrast), _TAU) ** _ALPHA) ** (1 / _ALPHA), _EPS)
    return np.rint((np.tanh(contrast / _TAU) + 1) * 127.5).astype(np.uint8)


@validate_params({"image": ["array-like"], **_CONSTRAINTS}, prefer_skip_nested_validation=True)
def equalize(image, *, method="clahe", clip_limit=2.0, tiles=4):
    """Normalise the illumination of one image.

    Parameters
    ----------
    image : array-like of shape (h, w)
        Grey image; ``uint8`` in 0-255 or floating in 0-1.
    method : {"histogram", "clahe", "tan_triggs"}, default="clahe"
        Global histogram equalisation; contrast-limited adaptive equalisation (Zuiderveld 1994);
        gamma, difference of Gaussians and contrast equalisation (Tan and Triggs 2010).
    clip_limit : float, default=2.0
        Maximum frequency of a grey level in a tile relative to a uniform histogram, as a whole
        number of pixels: a level of a tile of n pixels may occur ``max(int(clip_limit * n / 256),
        1)`` times. From 256 on nothing is limited. "clahe".
    tiles : int, default=4
        Rows and columns of tiles, at most 256; "clahe".

    Returns
    -------
    image : ndarray of shape (h, w), uint8

    Notes
    -----
    Since "clahe" counts whole pixels, small tiles have few distinct limits: those of a 48x48 image
    with ``tiles=4`` have 144 pixels, so that all values of ``clip_limit`` below 3.56 stand for one
    pixel. Sides that are no multiple of ``tiles`` are first extended by reflection.

    References
    ----------
    Tan, Triggs: Enhanced local texture feature sets for face recognition under difficult lighting
    conditions. IEEE TIP 19(6), 2010.
    """
    image = np.ascontiguousarray(to_uint8(image))
    check_gray(image, name="equalize")
    if method == "histogram":
        result = cv2.equalizeHist(image)
    elif method == "clahe":
        # All pixels of a tile may be of one level; a larger limit overflows and becomes the least.
        limit = min(clip_limit, _LEVELS)
        result = cv2.createCLAHE(clipLimit=limit, tileGridSize=(tiles, tiles)).apply(image)
    else:
        result = _tan_triggs(image)
    return result.reshape(image.shape)


class Equalizer(ImageFilter):
    """Normalise the illumination of images.

    This transformer is stateless: ``fit`` only validates parameters and input.

    Parameters
    ----------
    method : {"histogram", "clahe", "tan_triggs"}, default="clahe"
        See :func:`equalize`.
    clip_limit : float, default=2.0
        Maximum frequency of a grey level in a tile relative to a uniform histogram, in whole
        pixels; unlimited from 256 on; "clahe". See :func:`equalize`.
    tiles : int, default=4
        Rows and columns of tiles, at most 256; "clahe".
    image_shape : tuple of two int, optional
        ``(h, w)`` of the images in flat rows; None takes batches ``(n, h, w)``.

    Attributes
    ----------
    image_shape_ : tuple of two int
        Size of the images seen in ``fit``.
    n_features_in_ : int
        Number of pixels of one image.

    Examples
    --------
    >>> import numpy as np
    >>> from fer_classic.preprocessing import Equalizer
    >>> dark = np.random.default_rng(0).integers(0, 64, (1, 48, 48), dtype=np.uint8)
    >>> bool(Equalizer("histogram").fit_transform(dark).max() > 200)
    True
    """

    _parameter_constraints = {**_CONSTRAINTS, "image_shape": [tuple, list, None]}

    def __init__(self, method="clahe", *, clip_limit=2.0, tiles=4, image_shape=None):
        self.method = method
        self.clip_limit = clip_limit
        self.tiles = tiles
        self.image_shape = image_shape

    def _transform_images(self, images):
        return np.stack(
            [
                equalize(image, method=self.method, clip_limit=self.clip_limit, tiles=self.tiles)
                for image in images
            ]
        )
