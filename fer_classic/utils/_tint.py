"""Colours of a map over a picture."""

import numpy as np

from fer_classic.utils._palette import AGAINST_COLOR, FOR_COLOR

__all__ = ["tint"]

# Where a map is strongest, so much of the picture is covered.
_OPACITY = 0.75


def tint(picture, values):
    """Colour a picture by the values of a map.

    Parameters
    ----------
    picture : ndarray of shape (h, w, 3) or (h, w, 1)
        RGB or grey, 0-255.
    values : ndarray of shape (h, w), floating
        From -1 to 1; 0 is transparent.

    Returns
    -------
    tinted : ndarray of shape (h, w, 3), floating
        RGB, 0-255, in the precision of ``values``.
    """
    values = values[..., np.newaxis]
    colors = np.where(values > 0, np.float32(FOR_COLOR), np.float32(AGAINST_COLOR))
    opacity = np.abs(values) * np.float32(_OPACITY)
    return picture * (1 - opacity) + colors * opacity
