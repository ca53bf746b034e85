"""How well a face can be seen."""

import numpy as np

from fer_classic.live._results import Quality
from fer_classic.utils._opencv import cv2

__all__ = ["face_quality"]


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
    values = crop.astype(np.float32)
    values -= values.mean()
    power = float((values * values).mean())
    # Inside only: beyond the border there is nothing that could be sharp.
    edges = cv2.Laplacian(values, cv2.CV_32F)[1:-1, 1:-1]
    sharpness = float(edges.var()) / power if edges.size else 0.0
    symmetry = float((values * values[:, ::-1]).mean()) / power
    return Quality(int(min(box[2:])), sharpness, symmetry)
