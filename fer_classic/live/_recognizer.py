"""From a picture to the faces in it and what they express."""

import warnings
from functools import cached_property
from time import perf_counter

import numpy as np
from sklearn.pipeline import Pipeline

from fer_classic.base import to_uint8
from fer_classic.classifiers import Augmented
from fer_classic.exceptions import FerClassicWarning
from fer_classic.faces import FaceCropper, crop_face, crop_geometry, make_detector, takes_rows
from fer_classic.live._frame_detector import make_frame_detector
from fer_classic.live._quality import face_quality
from fer_classic.live._results import UNCERTAIN, Face
from fer_classic.utils import as_gray, class_scores, predicting

__all__ = ["Recognizer", "read_frame"]


class Recognizer:
    """Finds the faces in a picture and names their expressions.

    Faces are detected once in each picture, cut out as the model's card says, and given to the
    whole model in one batch, so that a picture is treated as the training images were.

    Parameters
    ----------
    model : estimator
        A fitted classifier of ``(n, h, w)`` ``uint8`` batches, or of rows of pixels.
    card : dict, optional
        Its card; ``card["crop"]`` holds ``size`` and ``margin`` of the crops. Without it, what the
        model tells, see :func:`~fer_classic.faces.crop_geometry`, or else the defaults of
        :class:`~fer_classic.faces.FaceCropper`.
    detector : str or detector, default="haar"
        Name of a face detector, or an object with its verb ``detect``. By its name, "haar" searches
        the frames of a stream at a smaller size than photos, see :func:`make_frame_detector`.
    views : {"flip", "full"}, optional
        Ask the model about several views of each face and average what it says, see
        :class:`~fer_classic.classifiers.Augmented`. By default about the face alone.
    least_probability : float, default=0.0
        Faces whose highest probability is below this are :data:`UNCERTAIN`; 0 to 1.

    Attributes
    ----------
    detector, frame_detector : object
        What photos, and the frames of a stream, are searched with.
    classes : tuple of str
        The expressions that the model knows.
    milliseconds : dict of str to float
        Time that each stage took in the last picture.

    Raises
    ------
    ValueError
        If the model is not a fitted classifier, or takes no images of the size of the crops; or if
        ``least_probability`` is out of range, or above 0 for a model without probabilities.
    """

    def __init__(self, model, *, card=None, detector="haar", views=None, least_probability=0.0):
        if not hasattr(model, "classes_"):
            raise ValueError(
                f"this {type(model).__name__} is not a fitted classifier: it has no classes_; call "
                "fit(images, names) first."
            )
        if not 0 <= least_probability <= 1:
            raise ValueError(
                f"least_probability must lie between 0 and 1, got {least_probability!r}."
            )
        if least_probability and not hasattr(model, "predict_proba"):
            raise ValueError(
                f"least_probability={least_probability:g} needs a model with probabilities, and "
                f"this {type(model).__name__} has none; leave it out, or train the model with "
                "probabilities."
            )
        self.card = card or {}
        crop = self.card.get("crop") or crop_geometry(model) or FaceCropper().get_params()
        self._geometry = {"size": crop["size"], "margin": crop["margin"]}
        self._takes_rows = takes_rows(model, self._shape)
        shape = self._shape if self._takes_rows else None
        self.model = model if views is None else Augmented(model, views=views, image_shape=shape)
        self.detector = make_detector(detector)
        self.frame_detector = make_frame_detector(detector)
        self.views = views
        self.least_probability = least_probability
        self.classes = tuple(str(name) for name in model.classes_)
        self.milliseconds = {}
        self._to_warn = (self.card.get("dataset") or {}).get("name") == "drawn"
        self._features, self._classifier = _split(self.model)

    @cached_property
    def score_kind(self):
        """Which scores the model has: "probability", "decision" or None."""
        return self._classify(np.full((1, *self._shape), 128, dtype=np.uint8))[2]

    @property
    def _shape(self):
        """``(h, w)`` of a crop."""
        size = self._geometry["size"]
        return (size, size) if isinstance(size, int) else tuple(size)

    def recognize(self, frame: np.ndarray) -> list[Face]:
        """Find the faces in a picture and name their expressions.

        Parameters
        ----------
        frame : ndarray of shape (h, w), (h, w, 3) or (h, w, 4)
            Grey, BGR or BGRA; ``uint8`` or another integer in 0-255, ``uint16`` in 0-65535, or
            floating in 0-1 (:func:`~fer_classic.units.check_unit`). A picture that has exactly the
            size of a crop is taken for one, as in training.

        Returns
        -------
        faces : list of Face
            Largest first; empty if no face was found.

        Raises
        ------
        ValueError
            If ``frame`` is not an image, or its numbers are not in the unit of their dtype.

        Warns
        -----
        FerClassicWarning
            Once, if the model was fitted on drawn faces and the picture is none of their crops.
        """
        start = perf_counter()
        gray, picture = read_frame(frame)
        if self.is_crop(gray):
            boxes, scores = [(0, 0, *gray.shape[::-1])], [None]
        else:
            boxes, scores = self.detector.detect(picture)
        self.milliseconds = {"detect": 1000 * (perf_counter() - start)}
        found = [(box, score, None) for box, score in zip(boxes, scores, strict=True)]
        return self.describe(gray, found)

    def is_crop(self, gray):
        """Say whether a picture has exactly the size of a crop, and is taken for one."""
        return gray.shape == self._shape

    def describe(self, gray, found, *, smooth=None):
        """Name the expressions of faces that have been found.

        Parameters
        ----------
        gray : ndarray of shape (h, w), uint8
            The picture.
        found : list of (box, detector_score, track_id)
            The faces.
        smooth : callable, optional
            ``smooth(track_id, name, scores)`` gives name and scores as they shall be told.

        Returns
        -------
        faces : list of Face
            In the same order.
        """
        if not found:
            return []
        if self._to_warn and not self.is_crop(gray):
            self._warn_of_photos()
        boxes = [tuple(round(float(value)) for value in box) for box, _, _ in found]
        crops = np.stack([crop_face(gray, box, **self._geometry) for box in boxes])
        names, scores, kind = self._classify(crops)
        faces = []
        for k, (_, detector_score, track_id) in enumerate(found):
            name, told, smoothing = names[k], scores[k], "none"
            if smooth is not None:
                name, told, smoothing = smooth(track_id, name, told)
            if kind == "probability" and max(told.values()) < self.least_probability:
                name = UNCERTAIN
            certainty = None if detector_score is None else float(detector_score)
            quality = face_quality(crops[k], boxes[k])
            faces.append(Face(boxes[k], name, told, kind, certainty, track_id, quality, smoothing))
        return faces

    def _warn_of_photos(self):
        """Say, once, that the model has seen no photo."""
        self._to_warn = False
        warnings.warn(
            "this model was fitted on drawn faces (data set drawn) and is near chance on photos; "
            "use a model that comes along (svm_fast, cnn), or fit one on photos.",
            FerClassicWarning,
            stacklevel=4,
        )

    def _classify(self, crops):
        """Name, scores by name and kind of score of each crop, from one pass through the model."""
        with predicting(self.model, crops):
            return self._classify_rows(crops.reshape(len(crops), -1) if self._takes_rows else crops)

    def _classify_rows(self, crops):
        start = perf_counter()
        features = crops if self._features is None else self._features.transform(crops)
        middle = perf_counter()
        scores, kind = class_scores(self._classifier, features)
        # One-against-one machines may score pairs of classes; those columns name no class.
        if scores is None or scores.shape[1] != len(self.classes):
            names = [str(name) for name in self._classifier.predict(features)]
            scores, kind = [None] * len(names), None
        else:
            names = [self.classes[best] for best in scores.argmax(axis=1)]
            scores = [dict(zip(self.classes, row, strict=True)) for row in scores.tolist()]
        self.milliseconds["features"] = 1000 * (middle - start)
        self.milliseconds["predict"] = 1000 * (perf_counter() - middle)
        return names, scores, kind


def read_frame(frame):
    """Make a frame grey, and give beside it what a detector gets: in colour, if it is 8-bit."""
    gray = to_uint8(as_gray(frame))
    return gray, frame if np.asarray(frame).dtype == np.uint8 else gray


def _split(model):
    """Split a pipeline into features and classifier, so that each can be timed."""
    # A subclass may do more in predict than one step after the other.
    if type(model) is Pipeline and len(model.steps) > 1:
        return model[:-1], model[-1]
    return None, model
