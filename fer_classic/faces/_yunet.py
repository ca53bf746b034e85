"""YuNet, a small network that OpenCV knows how to run; the model file comes from the user."""

from numbers import Integral, Real
from os import PathLike

import numpy as np

from fer_classic.exceptions import DetectorError
from fer_classic.faces._base import FaceDetector, per_thread, reduce_image, require_file
from fer_classic.utils._opencv import cv2
from fer_classic.utils._validation import Interval

__all__ = ["YuNetDetector"]

_SOURCE = (
    "face_detection_yunet_2023mar.onnx from "
    "https://github.com/opencv/opencv_zoo/tree/main/models/face_detection_yunet"
)
_TOP_K = 5000  # candidates that are compared with each other, as in OpenCV's own examples


@per_thread
def _load_network(path, score_threshold, max_overlap):
    return cv2.FaceDetectorYN.create(path, "", (320, 320), score_threshold, max_overlap, _TOP_K)


class YuNetDetector(FaceDetector):
    """Faces by YuNet, a small convolutional network.

    Parameters
    ----------
    model : str or path-like, optional
        The model file, ``face_detection_yunet_2023mar.onnx`` of the OpenCV model zoo. Without it
        nothing can be detected.
    score_threshold : float, default=0.9
        Least score of a face; between 0 and 1.
    max_overlap : float, default=0.3
        Of two boxes that overlap more than this, the one with the lower score is dropped; shared
        over joint area, 0 to 1.
    shorter_side : int or None, default=288
        Images with a longer shorter side are reduced to this first; 24 or more. None searches every
        image as it is. The network was trained on faces of about 10 to 300 pixels; with the
        default, a face that fills the image is among them.

    References
    ----------
    Wu, Peng, Yu: YuNet: a tiny millisecond-level face detector. Machine Intelligence Research 20,
    2023.

    Examples
    --------
    >>> from fer_classic.faces import YuNetDetector
    >>> detector = YuNetDetector("face_detection_yunet_2023mar.onnx")
    """

    _parameter_constraints = {
        "model": [str, PathLike, None],
        "score_threshold": [Interval(Real, 0, 1, closed="neither")],
        "max_overlap": [Interval(Real, 0, 1, closed="both")],
        "shorter_side": [Interval(Integral, 24, None, closed="left"), None],
    }

    def __init__(self, model=None, *, score_threshold=0.9, max_overlap=0.3, shorter_side=288):
        self.model = model
        self.score_threshold = score_threshold
        self.max_overlap = max_overlap
        self.shorter_side = shorter_side

    def _find(self, picture):
        path = require_file(self.model, detector="yunet", source=_SOURCE)
        seen, scale = reduce_image(picture, self.shorter_side)
        thresholds = float(self.score_threshold), float(self.max_overlap)
        try:
            network = _load_network(path, *thresholds)
            network.setInputSize(seen.shape[1::-1])
            _, faces = network.detect(seen)
        except cv2.error as error:
            raise DetectorError(
                f"{path} is not a YuNet model that OpenCV can run; get {_SOURCE}."
            ) from error
        # A row is the box, five points of the face, and the score; None stands for no rows.
        rows = np.empty((0, 15)) if faces is None else faces
        return rows[:, :4] * scale, rows[:, -1]
