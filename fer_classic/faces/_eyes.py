"""Where the eyes of a face are: regressions on the gradients around the present guess.

Each stage draws the face so that the eyes, as they are believed to be, lie at fixed places of a
small patch, and asks a linear regression on its histograms of gradients how far off they are. A
linear classifier says in the end whether two eyes lie in the patch. The search begins with the
eyes of an average face in the box, upright, and, if that does not convince, turned to both sides.
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
from fer_classic.units import to_uint8
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
"""The eyes of an average face in the square around its box, of side 1."""

# The face is looked at as large as in the images of the training, with something around it.
_SIDE, _MARGIN = 48, 0.25

PATCH = 32
"""Side of what is described, in pixels."""
STAGES = ((0.42, 0.42), (0.46, 0.41), (0.50, 0.40), (0.54, 0.41), (0.54, 0.41))
"""Distance and height of the eyes in the patch of each stage, as shares of its side."""
CHECK = (0.46, 0.36)
"""The same of the patch in which they are confirmed."""
STARTS = (0.0, -30.0, 30.0)
"""Turns from which the search begins, in degrees."""

_LEAST_SCORE, _SURE = 0.5, 3.0
_MOST_ROLL = 45.0
_DISTANCES = (0.6, 1.7)  # of the eyes, in those of the average face


class EyeFinder:
    """Weights of the stages and of the check.

    Parameters
    ----------
    stages : ndarray of shape (n_stages, n_features + 1, 4), float32
        Weights and, last, offsets of ``x, y`` of both eyes, in sides of the patch.
    check : ndarray of shape (n_features + 1,), float32
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
    """Points of both eyes in a patch, in pixels, given their distance and height as shares."""
    distance, height = places
    return PATCH * (0.5 + height * 1j + np.array([-0.5, 0.5]) * distance)


def describe(image, eyes, places):
    """Draw the patch and describe it.

    Parameters
    ----------
    image : ndarray of shape (h, w), uint8
    eyes : ndarray of shape (2,), complex
        Where they are believed to be.
    places : tuple of two float
        Where they lie in the patch.

    Returns
    -------
    features : ndarray of shape (n_features,), float32
    similarity : Similarity
        Takes points of the image to the patch.
    """
    similarity = similarity_between(eyes, in_patch(places))
    patch = warp(image, similarity, (PATCH, PATCH))
    return _histograms(PATCH).compute(patch).ravel(), similarity


def refine(image, eyes, stages, places=STAGES):
    """Improve a guess, stage by stage.

    Parameters
    ----------
    image : ndarray of shape (h, w), uint8
    eyes : ndarray of shape (2,), complex
    stages : sequence of ndarray of shape (n_features + 1, 4)
    places : sequence of two float each, default=STAGES
        Where the eyes lie in the patch of each stage.

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
    """Where the eyes of an average face are, in pixels.

    Parameters
    ----------
    square : tuple of three float
        ``left, top, side`` of the square around its box.
    roll : float, default=0.0
        Degrees by which the face is turned about the middle of the square, clockwise.

    Returns
    -------
    eyes : ndarray of shape (2,), complex
    """
    left, top, side = square
    eyes = left + 1j * top + side * AVERAGE_EYES
    return turn_about(left + side / 2 + 1j * (top + side / 2), roll)(eyes)


def roll_of(eyes):
    """Turn of the line of the eyes against the horizontal, in degrees, clockwise."""
    return float(np.degrees(np.angle(eyes[1] - eyes[0])))


def _is_plausible(eyes, square):
    side = square[2]
    ratio = abs(eyes[1] - eyes[0]) / (side * abs(AVERAGE_EYES[1] - AVERAGE_EYES[0]))
    inside = all(
        square[k] <= part <= square[k] + side
        for eye in eyes
        for k, part in enumerate((eye.real, eye.imag))
    )
    return inside and _DISTANCES[0] < ratio < _DISTANCES[1] and abs(roll_of(eyes)) <= _MOST_ROLL


def search(picture, square, finder):
    """Look for the eyes from several starts, and give the best, and how sure that is.

    Parameters
    ----------
    picture : ndarray of shape (h, w), uint8
    square : tuple of three float
        ``left, top, side`` of the square around the face's box.
    finder : EyeFinder

    Returns
    -------
    eyes : ndarray of shape (2,), complex, or None
    score : float
        Above 0 where eyes are more likely than not; minus infinity without plausible eyes.
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
    """Cut out what is looked at, and give the similarity from the image to it."""
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
        The face, ``x, y, w, h`` in pixels, as the detectors frame it.

    Returns
    -------
    eyes : ndarray of shape (2, 2), float64, or None
        ``x, y`` in pixels of the eye at the left and the eye at the right of the image, in the unit
        of boxes: the centre of the first pixel is at 0.5. None if no eyes were found, or if what
        was found is no plausible pair: too near, too far apart, or turned by more than 45 degrees.

    Raises
    ------
    ValueError
        If the box is empty or lies wholly outside the image, or the image is not grey.

    Notes
    -----
    A cascade of five linear regressions on histograms of oriented gradients, in the manner of the
    supervised descent method, with a linear classifier as the judge. It was fitted on the faces of
    FER2013's Training, whose eyes were marked by OpenCV's eye cascades where these agreed. Faces
    are found turned by up to 40 degrees in the image plane.

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
    picture, similarity = _look_at(to_uint8(image), box)
    eyes, score = search(picture, (_MARGIN * _SIDE, _MARGIN * _SIDE, _SIDE), _stored())
    return as_points(similarity.inverse()(eyes)) if score >= _LEAST_SCORE else None
