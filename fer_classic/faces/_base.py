"""Base class of the detectors, and functions that they share."""

import threading
from abc import ABCMeta, abstractmethod
from functools import lru_cache, wraps
from numbers import Integral, Real
from pathlib import Path

import numpy as np
from sklearn.base import BaseEstimator

from fer_classic.exceptions import DetectorError
from fer_classic.faces._boxes import half_up, largest_first
from fer_classic.utils import as_bgr
from fer_classic.utils._opencv import check_name, cv2
from fer_classic.utils._validation import Interval

__all__ = [
    "MIN_SIZE",
    "SIDE",
    "FaceDetector",
    "clip_boxes",
    "in_frame",
    "min_face_side",
    "per_thread",
    "reduce_image",
    "require_file",
]


# In pixels: no image is larger, and OpenCV takes no larger integers.
_MAX_SIDE = 1_000_000
MIN_SIZE = Interval(Real, 0, _MAX_SIDE, closed="both")
"""Constraint of the smallest face, see :func:`min_face_side`."""
SIDE = Interval(Integral, 24, _MAX_SIDE, closed="both")
"""Constraint of the side to which images are reduced."""


class FaceDetector(BaseEstimator, metaclass=ABCMeta):
    """Base class of the detectors; a subclass implements ``_find(picture)``.

    A detector stores only its parameters, so that it can be cloned, pickled and used by several
    threads at once. Loaded networks are cached outside the class, see :func:`per_thread`.
    """

    def detect(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Find the faces in one image.

        Parameters
        ----------
        image : ndarray of shape (h, w), (h, w, 3) or (h, w, 4)
            Grey, BGR or BGRA, as accepted by :func:`~fer_classic.utils.as_bgr`.

        Returns
        -------
        boxes : ndarray of shape (k, 4), int64
            ``x, y, w, h`` in pixels, the largest first, clipped to the image.
        scores : ndarray of shape (k,), float32
            Confidence, on a scale of the detector.

        Raises
        ------
        ValueError
            If the array is not an image, or a parameter is out of range.
        DetectorError
            If a model file of the detector cannot be loaded.
        MissingDependencyError
            If a package that the detector requires is not installed.
        """
        self._validate_params()
        picture = self._read(image)
        boxes, scores = self._find(picture)
        return clip_boxes(boxes, scores, picture.shape[:2])

    def _read(self, image):
        return as_bgr(image)

    @abstractmethod
    def _find(self, picture):
        """Return boxes ``(k, 4)`` in pixels, which may be fractional, and scores ``(k,)``."""


class _Loaded(threading.local):
    """Cache of a loading function, separate for each thread."""

    def __init__(self, load):
        # Bounded, so that trying many settings does not fill the memory.
        self.get = lru_cache(maxsize=8)(load)


def per_thread(load):
    """Cache the result of a function separately for each thread.

    Parameters
    ----------
    load : callable
        Loads a native object, which has buffers of its own and must not be used by two threads.

    Returns
    -------
    get : callable
        Takes the same positional arguments. The cache is deleted when the thread ends.
    """
    loaded = _Loaded(load)

    @wraps(load)
    def get(*arguments):
        return loaded.get(*arguments)

    return get


def reduce_image(picture, ratio):
    """Reduce the size of a picture.

    Parameters
    ----------
    picture : ndarray of shape (h, w) or (h, w, 3), uint8
    ratio : float
        New height and width, relative to the old ones; if 1 or more, the picture is not changed.

    Returns
    -------
    seen : ndarray of shape (h', w') or (h', w', 3), uint8
        Smaller picture.
    scale : ndarray of shape (4,), float64
        Factors that convert boxes ``x, y, w, h`` of the smaller picture to the original one.
    """
    height, width = picture.shape[:2]
    if ratio >= 1:
        return picture, np.ones(4)
    size = max(1, round(width * ratio)), max(1, round(height * ratio))
    seen = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return seen, np.tile([width / size[0], height / size[1]], 2)


def min_face_side(min_size, shape):
    """Return the side of the smallest face in pixels.

    Parameters
    ----------
    min_size : float or int
        Fraction of the shorter side if below 1, else pixels.
    shape : tuple of int
        ``(h, w, ...)`` of the picture.

    Returns
    -------
    min_side : float
    """
    return min_size * min(shape[:2]) if min_size < 1 else float(min_size)


def in_frame(boxes, scores, frame, *, min_side=0.0):
    """Convert boxes of a detector to the squares of the Haar cascade around the same faces.

    Models are fitted on crops of these squares, whichever detector finds the faces.

    Parameters
    ----------
    boxes : array-like of shape (k, 4)
        ``x, y, w, h``.
    scores : array-like of shape (k,)
    frame : tuple of two float
        Side of the square, and offset of its centre from that of the box (positive is down); both
        relative to the square root of the area of the box.
    min_side : float, default=0.0
        Minimum side; smaller squares are omitted.

    Returns
    -------
    boxes : ndarray of shape (m, 4), float64
    scores : ndarray of shape (m,)
    """
    boxes = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
    scale, drop = frame
    units = np.sqrt(boxes[:, 2:].clip(0).prod(axis=1, keepdims=True))
    centers = boxes[:, :2] + boxes[:, 2:] / 2 + units * (0.0, drop)
    sides = scale * np.tile(units, 2)
    kept = sides[:, 0] >= min_side
    return np.hstack([centers - sides / 2, sides])[kept], np.asarray(scores)[kept]


def clip_boxes(boxes, scores, shape):
    """Round boxes to pixels about their centres, clip them to the image, and sort them by size.

    Parameters
    ----------
    boxes : array-like of shape (k, 4)
        ``x, y, w, h``.
    scores : array-like of shape (k,)
    shape : tuple of two int
        ``(h, w)`` of the image.

    Returns
    -------
    boxes : ndarray of shape (m, 4), int64
        The largest first; boxes without a pixel in the image are omitted.
    scores : ndarray of shape (m,), float32
    """
    boxes = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
    corner = shape[::-1]
    # Sides are rounded alone, and halves upwards: boxes of one size keep one size wherever they
    # lie, and squares stay squares.
    sides = half_up(boxes[:, 2:])
    with np.errstate(invalid="ignore"):
        starts = half_up(boxes[:, :2] + (boxes[:, 2:] - sides) / 2)
    stops = np.clip(starts + sides, 0, corner)
    starts = np.clip(starts, 0, corner)
    sides = stops - starts
    inside = (sides > 0).all(axis=1)
    scores = np.asarray(scores, dtype=np.float32).reshape(-1)
    return largest_first(np.hstack([starts, sides])[inside], scores[inside])


def require_file(path, *, detector, remedy):
    """Check that a model file exists.

    Parameters
    ----------
    path : str, path-like or None
    detector : str
        Name of the detector, for the message.
    remedy : str
        End of the message: how to get the file.

    Returns
    -------
    path : str

    Raises
    ------
    DetectorError
        If no path is given, or the file does not exist.
    """
    if path is None or not Path(path).is_file():
        found = "none was given" if path is None else f"there is none at {path}"
        if path is not None and Path(path).is_dir():
            found = f"{path} is a folder"
        raise DetectorError(f"the {detector} detector needs a model file, and {found}; {remedy}.")
    check_name(path, DetectorError)
    return str(path)
