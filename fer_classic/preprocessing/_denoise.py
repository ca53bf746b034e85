"""Noise filters."""

from numbers import Integral, Real

import numpy as np

from fer_classic.base import ImageFilter
from fer_classic.units import check_gray, to_uint8
from fer_classic.utils._opencv import cv2
from fer_classic.utils._validation import Interval, StrOptions, validate_params

__all__ = ["Denoiser", "denoise"]

_WITH_WINDOW = ("median", "nlmeans")
_CONSTRAINTS = {
    "method": [StrOptions({"median", "gaussian", "bilateral", "nlmeans"})],
    "size": [Interval(Integral, 1, 31, closed="both")],
    # The time of the bilateral filter grows with the square of it, and wider blurs leave no face.
    "sigma": [Interval(Real, 0, 100, closed="right")],
    "strength": [Interval(Real, 0, 1e6, closed="right")],
}


@validate_params({"image": ["array-like"], **_CONSTRAINTS}, prefer_skip_nested_validation=True)
def denoise(image, *, method="median", size=3, sigma=1.0, strength=10.0):
    """Denoise one image.

    Parameters
    ----------
    image : array-like of shape (h, w)
        Grey image; ``uint8`` in 0-255 or floating in 0-1.
    method : {"median", "gaussian", "bilateral", "nlmeans"}, default="median"
        Median of a window; Gaussian blur; bilateral filter (Tomasi and Manduchi 1998), which keeps
        edges; non-local means (Buades, Coll, Morel 2005), which averages similar patches.
    size : int, default=3
        Side of the window in pixels, odd; "median", and the patches of "nlmeans".
    sigma : float, default=1.0
        Standard deviation of the blur in pixels, at most 100; "gaussian" and "bilateral".
    strength : float, default=10.0
        Grey-level difference (0-255) treated as noise; "bilateral" and "nlmeans".

    Returns
    -------
    image : ndarray of shape (h, w), uint8

    Raises
    ------
    ValueError
        If the image is not grey, its values are out of range, or a ``size`` that is used is even.
    """
    image = np.ascontiguousarray(to_uint8(image))
    check_gray(image, name="denoise")
    _check_window(method, size)
    if method == "median":
        result = cv2.medianBlur(image, size)
    elif method == "gaussian":
        result = cv2.GaussianBlur(image, (0, 0), sigma)
    elif method == "bilateral":
        result = cv2.bilateralFilter(image, -1, strength, sigma)
    else:
        result = cv2.fastNlMeansDenoising(
            image, None, h=strength, templateWindowSize=size, searchWindowSize=21
        )
    return result.reshape(image.shape)


def _check_window(method, size):
    if method in _WITH_WINDOW and size % 2 == 0:
        raise ValueError(f"size must be odd, got {size}; use {size - 1} or {size + 1}.")


class Denoiser(ImageFilter):
    """Denoise images.

    This transformer is stateless: ``fit`` only validates parameters and input.

    Parameters
    ----------
    method : {"median", "gaussian", "bilateral", "nlmeans"}, default="median"
        See :func:`denoise`.
    size : int, default=3
        Side of the window in pixels, odd; "median" and "nlmeans".
    sigma : float, default=1.0
        Standard deviation of the blur in pixels, at most 100; "gaussian" and "bilateral".
    strength : float, default=10.0
        Grey-level difference (0-255) treated as noise; "bilateral" and "nlmeans".
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
    >>> from fer_classic.preprocessing import Denoiser
    >>> image = np.zeros((1, 5, 5), dtype=np.uint8)
    >>> image[0, 2, 2] = 255
    >>> int(Denoiser().fit_transform(image).max())
    0
    """

    _parameter_constraints = {**_CONSTRAINTS, "image_shape": [tuple, list, None]}

    def __init__(self, method="median", *, size=3, sigma=1.0, strength=10.0, image_shape=None):
        self.method = method
        self.size = size
        self.sigma = sigma
        self.strength = strength
        self.image_shape = image_shape

    def _check_size(self, height, width):
        _check_window(self.method, self.size)

    def _transform_images(self, images):
        return np.stack(
            [
                denoise(
                    image,
                    method=self.method,
                    size=self.size,
                    sigma=self.sigma,
                    strength=self.strength,
                )
                for image in images
            ]
        )
