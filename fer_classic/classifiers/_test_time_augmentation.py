"""Test-time augmentation."""

import numpy as np
from sklearn.base import ClassifierMixin, clone
from sklearn.utils import get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from fer_classic.base import ImageEstimator
from fer_classic.classifiers._views import VIEWS
from fer_classic.utils import class_scores
from fer_classic.utils._groups import fit_passing_groups
from fer_classic.utils._parts import is_fitted
from fer_classic.utils._validation import HasMethods, StrOptions

__all__ = ["TestTimeAugmentation"]


def _has_probabilities(augmented):
    return hasattr(augmented._deployed(), "predict_proba")


def _has_decisions_only(augmented):
    return not _has_probabilities(augmented) and hasattr(augmented._deployed(), "decision_function")


class TestTimeAugmentation(ClassifierMixin, ImageEstimator):
    """Average the predictions of a classifier over several views of each image.

    The wrapped model receives whole batches of images, one view at a time, so it can be any
    classifier or pipeline that takes images. It is fitted on the unmodified images.

    Parameters
    ----------
    model : estimator
        A classifier of images, or a pipeline that ends in one. ``fit`` fits a clone of it; a model
        that is already fitted can be used without ``fit``.
    views : {"flip", "full"}, default="flip"
        "flip": the image and its mirror image. "full": seven poses, each followed by its mirror
        image: upright, rotated by 15 degrees to the left and to the right, shifted by 1/24 of the
        side (2 pixels of 48) to the left, right, up and down.
    weights : array-like of shape (2,) or (14,), optional
        Non-negative weight of each view; views of weight 0 are skipped. By default upright
        images have weight 4, shifted ones 2 and rotated ones 1.
    image_shape : tuple of two int, optional
        ``(h, w)`` of the images in flat rows; None takes batches. The model receives flat rows as
        well.

    Attributes
    ----------
    model_ : estimator
        The fitted clone; only after ``fit``.
    classes_ : ndarray of shape (n_classes,)
        Class labels of the model.

    Notes
    -----
    Probabilities are averaged if the model has ``predict_proba``, otherwise the values of
    ``decision_function``, otherwise (or if those are one-vs-one) the votes of the views. Only one
    of ``predict_proba`` and ``decision_function`` is available, and ``predict`` is consistent with
    it.

    Images of several sizes are accepted as a list if the model accepts them. Views are then views
    of the whole photo, and a :class:`~fer_classic.faces.FaceCropper` inside the model detects the
    face in each of them. It is much faster to crop first, so that views are views of the crop::

        classifier = make_pipeline(HOGDescriptor(), LinearSVC())
        make_pipeline(FaceCropper(), TestTimeAugmentation(classifier))

    Examples
    --------
    >>> from fer_classic.classifiers import TestTimeAugmentation
    >>> from fer_classic.datasets import load_drawn_faces
    >>> from fer_classic.recipes import make_recipe
    >>> images, names = load_drawn_faces(n_subjects=4, n_per_class=2, return_X_y=True)
    >>> model = TestTimeAugmentation(make_recipe("svm_hog"), views="flip").fit(images, names)
    >>> model.predict_proba(images).shape
    (64, 8)
    """

    _any_size = True
    # The model does, if anything.
    _holds_out = False
    # Otherwise pytest would collect this class, whose name starts with Test, as a test.
    __test__ = False

    _parameter_constraints = {
        "model": [HasMethods(["fit", "predict"])],
        "views": [StrOptions(set(VIEWS))],
        "weights": ["array-like", None],
        "image_shape": [tuple, list, None],
    }

    def __init__(self, model, *, views="flip", weights=None, image_shape=None):
        self.model = model
        self.views = views
        self.weights = weights
        self.image_shape = image_shape

    def fit(self, X, y, groups=None, **fit_params):
        """Fit a clone of the model.

        Parameters
        ----------
        X : array-like of shape (n, h, w), or (n, p) with ``image_shape``, or list of n images
            Input of the model.
        y : array-like of shape (n,)
            Labels.
        groups : array-like of shape (n,), optional
            Passed to each step of the model that accepts groups.
        **fit_params
            Passed to ``fit`` of the model.

        Returns
        -------
        self : object
        """
        self._validate_params()
        self._weights()
        images = self._validate_images(X, reset=True)
        model = clone(self.model)
        self.model_ = fit_passing_groups(model, self._unfold(images), y, groups, **fit_params)
        return self

    @property
    def classes_(self):
        """Class labels of the model."""
        return self._deployed().classes_

    def predict(self, X):
        """Predict the class with the highest average score.

        Parameters
        ----------
        X : array-like of shape (n, h, w), or (n, p) with ``image_shape``, or list of n images
            Input of the model.

        Returns
        -------
        labels : ndarray of shape (n,)
        """
        best = self._average(X, _score_of_each_class).argmax(axis=1)
        return self.classes_[best]

    @available_if(_has_probabilities)
    def predict_proba(self, X):
        """Average class probabilities; available if the model has ``predict_proba``.

        Parameters
        ----------
        X : array-like of shape (n, h, w), or (n, p) with ``image_shape``, or list of n images
            Input of the model.

        Returns
        -------
        probabilities : ndarray of shape (n, n_classes), float64
        """
        return self._average(X, lambda model, view: model.predict_proba(view))

    @available_if(_has_decisions_only)
    def decision_function(self, X):
        """Average decision values; available if the model has them and no ``predict_proba``.

        Parameters
        ----------
        X : array-like of shape (n, h, w), or (n, p) with ``image_shape``, or list of n images
            Input of the model.

        Returns
        -------
        scores : ndarray, float64
            Same shape as returned by the model.
        """
        return self._average(X, lambda model, view: model.decision_function(view))

    def _deployed(self):
        return getattr(self, "model_", self.model)

    def _weights(self):
        """Return the weight of each view; they sum to 1."""
        views = VIEWS[self.views]
        weights = list(views.values()) if self.weights is None else self.weights
        weights = np.asarray(weights, dtype=np.float64)
        if weights.shape != (len(views),) or not (
            np.isfinite(weights).all() and weights.min() >= 0 and weights.any()
        ):
            raise ValueError(
                f"weights must be {len(views)} finite non-negative numbers, one for each view of "
                f"views={self.views!r}, and not all 0; got {self.weights!r}."
            )
        return weights / weights.sum()

    def _average(self, X, score):
        """Average ``score(model, images)`` over the views, with one view in memory at a time."""
        check_is_fitted(self)
        self._validate_params()
        weights = self._weights()
        images = self._validate_images(X, reset=False)
        total = 0.0
        for weight, view in zip(weights, VIEWS[self.views], strict=True):
            if weight:
                seen = [view(i) for i in images] if isinstance(images, list) else view(images)
                scores = np.asarray(score(self._deployed(), self._unfold(seen)))
                total = total + weight * scores.astype(np.float64)
        return total

    def __sklearn_is_fitted__(self):
        return is_fitted(self._deployed())

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags = get_tags(self.model).classifier_tags
        return tags


def _score_of_each_class(model, view):
    """Return probabilities, else decision values, else votes, with one column per class."""
    scores, _ = class_scores(model, view)
    if scores is None:
        return model.predict(view)[:, np.newaxis] == model.classes_
    return scores
