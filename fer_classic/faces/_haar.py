"""The Haar cascade of OpenCV; everything that must be known about its versions stays here."""

import threading
from functools import lru_cache
from numbers import Integral, Real
from pathlib import Path

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import Interval

from fer_classic.base import to_uint8
from fer_classic.exceptions import DetectorError
from fer_classic.faces._boxes import largest_first
from fer_classic.utils import as_gray
from fer_classic.utils._opencv import cv2

__all__ = ["HaarDetector"]


def _cascade_path(cascade):
    path = Path(cascade)
    if path.suffix == ".xml":
        return str(path)
    folder = getattr(getattr(cv2, "data", None), "haarcascades", "")
    return str(Path(folder) / f"haarcascade_{cascade}.xml")


@lru_cache(maxsize=16)
def _load_cascade(path, thread):
    # One native object a thread: it keeps buffers between calls and is not safe to share.
    if not hasattr(cv2, "CascadeClassifier"):
        raise DetectorError(
            f"OpenCV {cv2.__version__} has no CascadeClassifier; "
            "install a 4.x build: pip install 'opencv-python>=4.10,<5'"
        )
    if not Path(path).is_file():
        raise DetectorError(
            f"no cascade file at {path}; name one of OpenCV's (such as 'frontalface_default') or "
            "give the path of an .xml file."
        )
    try:
        classifier = cv2.CascadeClassifier(path)
        empty = classifier.empty()
    except (cv2.error, SystemError):
        # Some builds let an error of the constructor out as a SystemError.
        empty = True
    if empty:
        raise DetectorError(f"{path} is not a cascade that OpenCV can read.")
    return classifier


class HaarDetector(BaseEstimator):
    """Frontal faces by a boosted cascade of Haar features.

    Parameters
    ----------
    cascade : str, default="frontalface_default"
        Name of a cascade that OpenCV brings (``haarcascade_<name>.xml``), or the path of an
        ``.xml`` file.
    scale_factor : float, default=1.1
        Step between the sizes that are searched; above 1. Larger is faster and misses more.
    min_neighbors : int, default=5
        How many overlapping hits make a face.
    min_size : float or int, default=0.15
        Smallest face: a share of the shorter image side if below 1, else pixels.

    Notes
    -----
    The object holds parameters only, so it can be copied and pickled; the cascade is loaded once a
    thread and kept.

    References
    ----------
    Viola, Jones: Rapid object detection using a boosted cascade of simple features. CVPR 2001.

    Examples
    --------
    >>> import numpy as np
    >>> from fer_classic.faces import HaarDetector
    >>> boxes, scores = HaarDetector().detect(np.zeros((120, 160), dtype=np.uint8))
    >>> boxes.shape, scores.shape
    ((0, 4), (0,))
    """

    _parameter_constraints = {
        "cascade": [str],
        "scale_factor": [Interval(Real, 1, None, closed="neither")],
        "min_neighbors": [Interval(Integral, 0, None, closed="left")],
        "min_size": [Interval(Real, 0, None, closed="left")],
    }

    def __init__(
        self, cascade="frontalface_default", *, scale_factor=1.1, min_neighbors=5, min_size=0.15
    ):
        self.cascade = cascade
        self.scale_factor = scale_factor
        self.min_neighbors = min_neighbors
        self.min_size = min_size

    def detect(self, image):
        """Find the faces in one image.

        Parameters
        ----------
        image : ndarray of shape (h, w), (h, w, 3) or (h, w, 4)
            Grey, BGR or BGRA image; ``uint8`` in 0-255 or floating in 0-1.

        Returns
        -------
        boxes : ndarray of shape (k, 4), int64
            ``x, y, w, h`` in pixels, the largest first.
        scores : ndarray of shape (k,), float32
            Confidence of the last cascade stage; comparable within one cascade only.

        Raises
        ------
        DetectorError
            If the cascade cannot be loaded.
        """
        self._validate_params()
        classifier = _load_cascade(_cascade_path(self.cascade), threading.get_ident())
        gray = np.ascontiguousarray(to_uint8(as_gray(image)))
        shorter = min(gray.shape)
        least = round(self.min_size * shorter) if self.min_size < 1 else int(self.min_size)
        boxes, _, weights = classifier.detectMultiScale3(
            gray,
            scaleFactor=float(self.scale_factor),
            minNeighbors=int(self.min_neighbors),
            minSize=(least, least),
            outputRejectLevels=True,
        )
        return largest_first(boxes, weights)
