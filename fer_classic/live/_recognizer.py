"""From a picture to the faces in it and what they express."""

import warnings
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from sklearn.pipeline import Pipeline

from fer_classic.classifiers import TestTimeAugmentation
from fer_classic.classifiers._views import VIEWS
from fer_classic.exceptions import FerClassicWarning
from fer_classic.faces import FaceCropper, cut_face, face_corners, make_detector
from fer_classic.faces._geometry import crop_geometry, takes_rows
from fer_classic.live._frame_detector import make_frame_detector
from fer_classic.live._quality import face_quality, quality_problem
from fer_classic.live._results import UNCERTAIN, Face, Faces
from fer_classic.live._timing import StageTimer
from fer_classic.units import to_uint8
from fer_classic.utils import as_gray, class_scores
from fer_classic.utils._scores import predicting

__all__ = ["Recognizer", "Region", "read_frame", "whole"]

# What a card says of the crops, and cut_face takes.
_GEOMETRY = ("size", "margin", "eye_distance", "eye_height")


@dataclass(frozen=True, eq=False)
class Region:
    """A place in a picture where a face is.

    Parameters
    ----------
    box : sequence of four numbers
        ``x, y, w, h`` in pixels of the picture.
    score : float, optional
        How sure the detector was; None where no detector was asked.
    track_id : int, optional
        Number of the person; None without tracking.
    """

    box: tuple
    score: float | None = None
    track_id: int | None = None


