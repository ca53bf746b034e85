"""YuNet, a small network that OpenCV knows how to run; its file is fetched once."""

from functools import cache
from hashlib import sha256
from numbers import Real
from os import PathLike

import numpy as np

from fer_classic.exceptions import DetectorError
from fer_classic.faces._base import (
    MIN_SIZE,
    SIDE,
    FaceDetector,
    in_frame,
    min_face_side,
    per_thread,
    reduce_image,
    require_file,
)
from fer_classic.faces._model_files import MODEL_FILES, model_path
from fer_classic.utils._opencv import cv2
from fer_classic.utils._validation import Interval

__all__ = ["YuNetDetector"]

_REMEDY = (
    "fetch it once with: fer-classic download yunet; or give the path of a copy "
    "as model= (--detector-model FILE)"
)
_TOP_K = 5000  # candidates that are compared with each other, as in OpenCV's own examples
_MIN_FACE_SIDE = 12  # pixels; of smaller faces the network finds few


@per_thread
def _load_network(path, score_threshold, max_overlap):
    return cv2.FaceDetectorYN.create(path, "", (320, 320), score_threshold, max_overlap, _TOP_K)


@cache
def _check_fetched(path):
    """Raise DetectorError if the fetched file is another one now."""
    if sha256(path.read_bytes()).hexdigest() != MODEL_FILES["yunet"].sha256:
        raise DetectorError(
            f"{path} is not the file that was fetched: its SHA-256 differs from the one in the "
            "code; fetch it again with: fer-classic download yunet."
        )


class YuNetDetector(FaceDetector):
    """Faces by YuNet, a small convolutional network.

    Parameters
    ----------
    model : str or path-like, optional
        The model file, ``face_detection_yunet_2026may.onnx`` of the OpenCV model zoo. By default
        what ``fer-classic download yunet`` has fetched, see :func:`download_model`.
    score_threshold : float, default=0.7
        Least score of a face; between 0 and 1.
    max_overlap : float, default=0.3
        Of two boxes that overlap more than this, the one with the lower score is dropped; shared
        over joint area, 0 to 1.
    longer_side : int or None, default=480
        Images with a longer side than this are reduced to it first; 24 or more. None searches every
        image as it is. The network was trained on faces of about 10 to 300 pixels; with the
        default, a face that fills the image is hardly larger.
    min_size : float or int, default=0.0
        Smaller faces are left out: a share of the shorter image side if below 1, else pixels.
        Images are reduced less where such faces would be lost otherwise.

    Notes
    -----
    Boxes are brought to the frame of the Haar cascade; the network's own are a third higher than
    wide.

    References
    ----------
    Wu, Peng, Yu: YuNet: a tiny millisecond-level face detector. Machine Intelligence Research 20,
    2023.

    Examples
    --------
    >>> from fer_classic.faces import YuNetDetector
    >>> detector = YuNetDetector(min_size=0.05)
    """

    _parameter_constraints = {
        "model": [str, PathLike, None],
        "score_threshold": [Interval(Real, 0, 1, closed="neither")],
        "max_overlap": [Interval(Real, 0, 1, closed="both")],
        "longer_side": [SIDE, None],
        "min_size": [MIN_SIZE],
    }
    # Medians over 62 faces in photos that the Haar cascade found as well, mirror images included.
    # What is left of the difference: python -m benchmarks.photos --boxes.
    _frame = (1.09, -0.01)

    def __init__(
        self, model=None, *, score_threshold=0.7, max_overlap=0.3, longer_side=480, min_size=0.0
    ):
        self.model = model
        self.score_threshold = score_threshold
        self.max_overlap = max_overlap
        self.longer_side = longer_side
        self.min_size = min_size

    def _find(self, picture):
        model = model_path("yunet") if self.model is None else self.model
        path = require_file(model, detector="yunet", remedy=_REMEDY)
        if self.model is None:
            _check_fetched(model)
        min_side = min_face_side(self.min_size, picture.shape)
        seen, scale = reduce_image(picture, self._ratio(picture.shape, min_side))
        thresholds = float(self.score_threshold), float(self.max_overlap)
        try:
            network = _load_network(path, *thresholds)
            network.setInputSize(seen.shape[1::-1])
            _, faces = network.detect(seen)
        except cv2.error as error:
            raise DetectorError(
                f"{path} is not a YuNet model that OpenCV can run; put "
                f"{MODEL_FILES['yunet'].name} in its place: fer-classic download yunet."
            ) from error
        # A row is the box, five points of the face, and the score; None stands for no rows.
        rows = np.empty((0, 15)) if faces is None else faces
        return in_frame(rows[:, :4] * scale, rows[:, -1], self._frame, min_side=min_side)

    def _ratio(self, shape, min_side):
        """How much smaller the image may be made."""
        if self.longer_side is None:
            return 1.0
        ratio = self.longer_side / max(shape[:2])
        return max(ratio, _MIN_FACE_SIDE / min_side) if min_side else ratio
