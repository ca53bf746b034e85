"""How pixels become the input of a network; without torch, since predictions need it too."""

import numpy as np

__all__ = ["MIN_CONTRAST", "standardize"]

# A blank image has no contrast to divide by; half a grey level is none.
MIN_CONTRAST = np.float32(0.5 / 255)


def standardize(images, mean=None, scale=None):
    """Give images mean 0 and standard deviation 1.

    Parameters
    ----------
    images : ndarray of shape (n, h, w), float32
        Grey values in 0-1.
    mean, scale : float, optional
        Of the training pixels. Without them each image has its own, so that neither brightness
        nor contrast of a picture changes the answer.

    Returns
    -------
    images : ndarray of shape (n, h, w), float32
    """
    if mean is None:
        mean = images.mean(axis=(1, 2), keepdims=True)
        scale = np.maximum(images.std(axis=(1, 2), keepdims=True), MIN_CONTRAST)
    return (images - np.float32(mean)) / np.float32(scale)