class Recognizer:
    """Finds the faces in a picture and names their expressions.

    Faces are detected once in each picture, cut out as the model's card says, and given to the
    whole model in one batch, so that a picture is treated as the training images were.

    Parameters
    ----------
    model : estimator
        A fitted classifier of ``(n, h, w)`` ``uint8`` batches, or of rows of pixels.
    card : dict, optional
        Its card; ``card["crop"]`` holds ``size`` and ``margin`` of the crops and, of aligned faces,
        ``eye_distance`` and ``eye_height``. Without it, what the model tells, see
        :func:`~fer_classic.faces.crop_geometry`, or else the defaults of
        :class:`~fer_classic.faces.FaceCropper`.
    detector : str or detector, default="pyramid"
        Name of a face detector, or an object with its verb ``detect``.
    frame_detector : str or detector, optional
        What the frames of a stream are searched with. By default ``detector``; some of those by
        name then search frames at a smaller size than photos, see :func:`make_frame_detector`.
    views : {"flip", "full"}, optional
        Average the predictions for several views of each face, see
        :class:`~fer_classic.classifiers.TestTimeAugmentation`. By default about the face alone.
    upright : bool, default=True
        Turn faces upright that lean by 8 degrees or more, where their eyes are found, see
        :func:`~fer_classic.faces.turn_upright`. Models of aligned faces always get aligned ones.
    min_probability : float, optional
        Faces whose highest probability is below this are :data:`UNCERTAIN`; 0 to 1. Above 0, faces
        that are too small, too blurred or too far turned are so too, whatever the probability, and
        :attr:`Face.reason` says why. 0 names every face. By default the value of the card, see
        :func:`~fer_classic.evaluation.choose_threshold`, or 0 where it has none.

    Attributes
    ----------
    detector, frame_detector : object
        What photos, and the frames of a stream, are searched with.
    min_probability : float
        The threshold, the card's where none was given.
    classes : tuple of str
        The expressions that the model knows.

    Raises
    ------
    ValueError
        If the model is not a fitted classifier, or takes no images of the size of the crops; or if
        ``min_probability`` is out of range, or above 0 for a model without probabilities.

    Notes
    -----
    The expression is the class with the highest score. An ``SVC`` of scikit-learn predicts by the
    votes of pairs of classes, and may so name another class than its own scores; with
    ``break_ties=True`` the two agree.
    """

    def __init__(
        self,
        model,
        *,
        card=None,
        detector="pyramid",
        frame_detector=None,
        views=None,
        upright=True,
        min_probability=None,
    ):
        if not hasattr(model, "classes_"):
            raise ValueError(
                f"this {type(model).__name__} is not a fitted classifier: it has no classes_; call "
                "fit(images, names) first."
            )
        self.card = card or {}
        if min_probability is None:
            min_probability = (self.card.get("min_probability") or {}).get("value", 0.0)
        if views not in (None, *VIEWS):
            raise ValueError(f"views must be one of {', '.join(VIEWS)} or None, got {views!r}.")
        if not 0 <= min_probability <= 1:
            raise ValueError(f"min_probability must lie between 0 and 1, got {min_probability!r}.")
        if min_probability and not hasattr(model, "predict_proba"):
            raise ValueError(
                f"min_probability={min_probability:g} needs a model with probabilities, and "
                f"this {type(model).__name__} has none; leave it out, or train the model with "
                "probabilities."
            )
        crop = self.card.get("crop") or crop_geometry(model) or FaceCropper().get_params()
        self._geometry = {name: crop[name] for name in _GEOMETRY if name in crop}
        self._takes_rows = takes_rows(model, self._shape)
        shape = self._shape if self._takes_rows else None
        self.model = (
            model if views is None else TestTimeAugmentation(model, views=views, image_shape=shape)
        )
        self.detector = make_detector(detector)
        self.frame_detector = make_frame_detector(
            detector if frame_detector is None else frame_detector
        )
        self.views = views
        self.upright = upright
        self.min_probability = min_probability
        self.classes = tuple(str(name) for name in model.classes_)
        self._to_warn = (self.card.get("dataset") or {}).get("name") == "drawn"
        self._features, self._classifier = _split(self.model)

    @cached_property
    def score_kind(self):
        """Which scores the model has: "probability", "decision" or None."""
        gray = np.full((1, *self._shape), 128, dtype=np.uint8)
        return self._score(gray, StageTimer())[2]

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
        faces : Faces
            List of :class:`Face`, largest first; empty if no face was found. Its ``milliseconds``
            holds the time of the stages ``detect``, ``features`` and ``predict``, of those that
            took place.

        Raises
        ------
        ValueError
            If ``frame`` is not an image, or its numbers are not in the unit of their dtype.

        Warns
        -----
        FerClassicWarning
            Once, if the model was fitted on drawn faces and the picture is none of their crops.
        """
        timer = StageTimer()
        gray, picture = read_frame(frame)
        regions = [whole(gray)] if self.is_crop(gray) else self.detect(picture, timer)
        faces = self.classify(gray, regions, timer)
        return Faces(self.decide(faces), timer.milliseconds)

    def is_crop(self, gray):
        """Say whether a picture has exactly the size of a crop, and is taken for one."""
        return gray.shape == self._shape

    def detect(self, picture, timer):
        """Find the faces in a picture.

        Parameters
        ----------
        picture : ndarray of shape (h, w) or (h, w, c)
            The picture, as :func:`read_frame` gives it for a detector.
        timer : StageTimer
            Takes the time of the stage ``detect``.

        Returns
        -------
        regions : list of Region
            Largest first.
        """
        with timer.stage("detect"):
            boxes, scores = self.detector.detect(picture)
        return [Region(box, score) for box, score in zip(boxes, scores, strict=True)]

    def classify(self, gray, regions, timer):
        """Name the expressions of the faces in some regions, in one pass through the model.

        Parameters
        ----------
        gray : ndarray of shape (h, w), uint8
            The picture.
        regions : list of Region
            Where the faces are.
        timer : StageTimer
            Takes the time of the stages ``features`` and ``predict``.

        Returns
        -------
        faces : list of Face
            In the same order; each has the expression with the highest score, however low.
        """
        if not regions:
            return []
        if self._to_warn and not self.is_crop(gray):
            self._warn_of_photos()
        boxes, crops = self.cut(gray, regions)
        names, scores, kind = self._score(crops, timer)
        return [
            Face(
                boxes[k],
                names[k],
                scores[k],
                kind,
                None if region.score is None else float(region.score),
                region.track_id,
                face_quality(crops[k], boxes[k]),
            )
            for k, region in enumerate(regions)
        ]

    def cut(self, gray, regions):
        """Cut out the faces in some regions, as they are classified; a crop stays as it is.

        Parameters
        ----------
        gray : ndarray of shape (h, w), uint8
            The picture.
        regions : list of Region
            Where the faces are, one or more.

        Returns
        -------
        boxes : list of tuple of four int
        crops : ndarray of shape (n, height, width), uint8
        """
        boxes = [tuple(round(float(value)) for value in region.box) for region in regions]
        if self.is_crop(gray):
            return boxes, np.stack([gray] * len(boxes))
        crops = [cut_face(gray, box, **self._geometry, upright=self.upright) for box in boxes]
        return boxes, np.stack(crops)

    def corners(self, gray, region):
        """Say where in a picture the corners of the face lie that :meth:`cut` cuts out.

        Parameters
        ----------
        gray : ndarray of shape (h, w), uint8
            The picture.
        region : Region
            Where the face is.

        Returns
        -------
        corners : ndarray of shape (3, 2), float64
            ``x, y`` of the upper left, upper right and lower left corner.
        """
        box = tuple(round(float(value)) for value in region.box)
        if self.is_crop(gray):
            x, y, w, h = box
            return np.array([(x, y), (x + w, y), (x, y + h)], dtype=np.float64)
        return face_corners(gray, box, **self._geometry, upright=self.upright)

    def as_input(self, crops):
        """Give crops the form in which the model takes them: a batch of images, or rows."""
        return crops.reshape(len(crops), -1) if self._takes_rows else crops

    def decide(self, faces):
        """Replace the expression of faces that are not probable or not visible enough.

        Parameters
        ----------
        faces : list of Face
            As :meth:`classify` gives them, perhaps smoothed.

        Returns
        -------
        faces : list of Face
            The same, or :data:`UNCERTAIN`, with the reason.
        """
        if not self.min_probability:
            return faces
        return [self._decide(face) for face in faces]

    def _decide(self, face):
        reason = quality_problem(face.quality)
        if not reason and max(face.scores.values()) >= self.min_probability:
            return face
        return replace(face, expression=UNCERTAIN, reason=reason)

    def _warn_of_photos(self):
        """Say, once, that the model has seen no photo."""
        self._to_warn = False
        warnings.warn(
            "this model was fitted on drawn faces (data set drawn) and is near chance on photos; "
            "use a model that comes along (cnn, svm_fast, fusion_fast), or fit one on photos.",
            FerClassicWarning,
            stacklevel=4,
        )

    def _score(self, crops, timer):
        """Name, scores by name and kind of score of each crop, from one pass through the model."""
        rows = self.as_input(crops)
        with predicting(self.model, crops):
            with timer.stage("features"):
                features = rows if self._features is None else self._features.transform(rows)
            with timer.stage("predict"):
                return self._predict(features)

    def _predict(self, features):
        scores, kind = class_scores(self._classifier, features)
        if scores is None:
            names = [str(name) for name in self._classifier.predict(features)]
            return names, [None] * len(names), None
        names = [self.classes[best] for best in scores.argmax(axis=1)]
        scores = [dict(zip(self.classes, row, strict=True)) for row in scores.tolist()]
        return names, scores, kind


def read_frame(frame):
    """Return a frame in grey, and the image for the detector: in colour if it is 8-bit."""
    gray = to_uint8(as_gray(frame))
    return gray, frame if np.asarray(frame).dtype == np.uint8 else gray


def whole(gray):
    """Take a picture that is a crop for the region of its face."""
    return Region((0, 0, *gray.shape[::-1]))


def _split(model):
    """Split a pipeline into features and classifier, so that each can be timed."""
    # A subclass may do more in predict than one step after the other.
    if type(model) is Pipeline and len(model.steps) > 1:
        return model[:-1], model[-1]
    return None, model
