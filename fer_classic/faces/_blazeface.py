"""BlazeFace, MediaPipe's detector for faces near the camera, run by OpenCV and decoded here."""

from functools import cache
from importlib.util import find_spec
from numbers import Real
from os import PathLike
from pathlib import Path

import numpy as np
from scipy.special import expit

from fer_classic.exceptions import DetectorError
from fer_classic.faces._base import (
    MIN_SIZE,
    FaceDetector,
    in_frame,
    min_face_side,
    per_thread,
    require_file,
)
from fer_classic.faces._boxes import intersection_over_union
from fer_classic.utils._opencv import cv2
from fer_classic.utils._validation import Interval

__all__ = ["BlazeFaceDetector", "decode_boxes", "letterbox", "merge_overlapping"]

_SOURCE = (
    "blaze_face_short_range.tflite from https://storage.googleapis.com/mediapipe-models/"
    "face_detector/blaze_face_short_range/float16/latest/blaze_face_short_range.tflite"
)
_IN_MEDIAPIPE = "modules/face_detection/face_detection_short_range.tflite"
_SIDE = 128  # pixels of the network's input, and the unit of what it says about a box
_GRIDS = ((16, 2), (8, 6))  # cells a side, anchors a cell
_N_ANCHORS = sum(cells**2 * anchors for cells, anchors in _GRIDS)


@cache
def _anchors():
    """Centres ``x, y`` of the network's anchors, in 0-1, row by row of one grid after the other."""
    centers = []
    for cells, anchors in _GRIDS:
        y, x = np.indices((cells, cells)).reshape(2, -1)
        centers.append(np.repeat((np.stack([x, y], axis=1) + 0.5) / cells, anchors, axis=0))
    return np.concatenate(centers)


def decode_boxes(regressors, logits):
    """Turn what the network says about each anchor into boxes and scores.

    Parameters
    ----------
    regressors : ndarray of shape (896, 16)
        Centre, relative to the anchor's, and size of the box, ``x, y, w, h``, then six points of
        the face, all in pixels of the input.
    logits : ndarray of shape (896,)

    Returns
    -------
    boxes : ndarray of shape (896, 4), float64
        ``x, y, w, h`` in pixels of the input.
    scores : ndarray of shape (896,), float64
        0 to 1.
    """
    centers = regressors[:, :2] + _anchors() * _SIDE
    sizes = regressors[:, 2:4].astype(np.float64)
    return np.hstack([centers - sizes / 2, sizes]), expit(logits.astype(np.float64))


def merge_overlapping(boxes, scores, *, max_overlap=0.3):
    """Merge each best box with those that overlap it, weighted by their scores.

    Parameters
    ----------
    boxes : ndarray of shape (k, 4)
        ``x, y, w, h``.
    scores : ndarray of shape (k,)
        Above 0.
    max_overlap : float, default=0.3
        Boxes that overlap more than this are one face; shared over joint area.

    Returns
    -------
    boxes : ndarray of shape (m, 4)
        Best first.
    scores : ndarray of shape (m,)
        Of the best box of each face.
    """
    order = np.argsort(-scores, kind="stable")
    boxes, scores = boxes[order], scores[order]
    faces, best = [], []
    while len(boxes):
        same = intersection_over_union(boxes[:1], boxes)[0] > max_overlap
        same[0] = True
        faces.append(np.average(boxes[same], axis=0, weights=scores[same]))
        best.append(scores[0])
        boxes, scores = boxes[~same], scores[~same]
    return np.reshape(faces, (-1, 4)), np.array(best)


def letterbox(picture, side):
    """Fit a picture into the middle of a black square.

    Parameters
    ----------
    picture : ndarray of shape (h, w, 3), uint8
    side : int
        Pixels of the square.

    Returns
    -------
    square : ndarray of shape (side, side, 3), uint8
    offset : ndarray of shape (4,), float64
    scale : ndarray of shape (4,), float64
        A box ``x, y, w, h`` of the square is ``(box - offset) * scale`` in the picture.
    """
    height, width = picture.shape[:2]
    ratio = side / max(height, width)
    w, h = max(1, round(width * ratio)), max(1, round(height * ratio))
    left, top = (side - w) // 2, (side - h) // 2
    square = np.zeros((side, side, 3), dtype=np.uint8)
    interpolation = cv2.INTER_AREA if ratio < 1 else cv2.INTER_LINEAR
    square[top : top + h, left : left + w] = cv2.resize(
        picture, (w, h), interpolation=interpolation
    )
    return square, np.array([left, top, 0.0, 0.0]), np.tile([width / w, height / h], 2)


