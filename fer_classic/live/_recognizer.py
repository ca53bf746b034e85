"""From a picture to the faces in it and what they express."""

import numpy as np

from fer_classic.base import to_uint8
from fer_classic.faces import FaceCropper, crop_face, make_detector
from fer_classic.live._results import Face
from fer_classic.utils import as_gray, class_scores

__all__ = ["Recognizer"]


class Recognizer:
    """Finds the faces in a picture and names their expressions.

    Faces are detected once in each picture, cut out as the model's card says, and given to the
    whole model in one batch, so that a picture is treated as the training images were.

    Parameters
    ----------
    model : estimator
        A fitted classifier of ``(n, h, w)`` ``uint8`` batches.
    card : dict, optional
        Its card; ``card["crop"]`` holds ``size`` and ``margin`` of the crops. Without it, the
        defaults of :class:`~fer_classic.faces.FaceCropper`.
    detector : str or detector, default="haar"
        Name of a face detector, or an object with its verb ``detect``.
    """

    def __init__(self, model, *, card=None, detector="haar"):
        self.model = model
        self.card = card or {}
        self.detector = make_detector(detector)
        crop = self.card.get("crop") or FaceCropper().get_params()
        self._geometry = {"size": crop["size"], "margin": crop["margin"]}

    def recognize(self, frame):
        """Find the faces in a picture and name their expressions.

        Parameters
        ----------
        frame : ndarray of shape (h, w), (h, w, 3) or (h, w, 4)
            Grey, BGR or BGRA; ``uint8`` in 0-255, ``uint16``, or floating in 0-1. A picture that
            has exactly the size of a crop is taken for one, as in training.

        Returns
        -------
        faces : list of Face
            Largest first; empty if no face was found.

        Raises
        ------
        ValueError
            If ``frame`` is not an image.
        """
        gray = to_uint8(as_gray(frame))
        boxes, detector_scores = self._find(gray)
        if not len(boxes):
            return []
        crops = np.stack([crop_face(gray, box, **self._geometry) for box in boxes])
        emotions, scores, kind = self._classify(crops)
        return [
            Face(tuple(map(int, box)), emotion, score, kind, detector_score)
            for box, emotion, score, detector_score in zip(
                boxes, emotions, scores, detector_scores, strict=True
            )
        ]

    def _find(self, gray):
        height, width = gray.shape
        size = self._geometry["size"]
        if [height, width] == ([size, size] if isinstance(size, int) else list(size)):
            return [(0, 0, width, height)], [None]
        boxes, scores = self.detector.detect(gray)
        return boxes, [float(score) for score in scores]

    def _classify(self, crops):
        """Name, scores by name and kind of score of each crop, from one pass through the model."""
        classes = [str(name) for name in self.model.classes_]
        scores, kind = class_scores(self.model, crops)
        # One-against-one machines may score pairs of classes; those columns name no class.
        if scores is None or scores.shape[1] != len(classes):
            emotions = [str(name) for name in self.model.predict(crops)]
            return emotions, [None] * len(emotions), None
        emotions = [classes[best] for best in scores.argmax(axis=1)]
        return emotions, [dict(zip(classes, row, strict=True)) for row in scores.tolist()], kind
