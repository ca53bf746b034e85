"""How well a face can be seen."""

import numpy as np

from fer_classic.live._results import Quality
from fer_classic.utils._opencv import cv2

__all__ = ["face_quality", "quality_problem"]

# Shorter side of the crops that sharpness is measured at.
_SIDE = 48
# By the bundled models on FER2013's PublicTest, blurred and reduced: less than half of the
# expressions are right below this size and sharpness.
_MIN_SIZE = 22
_MIN_SHARPNESS = 0.08
# FER2013 holds hardly any profile, and its accuracy falls slowly with symmetry, to half around this
# value: only extremes are refused.
_MIN_SYMMETRY = -0.6


def face_quality(crop, box):
    """Measure how well a face can be seen.

    Parameters
    ----------
    crop : ndarray of shape (h, w), uint8
        The face as the model gets it.
    box : sequence of four int
        ``x, y, w, h`` in the picture.

    Returns
    -------
    quality : Quality
        Sharpness and symmetry are 0 for a crop without contrast.
    """
    # Asked of the pixels, as a large crop differs from its mean by rounding even without contrast.
    if crop.min() == crop.max():
        return Quality(int(min(box[2:])), 0.0, 0.0)
    values = _reduce(crop.astype(np.float32))
    values -= values.mean()
    power = float((values * values).mean())
    # Inside only: beyond the border there is nothing that could be sharp.
    edges = cv2.Laplacian(values, cv2.CV_32F)[1:-1, 1:-1]
    sharpness = float(edges.var()) / power if edges.size else 0.0
    symmetry = float((values * values[:, ::-1]).mean()) / power
    return Quality(int(min(box[2:])), sharpness, symmetry)


def quality_problem(quality):
    """Say why a face cannot be seen well enough for an expression.

    Parameters
    ----------
    quality : Quality or None

    Returns
    -------
    reason : {"", "small", "blurred", "turned"}
        The first of them that holds; empty if the face can be seen, or nothing is known of it.
    """
    if quality is None:
        return ""
    if quality.size < _MIN_SIZE:
        return "small"
    if quality.sharpness < _MIN_SHARPNESS:
        return "blurred"
    return "turned" if quality.symmetry < _MIN_SYMMETRY else ""


def _reduce(values):
    scale = _SIDE / min(values.shape)
    if scale >= 1:
        return values
    height, width = (round(scale * side) for side in values.shape)
    return cv2.resize(values, (width, height), interpolation=cv2.INTER_AREA)
