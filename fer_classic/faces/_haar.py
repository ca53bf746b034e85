"""The Haar cascade of OpenCV; everything that must be known about its versions stays here."""

from numbers import Integral, Real
from pathlib import Path

import numpy as np

from fer_classic.exceptions import DetectorError
from fer_classic.faces._base import (
    MIN_SIZE,
    SIDE,
    FaceDetector,
    min_face_side,
    per_thread,
    reduce_image,
)
from fer_classic.units import to_uint8
from fer_classic.utils import as_gray
from fer_classic.utils._opencv import check_name, cv2
from fer_classic.utils._validation import Interval

__all__ = ["HaarDetector"]


def _cascade_path(cascade):
    path = Path(cascade)
    if path.suffix == ".xml":
        return str(path)
    folder = getattr(getattr(cv2, "data", None), "haarcascades", "")
    return str(Path(folder) / f"haarcascade_{cascade}.xml")


@per_thread
def _load_cascade(path):
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
    check_name(path, DetectorError)
    try:
        classifier = cv2.CascadeClassifier(path)
        empty = classifier.empty()
    except (cv2.error, SystemError):
        # Some builds let an error of the constructor out as a SystemError.
        empty = True
    if empty:
        raise DetectorError(f"{path} is not a cascade that OpenCV can read.")
    return classifier


class HaarDetector(FaceDetector):
    """Frontal faces by a boosted cascade of Haar features.

    Parameters
    ----------
    cascade : str, default="frontalface_default"
        Name of a cascade that OpenCV brings (``haarcascade_<name>.xml``), or the path of an
        ``.xml`` file.
    scale_factor : float, default=1.1
        Step between the sizes that are searched; 1.01 to 100. Larger is faster and misses more.
    min_neighbors : int, default=5
        How many overlapping hits make a face.
    min_size : float or int, default=0.15
        Smallest face: a share of the shorter image side if below 1, else pixels.
    shorter_side : int, optional
        Images with a longer shorter side are reduced to this before they are searched; 24 or more,
        the cascade's window. By default every image is searched as it is, which is the most
        accurate. Around 270 the frames of a camera take clearly less time, at boxes that are a
        little less exact; much smaller values lose faces.

    Notes
    -----
    The time hardly depends on the size of the image, large photos included, as long as
    ``min_size`` is a share: the cascade itself starts with the image reduced until the smallest
    face fills its window. A score is the confidence of the last stage, comparable within one
    cascade only.

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
        # The number of sizes that are searched grows without bound as the factor approaches 1.
        "scale_factor": [Interval(Real, 1.01, 100, closed="both")],
        "min_neighbors": [Interval(Integral, 0, 1_000_000, closed="both")],
        "min_size": [MIN_SIZE],
        "shorter_side": [SIDE, None],
    }

    def __init__(
        self,
        cascade="frontalface_default",
        *,
        scale_factor=1.1,
        min_neighbors=5,
        min_size=0.15,
        shorter_side=None,
    ):
        self.cascade = cascade
        self.scale_factor = scale_factor
        self.min_neighbors = min_neighbors
        self.min_size = min_size
        self.shorter_side = shorter_side

    def _read(self, image):
        return np.ascontiguousarray(to_uint8(as_gray(image)))

    def _find(self, picture):
        classifier = _load_cascade(_cascade_path(self.cascade))
        side = self.shorter_side
        seen, scale = reduce_image(picture, 1 if side is None else side / min(picture.shape))
        # A share refers to what is searched, pixels to the image as it was given.
        min_side = min_face_side(self.min_size, seen.shape) / (1 if self.min_size < 1 else scale[0])
        boxes, _, weights = classifier.detectMultiScale3(
            seen,
            scaleFactor=float(self.scale_factor),
            minNeighbors=int(self.min_neighbors),
            minSize=(round(min_side), round(min_side)),
            outputRejectLevels=True,
        )
        return np.reshape(boxes, (-1, 4)) * scale, weights
