"""Detection of the eyes of a face by a cascade of linear regressions.

Each stage transforms the image so that the estimated eyes lie at fixed places of a small patch. A
linear regression on the histograms of oriented gradients of the patch then predicts the error of
the estimate. Finally, a linear classifier decides whether the patch shows two eyes. The search
starts from the eyes of an average face in the box: upright, and rotated to both sides if the
classifier is not confident.
"""

from functools import cache
from importlib import resources
from io import BytesIO

import numpy as np
from numpy.typing import ArrayLike

from fer_classic.exceptions import DetectorError
from fer_classic.faces._base import per_thread
from fer_classic.faces._crop import crop_face, pixel_window
from fer_classic.faces._similarity import (
    Similarity,
    as_points,
    similarity_between,
    turn_about,
    warp,
)
from fer_classic.units import check_gray, to_uint8
from fer_classic.utils._opencv import cv2
from fer_classic.utils._weights import is_intact

__all__ = [
    "AVERAGE_EYES",
    "CHECK",
    "PATCH",
    "STAGES",
    "STARTS",
    "EyeFinder",
    "average_eyes",
    "describe",
    "find_eyes",
    "in_patch",
    "refine",
    "roll_of",
    "search",
]

AVERAGE_EYES = np.array([0.315 + 0.39j, 0.685 + 0.39j])
"""Eyes of an average face, as fractions of the side of the square around its box."""

# The face has the size that it has in the training images, with a margin.
_SIDE, _MARGIN = 48, 0.25

PATCH = 32
"""Side of the patch, in pixels."""
STAGES = ((0.42, 0.42), (0.46, 0.41), (0.50, 0.40), (0.54, 0.41), (0.54, 0.41))
"""Distance and height of the eyes in the patch of each stage, as fractions of its side."""
CHECK = (0.46, 0.36)
"""Distance and height of the eyes in the patch of the final classifier."""
STARTS = (0.0, -30.0, 30.0)
"""Rotations of the initial estimates, in degrees."""

_MIN_SCORE, _SURE = 0.5, 3.0
_MAX_ROLL = 45.0
_DISTANCES = (0.6, 1.7)  # of the eyes, in those of the average face


class EyeFinder:
    """Weights of the regressions and of the classifier.

    Parameters
    ----------
    stages : ndarray of shape (n_stages, n_features + 1, 4), float32
        Weights and, in the last row, intercepts of ``x, y`` of both eyes, as fractions of the side
        of the patch.
    check : ndarray of shape (n_features + 1,), float32
        Weights of the classifier and its intercept.
    """

    def __init__(self, stages, check):
        self.stages = stages
        self.check = check


@cache
def _stored():
    data = resources.files("fer_classic.faces").joinpath("data", "eyes.npz").read_bytes()
    if not is_intact("faces/data/eyes.npz", data):
        raise DetectorError("eyes.npz of the eye finder is damaged; install the library again.")
    with np.load(BytesIO(data), allow_pickle=False) as arrays:
        return EyeFinder(*(arrays[name].astype(np.float32) for name in ("stages", "check")))


@per_thread
def _histograms(side):
    return cv2.HOGDescriptor((side, side), (8, 8), (4, 4), (4, 4), 9)


def in_patch(places):
    """Return both eyes in the patch in pixels, given their distance and height as fractions."""
    distance, height = places
    return PATCH * (0.5 + height * 1j + np.array([-0.5, 0.5]) * distance)


def describe(image, eyes, places):
    """Compute the features of the patch around the estimated eyes.

    Parameters
    ----------
    image : ndarray of shape (h, w), uint8
    eyes : ndarray of shape (2,), complex
        Estimated eyes.
    places : tuple of two float
        Distance and height of the eyes in the patch, as fractions of its side.

    Returns
    -------
    features : ndarray of shape (n_features,), float32
        Histograms of oriented gradients.
    similarity : Similarity
        Maps points of the image to points of the patch.
    """
    similarity = similarity_between(eyes, in_patch(places))
    patch = warp(image, similarity, (PATCH, PATCH))
    return _histograms(PATCH).compute(patch).ravel(), similarity


def refine(image, eyes, stages, places=STAGES):
    """Refine the estimated eyes by all stages.

    Parameters
    ----------
    image : ndarray of shape (h, w), uint8
    eyes : ndarray of shape (2,), complex
        Initial estimate.
    stages : sequence of ndarray of shape (n_features + 1, 4)
        Weights of each stage.
    places : sequence of tuples of two float, default=STAGES
        Distance and height of the eyes in the patch of each stage.

    Returns
    -------
    eyes : ndarray of shape (2,), complex
    """
    for weights, place in zip(stages, places, strict=True):
        features, similarity = describe(image, eyes, place)
        moves = features @ weights[:-1] + weights[-1]
        moved = in_patch(place) + PATCH * (moves[0::2] + 1j * moves[1::2])
        eyes = similarity.inverse()(moved)
    return eyes