def _installed_model():
    # The package is looked up and not imported: it is large, and only its file is wanted.
    package = find_spec("mediapipe")
    for folder in (package and package.submodule_search_locations) or ():
        path = Path(folder, _IN_MEDIAPIPE)
        if path.is_file():
            return path
    return None


@per_thread
def _load_network(path):
    return cv2.dnn.readNetFromTFLite(path)


def _forward(path, square):
    """Regressors ``(896, 16)`` and logits ``(896,)`` of a BGR square."""
    blob = cv2.dnn.blobFromImage(square, 1 / 127.5, mean=(127.5,) * 3, swapRB=True)
    try:
        network = _load_network(path)
        network.setInput(blob)
        outputs = network.forward(network.getUnconnectedOutLayersNames())
        by_size = {output.size: output for output in outputs}
        return by_size[_N_ANCHORS * 16].reshape(-1, 16), by_size[_N_ANCHORS].reshape(-1)
    except (cv2.error, KeyError) as error:
        raise DetectorError(
            f"{path} is not a short-range BlazeFace model that OpenCV can run; get {_SOURCE}."
        ) from error


class BlazeFaceDetector(FaceDetector):
    """Faces by BlazeFace, the network of MediaPipe for faces within two metres of a camera.

    By far the fastest of the detectors. The whole image is seen at 128 x 128 pixels, so that faces
    that are small in the image are missed.

    Parameters
    ----------
    model : str or path-like, optional
        The model file, ``blaze_face_short_range.tflite``, which older releases of MediaPipe call
        ``face_detection_short_range.tflite``. By default that of the package ``mediapipe``, where
        it is installed and brings one.
    score_threshold : float, default=0.5
        Least score of a face; between 0 and 1.
    max_overlap : float, default=0.3
        Boxes that overlap more than this are one face; shared over joint area, 0 to 1.
    min_size : float or int, default=0.0
        Smaller faces are left out: a share of the shorter image side if below 1, else pixels.

    Notes
    -----
    Anchors, decoding and the weighted merging of boxes are MediaPipe's. Images are reduced by
    averaging, where MediaPipe interpolates. Boxes are brought to the frame of the Haar cascade: the
    network's own are smaller and lie lower.

    References
    ----------
    Bazarevsky et al.: BlazeFace: sub-millisecond neural face detection on mobile GPUs.
    arXiv:1907.05047, 2019.

    Examples
    --------
    >>> from fer_classic.faces import BlazeFaceDetector
    >>> detector = BlazeFaceDetector("blaze_face_short_range.tflite")
    """

    _parameter_constraints = {
        "model": [str, PathLike, None],
        "score_threshold": [Interval(Real, 0, 1, closed="neither")],
        "max_overlap": [Interval(Real, 0, 1, closed="both")],
        "min_size": [MIN_SIZE],
    }
    # Medians over 51 faces in photos that the Haar cascade found as well, mirror images included.
    # What is left of the difference: python -m benchmarks.photos --boxes.
    _frame = (1.16, -0.12)

    def __init__(self, model=None, *, score_threshold=0.5, max_overlap=0.3, min_size=0.0):
        self.model = model
        self.score_threshold = score_threshold
        self.max_overlap = max_overlap
        self.min_size = min_size

    def _find(self, picture):
        model = _installed_model() if self.model is None else self.model
        remedy = f"get {_SOURCE} and give its path as model= (--detector-model FILE)"
        path = require_file(model, detector="blazeface", remedy=remedy)
        square, offset, scale = letterbox(picture, _SIDE)
        boxes, scores = decode_boxes(*_forward(path, square))
        kept = scores >= self.score_threshold
        boxes, scores = merge_overlapping(boxes[kept], scores[kept], max_overlap=self.max_overlap)
        min_side = min_face_side(self.min_size, picture.shape)
        return in_frame((boxes - offset) * scale, scores, self._frame, min_side=min_side)
