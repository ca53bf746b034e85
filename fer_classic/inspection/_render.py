"""Maps drawn over faces."""

from numbers import Integral

import numpy as np

from fer_classic.inspection._finite import finite_map
from fer_classic.utils import as_bgr
from fer_classic.utils._opencv import cv2
from fer_classic.utils._palette import AGAINST_COLOR, FOR_COLOR
from fer_classic.utils._tint import tint

__all__ = ["AGAINST", "FOR", "colored", "render_explanation"]

# BGR, as the picture.
FOR, AGAINST = FOR_COLOR[::-1], AGAINST_COLOR[::-1]
# Of a map, in pixels of the photo; anything visible has more.
_MIN_AREA = 1e-6
# Smaller pictures are enlarged until the shorter side has so many pixels.
_MIN_SIDE = 256


def render_explanation(image, explanation, *, corners=None, least_side=_MIN_SIDE):
    """Draw the map of an explanation over a picture.

    Parts that raise the score of the class are orange, and parts that lower it are blue; larger
    values are less transparent.

    Parameters
    ----------
    image : ndarray of shape (h, w), (h, w, 3) or (h, w, 4)
        The face that was explained, or with ``corners`` the photo that shows it; grey, BGR or BGRA.
    explanation : Explanation
        Result of :func:`explain`.
    corners : array-like of shape (3, 2), optional
        ``x, y`` in the photo of the upper left, upper right and lower left corner of the map; by
        default the map covers the whole picture.
    least_side : int, default=256
        Smaller pictures are enlarged until their shorter side has so many pixels; 1 keeps the size.

    Returns
    -------
    picture : ndarray of shape (h, w, 3), uint8
        BGR.

    Raises
    ------
    ValueError
        If ``image`` is not an image, the map has values that are not finite, ``corners`` are not
        three points that span an area, or ``least_side`` is not a whole number of 1 or more.

    Examples
    --------
    >>> from fer_classic.datasets import load_drawn_faces
    >>> from fer_classic.inspection import explain, render_explanation
    >>> from fer_classic.persistence import load_bundled
    >>> face = load_drawn_faces().images[0]
    >>> explanation = explain(load_bundled("svm_fast").model, face)
    >>> render_explanation(face, explanation).shape
    (288, 288, 3)
    """
    if not isinstance(least_side, Integral) or least_side < 1:
        raise ValueError(f"least_side must be a whole number of 1 or more, got {least_side!r}.")
    values = finite_map(explanation.map, "the map of the explanation").astype(np.float32)
    picture = as_bgr(image)
    scale = max(1, -(-least_side // min(picture.shape[:2])))
    height, width = (scale * side for side in picture.shape[:2])
    if scale > 1:
        picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC)
    if corners is None:
        corners = [(0, 0), (width, 0), (0, height)]
    else:
        corners = scale * _checked_corners(corners)
    return colored(picture, _place(values, corners, (height, width)))


def _checked_corners(corners):
    try:
        corners = np.asarray(corners, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"corners must be three points (x, y): {error}.") from None
    if corners.shape != (3, 2):
        raise ValueError(f"corners must be three points (x, y), got shape {corners.shape}.")
    if not np.isfinite(corners).all():
        raise ValueError(f"corners must be finite numbers, got {corners.tolist()}.")
    across, down = corners[1:] - corners[0]
    if abs(across[0] * down[1] - across[1] * down[0]) < _MIN_AREA:
        raise ValueError(
            f"corners must span an area, got {corners.tolist()}, which lie on one line."
        )
    return corners


def _place(values, corners, shape):
    """Draw a map into a larger array, where its corners are; 0 around it."""
    rows, columns = values.shape
    source = np.float32([(0, 0), (columns, 0), (0, rows)])
    # OpenCV counts from the centre of the first pixel, corners from its edge.
    matrix = cv2.getAffineTransform(source - 0.5, np.float32(corners) - 0.5)
    size = shape[::-1]
    placed = cv2.warpAffine(
        values, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    inside = cv2.warpAffine(np.ones_like(values), matrix, size, flags=cv2.INTER_NEAREST)
    return placed * inside


def colored(picture, values):
    """Colour a BGR picture by values of the same size, relative to the largest one."""
    values = values / max(np.abs(values).max(), np.finfo(np.float32).tiny)
    return np.rint(tint(picture[..., ::-1], values)[..., ::-1]).astype(np.uint8)