def average_eyes(square, roll=0.0):
    """Return the eyes of an average face, in pixels.

    Parameters
    ----------
    square : tuple of three float
        ``left, top, side`` of the square around the box of the face.
    roll : float, default=0.0
        Rotation about the centre of the square, in degrees clockwise.

    Returns
    -------
    eyes : ndarray of shape (2,), complex
    """
    left, top, side = square
    eyes = left + 1j * top + side * AVERAGE_EYES
    return turn_about(left + side / 2 + 1j * (top + side / 2), roll)(eyes)


def roll_of(eyes):
    """Return the angle between the line of the eyes and the horizontal, in degrees clockwise."""
    return float(np.degrees(np.angle(eyes[1] - eyes[0])))


def _is_plausible(eyes, square):
    side = square[2]
    ratio = abs(eyes[1] - eyes[0]) / (side * abs(AVERAGE_EYES[1] - AVERAGE_EYES[0]))
    inside = all(
        square[k] <= part <= square[k] + side
        for eye in eyes
        for k, part in enumerate((eye.real, eye.imag))
    )
    return inside and _DISTANCES[0] < ratio < _DISTANCES[1] and abs(roll_of(eyes)) <= _MAX_ROLL


def search(picture, square, finder):
    """Search for the eyes from several initial estimates and return the best result.

    Parameters
    ----------
    picture : ndarray of shape (h, w), uint8
    square : tuple of three float
        ``left, top, side`` of the square around the box of the face.
    finder : EyeFinder

    Returns
    -------
    eyes : ndarray of shape (2,), complex, or None
        None if no estimate is plausible.
    score : float
        Decision value of the classifier: positive if eyes are likely; minus infinity for None.
    """
    best, best_score = None, -np.inf
    for roll in STARTS:
        eyes = refine(picture, average_eyes(square, roll), finder.stages)
        if not _is_plausible(eyes, square):
            continue
        features, _ = describe(picture, eyes, CHECK)
        score = float(features @ finder.check[:-1] + finder.check[-1])
        if score > best_score:
            best, best_score = eyes, score
        if best_score >= _SURE:
            break
    return best, best_score


def _look_at(image, box):
    """Return the picture that is searched, and the similarity that maps the image to it."""
    side = round(_SIDE * (1 + 2 * _MARGIN))
    picture = crop_face(image, box, size=side, margin=_MARGIN)
    x0, y0, x1, _ = pixel_window(box, margin=_MARGIN)
    ratio = side / (x1 - x0)
    return picture, Similarity(ratio, -ratio * (x0 + 1j * y0))


def find_eyes(image: np.ndarray, box: ArrayLike) -> np.ndarray | None:
    """Find the eyes of a face.

    Parameters
    ----------
    image : ndarray of shape (h, w)
        Grey image; ``uint8`` in 0-255 or floating in 0-1.
    box : array-like of shape (4,)
        Box ``x, y, w, h`` of the face in pixels, as returned by the detectors.

    Returns
    -------
    eyes : ndarray of shape (2, 2), float64, or None
        ``x, y`` in pixels of the left and the right eye in the image; the centre of the first pixel
        is at 0.5, as for boxes. None if no eyes were found, or if they are not plausible: too close
        together, too far apart, or rotated by more than 45 degrees.

    Raises
    ------
    ValueError
        If the box is empty or lies wholly outside the image, or the image is not grey or empty.

    Notes
    -----
    Five linear regressions on histograms of oriented gradients, similar to the supervised descent
    method, refine the eyes of an average face; a linear classifier accepts or rejects the result.
    Both were fitted on FER2013's Training part, with eyes located by OpenCV's eye cascades where
    these agreed. Eyes are found in faces rotated by up to 40 degrees in the image plane.

    References
    ----------
    Xiong, De la Torre: Supervised descent method and its applications to face alignment. CVPR 2013.

    Examples
    --------
    >>> from fer_classic.datasets import draw_portrait
    >>> from fer_classic.faces import find_eyes
    >>> portrait, box = draw_portrait({})
    >>> left, right = find_eyes(portrait, box)
    >>> bool(left[0] < right[0])
    True
    """
    image = to_uint8(image)
    check_gray(image, name="find_eyes")
    picture, similarity = _look_at(image, box)
    eyes, score = search(picture, (_MARGIN * _SIDE, _MARGIN * _SIDE, _SIDE), _stored())
    return as_points(similarity.inverse()(eyes)) if score >= _MIN_SCORE else None
