"""Marking the eyes of face crops, first by OpenCV's cascades and then by a fitted eye finder."""

import numpy as np

from fer_classic.faces._eyes import search
from fer_classic.faces._haar import _cascade_path, _load_cascade
from fer_classic.utils._opencv import cv2

__all__ = ["SIDE", "mark_again", "mark_eyes"]

SIDE = 48  # of the face crops, as the cascade frames them
_ENLARGED = 144  # the cascades look for eyes of 20 pixels and more
_CASCADES = (
    ("eye", "eye"),
    ("eye_tree_eyeglasses", "eye_tree_eyeglasses"),
    ("righteye_2splits", "lefteye_2splits"),
)
_AGREE = 0.03  # sides of the crop
_LEAST_SCORE, _LEAST_VIEWS = 1.0, 4  # of six, for a mark by the first cascade of regressions


def mark_eyes(images):
    """Mark the eyes of face crops where two of OpenCV's eye cascades agree.

    Parameters
    ----------
    images : ndarray of shape (n, 48, 48), uint8

    Returns
    -------
    eyes : ndarray of shape (n, 2), complex
        In sides of the crop; NaN where fewer than two cascades agree.
    """
    marks = np.stack([_marks_of(image) for image in images])
    # What a cascade takes for the middle of an eye differs; that of the second is the pupil.
    for kind in (0, 2):
        marks[:, kind] -= np.nanmedian((marks[:, kind] - marks[:, 1]).real, axis=0) + 1j * (
            np.nanmedian((marks[:, kind] - marks[:, 1]).imag, axis=0)
        )
    eyes = np.full((len(images), 2), np.nan, dtype=complex)
    for one, other in ((1, 2), (0, 2), (0, 1)):
        agree = np.abs(marks[:, one] - marks[:, other]).max(axis=1) < _AGREE
        eyes[agree] = (marks[agree, one] + marks[agree, other]) / 2
    return eyes


def _marks_of(image):
    size = (_ENLARGED, _ENLARGED)
    large = cv2.equalizeHist(cv2.resize(image, size, interpolation=cv2.INTER_CUBIC))
    marks = np.full((len(_CASCADES), 2), np.nan, dtype=complex)
    for kind, pair in enumerate(_CASCADES):
        for side, (name, left) in enumerate(zip(pair, (0, 64), strict=True)):
            hits, _, weights = _load_cascade(_cascade_path(name)).detectMultiScale3(
                large[14:90, left : left + 80],
                1.08,
                3,
                minSize=(22, 22),
                maxSize=(60, 60),
                outputRejectLevels=True,
            )
            if len(hits):
                x, y, w, h = hits[np.argmax(weights)]
                marks[kind, side] = (left + x + w / 2 + 1j * (14 + y + h / 2)) / _ENLARGED
    return marks


def mark_again(images, finder):
    """Mark the eyes of all faces by the mean over several boxes and both mirror images.

    Parameters
    ----------
    images : ndarray of shape (n, 48, 48), uint8
    finder : EyeFinder

    Returns
    -------
    eyes : ndarray of shape (n, 2), complex
        In sides of the crop; NaN where the finder does not agree with itself.
    """
    marks = np.full((len(images), 2), np.nan, dtype=complex)
    for number, image in enumerate(images):
        found = []
        for picture, mirrored in ((image, False), (np.ascontiguousarray(image[:, ::-1]), True)):
            for grown in (-0.06, 0.0, 0.06):
                square = (-grown * SIDE, -grown * SIDE, (1 + 2 * grown) * SIDE)
                eyes, score = search(picture, square, finder)
                if score > _LEAST_SCORE:
                    found.append(SIDE - eyes[::-1].conj() if mirrored else eyes)
        if len(found) >= _LEAST_VIEWS:
            mean = np.mean(found, axis=0)
            if np.abs(found - mean).max() < 2 * _AGREE * SIDE:
                marks[number] = mean / SIDE
    return marks
