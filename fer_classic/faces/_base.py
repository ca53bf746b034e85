"""What the detectors have in common: the verb, pictures in, boxes out, model files."""

import threading
from abc import ABCMeta, abstractmethod
from functools import lru_cache, wraps
from pathlib import Path

import numpy as np
from sklearn.base import BaseEstimator

from fer_classic.exceptions import DetectorError
from fer_classic.faces._boxes import largest_first
from fer_classic.utils import as_bgr
from fer_classic.utils._opencv import cv2

__all__ = [
    "FaceDetector",
    "clip_boxes",
    "in_frame",
    "least_side",
    "per_thread",
    "reduce_image",
    "require_file",
]


class FaceDetector(BaseEstimator, metaclass=ABCMeta):
    """Base class of the detectors; a subclass says in ``_find`` where the faces are.

    Native objects never become attributes: a detector is its parameters, so that it can be copied,
    pickled and used by several threads at once. Loaded networks are cached outside the class, see
    :func:`per_thread`.
    """

    def detect(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Find the faces in one image.

        Parameters
        ----------
        image : ndarray of shape (h, w), (h, w, 3) or (h, w, 4)
            Grey, BGR or BGRA; what :func:`~fer_classic.utils.as_bgr` accepts.

        Returns
        -------
        boxes : ndarray of shape (k, 4), int64
            ``x, y, w, h`` in pixels, the largest first. What reaches beyond the image is cut off.
        scores : ndarray of shape (k,), float32
            How sure the detector is, in its own unit.

        Raises
        ------
        ValueError
            If this is not an image, or a parameter is out of range.
        DetectorError
            If what the detector needs cannot be loaded.
        MissingDependencyError
            If the package that the detector needs is not installed.
        """
        self._validate_params()
        picture = self._read(image)
        boxes, scores = self._find(picture)
        return clip_boxes(boxes, scores, picture.shape[:2])

    def _read(self, image):
        return as_bgr(image)

    @abstractmethod
    def _find(self, picture):
        """Give boxes ``(k, 4)`` in pixels of the picture, which may be fractions, and scores."""


class _Loaded(threading.local):
    """What a function has loaded, in each thread another."""

    def __init__(self, load):
        # A few, for detectors with several settings; who tries many shall not fill the memory.
        self.get = lru_cache(maxsize=8)(load)


def per_thread(load):
    """Let a function load once in each thread what belongs to its arguments.

    Parameters
    ----------
    load : callable
        Loads a native object, which keeps buffers between calls and is not safe to share.

    Returns
    -------
    get : callable
        Takes the same positional arguments; what it loaded goes with its thread.
    """
    loaded = _Loaded(load)

    @wraps(load)
    def get(*arguments):
        return loaded.get(*arguments)

    return get


def reduce_image(picture, ratio):
    """Make a picture smaller, where it is larger than wanted.

    Parameters
    ----------
    picture : ndarray of shape (h, w) or (h, w, 3), uint8
    ratio : float
        Wanted sides over those that there are; from 1 on the picture stays as it is.

    Returns
    -------
    seen : ndarray of shape (h', w') or (h', w', 3), uint8
    scale : ndarray of shape (4,), float64
        What boxes ``x, y, w, h`` in the smaller picture are multiplied with.
    """
    height, width = picture.shape[:2]
    if ratio >= 1:
        return picture, np.ones(4)
    size = max(1, round(width * ratio)), max(1, round(height * ratio))
    seen = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return seen, np.tile([width / size[0], height / size[1]], 2)


def least_side(min_size, shape):
    """Give the smallest face in pixels.

    Parameters
    ----------
    min_size : float or int
        A share of the shorter side if below 1, else pixels.
    shape : tuple of int
        ``(h, w, ...)`` of the picture.

    Returns
    -------
    least : float
    """
    return min_size * min(shape[:2]) if min_size < 1 else float(min_size)


def in_frame(boxes, scores, frame, *, least=0.0):
    """Bring boxes of a detector to the squares that the Haar cascade draws around the same faces.

    Models are fitted on faces that are cut out like this, so that a crop must not depend on the
    detector.

    Parameters
    ----------
    boxes : array-like of shape (k, 4)
        ``x, y, w, h``.
    scores : array-like of shape (k,)
    frame : tuple of two float
        Side of the square, and by how much its centre lies below that of the box (above, if
        negative); both in units of the box, the root of its area.
    least : float, default=0.0
        Squares with a smaller side are left out.

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
    kept = sides[:, 0] >= least
    return np.hstack([centers - sides / 2, sides])[kept], np.asarray(scores)[kept]


def clip_boxes(boxes, scores, shape):
    """Round boxes to pixels, cut off what lies outside the image, and sort them.

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
        The largest first, each of one pixel or more.
    scores : ndarray of shape (m,), float32
    """
    boxes = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
    corner = shape[::-1]
    starts = np.clip(np.rint(boxes[:, :2]), 0, corner)
    sides = np.clip(np.rint(boxes[:, :2] + boxes[:, 2:]), 0, corner) - starts
    inside = (sides > 0).all(axis=1)
    scores = np.asarray(scores, dtype=np.float32).reshape(-1)
    return largest_first(np.hstack([starts, sides])[inside], scores[inside])


def require_file(path, *, detector, remedy):
    """Check that a model file is there.

    Parameters
    ----------
    path : str, path-like or None
    detector : str
        Name of the detector that needs it.
    remedy : str
        What to do without it, as the end of a sentence.

    Returns
    -------
    path : str

    Raises
    ------
    DetectorError
        If no path is given, or nothing is there.
    """
    if path is None or not Path(path).is_file():
        found = "none was given" if path is None else f"there is none at {path}"
        raise DetectorError(f"the {detector} detector needs a model file, and {found}; {remedy}.")
    return str(path)
