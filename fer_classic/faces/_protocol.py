"""The protocol that every face detector implements."""

from typing import Protocol, runtime_checkable

import numpy as np

__all__ = ["Detector"]


@runtime_checkable
class Detector(Protocol):
    """Finds the faces in an image; any object with this method can stand where one is asked for.

    The detectors of this library are :class:`~sklearn.base.BaseEstimator` as well, so that their
    parameters can be set and they can be cloned, pickled and stored in model files. A detector of
    another kind works in :class:`FaceCropper` and in :class:`~fer_classic.live.Recognizer`.

    Examples
    --------
    >>> import numpy as np
    >>> from fer_classic.faces import Detector, FaceCropper
    >>> class Middle:
    ...     def detect(self, image):
    ...         height, width = image.shape[:2]
    ...         box = [width // 4, height // 4, width // 2, height // 2]
    ...         return np.array([box]), np.ones(1, np.float32)
    >>> isinstance(Middle(), Detector)
    True
    >>> FaceCropper(Middle(), size=8).fit_transform(np.zeros((1, 40, 30), np.uint8)).shape
    (1, 8, 8)
    """

    def detect(self, image: np.ndarray, /) -> tuple[np.ndarray, np.ndarray]:
        """Find the faces in one image.

        Parameters
        ----------
        image : ndarray of shape (h, w), (h, w, 3) or (h, w, 4), uint8
            Grey, BGR or BGRA.

        Returns
        -------
        boxes : ndarray of shape (k, 4), int
            ``x, y, w, h`` in pixels, inside the image, the largest first; ``(0, 4)`` without faces.
        scores : ndarray of shape (k,), float32
            How sure the detector is of each face, in its own unit.
        """
        ...
