"""Test-time augmentation: several views of each image, and one answer."""

import numpy as np
from sklearn.base import ClassifierMixin, clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from fer_classic.base import ImageEstimator
from fer_classic.classifiers._views import VIEWS
from fer_classic.utils import class_scores
from fer_classic.utils._groups import group_parameters
from fer_classic.utils._validation import HasMethods, StrOptions

__all__ = ["TestTimeAugmentation"]


def _has_probabilities(augmented):
    return hasattr(augmented._deployed(), "predict_proba")


def _has_decisions_only(augmented):
    return not _has_probabilities(augmented) and hasattr(augmented._deployed(), "decision_function")


class TestTimeAugmentation(ClassifierMixin, ImageEstimator):
    """Ask a classifier about several views of each image, and average what it says.

    The wrapped model sees whole batches of images, one view at a time, so it can be any classifier
    or pipeline that takes images. It is fitted on the images as they are.

    Parameters
    ----------
    model : estimator
        A classifier of images, or a pipeline that ends in one. ``fit`` fits a copy of it; a model
        that is fitted already can be used without ``fit``.
    views : {"flip", "full"}, default="flip"
        "flip": the image and its mirror image. "full": seven poses, each with its mirror image
        right after it: upright, turned by 15 degrees to the left, to the right, shifted by 1/24
        of the side (2 pixels of 48) to the left, right, up and down.
    weights : array-like of shape (2,) or (14,), optional
        Weight of each view, 0 or more; a view of weight 0 is left out. By default an upright
        image weighs 4, a shifted one 2 and a turned one 1.
    image_shape : tuple of two int, optional
        ``(h, w)`` of the images in flat rows; None takes batches. The model is given flat rows as
        well.

    Attributes
    ----------
    model_ : estimator
        The fitted copy; only after ``fit``.
    classes_ : ndarray of shape (n_classes,)
        Class labels of the model.

    Notes
    -----
    Where the model has ``predict_proba``, probabilities are averaged, else the values of
    ``decision_function``, else (or if those stand for pairs of classes) the votes of the views.
    There is one kind of score only, ``predict_proba`` or ``decision_function``, and ``predict``
    follows it.

    Images of several sizes are taken as a list if the model takes them. Views are then views of the
    whole photo, and a :class:`~fer_classic.faces.FaceCropper` inside looks for the face in each of
    them. Put it before, and the views are views of the crop, at a fraction of the time::

        make_pipeline(FaceCropper(), TestTimeAugmentation(make_pipeline(HOGDescriptor(), LinearSVC())))

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
        """Fit a copy of the model.

        Parameters
        ----------
        X : array-like of shape (n, h, w), or (n, p) with ``image_shape``, or list of n images
            What the model takes.
        y : array-like of shape (n,)
            Labels.
        groups : array-like of shape (n,), optional
            Handed to each part of the model that takes groups.
        **fit_params
            Handed to ``fit`` of the model.

        Returns
        -------
        self : object
        """
        self._validate_params()
        self._weights()
        images = self._validate_images(X, reset=True)
        if groups is not None:
            fit_params |= dict.fromkeys(group_parameters(self.model), groups)
        self.model_ = clone(self.model).fit(self._input(images), y, **fit_params)
        return self

    @property
    def classes_(self):
        """Class labels of the model."""
        return self._deployed().classes_

    def predict(self, X):
        """Name the class with the highest average score.

        Parameters
        ----------
        X : array-like of shape (n, h, w), or (n, p) with ``image_shape``, or list of n images
            What the model takes.

        Returns
        -------
        labels : ndarray of shape (n,)
        """
        best = self._average(X, _score_of_each_class).argmax(axis=1)
        return self.classes_[best]

    @available_if(_has_probabilities)
    def predict_proba(self, X):
        """Average probability of every class; only if the model has ``predict_proba``.

        Parameters
        ----------
        X : array-like of shape (n, h, w), or (n, p) with ``image_shape``, or list of n images
            What the model takes.

        Returns
        -------
        probabilities : ndarray of shape (n, n_classes), float64
        """
        return self._average(X, lambda model, view: model.predict_proba(view))

    @available_if(_has_decisions_only)
    def decision_function(self, X):
        """Average decision value; only if the model has this and no ``predict_proba``.

        Parameters
        ----------
        X : array-like of shape (n, h, w), or (n, p) with ``image_shape``, or list of n images
            What the model takes.

        Returns
        -------
        scores : ndarray, float64
            In the shape that the model gives.
        """
        return self._average(X, lambda model, view: model.decision_function(view))

    def _deployed(self):
        return getattr(self, "model_", self.model)

    def _weights(self):
        """Weight of each view; they add up to 1."""
        views = VIEWS[self.views]
        weights = list(views.values()) if self.weights is None else self.weights
        weights = np.asarray(weights, dtype=np.float64)
        if weights.shape != (len(views),) or not (
            np.isfinite(weights).all() and weights.min() >= 0 and weights.any()
        ):
            raise ValueError(
                f"weights must give each of the {len(views)} views of views={self.views!r} a "
                f"finite weight of 0 or more, and one of them more than 0; got {self.weights!r}."
            )
        return weights / weights.sum()

    def _average(self, X, score):
        """Average ``score(model, images)`` over the views, one view in memory at a time."""
        check_is_fitted(self)
        self._validate_params()
        weights = self._weights()
        images = self._validate_images(X, reset=False)
        total = 0.0
        for weight, view in zip(weights, VIEWS[self.views], strict=True):
            if weight:
                seen = [view(i) for i in images] if isinstance(images, list) else view(images)
                scores = np.asarray(score(self._deployed(), self._input(seen)))
                total = total + weight * scores.astype(np.float64)
        return total

    def _input(self, images):
        """Give images the form in which the model takes them."""
        return images if self.image_shape is None else images.reshape(len(images), -1)

    def __sklearn_is_fitted__(self):
        try:
            check_is_fitted(self._deployed())
        except NotFittedError:
            return False
        return True

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags = get_tags(self.model).classifier_tags
        return tags


def _score_of_each_class(model, view):
    """Probabilities, else decision values, else votes: one column for each class."""
    scores, _ = class_scores(model, view)
    # One-against-one machines may score pairs of classes; those columns name no class.
    if scores is None or scores.shape[1] != len(model.classes_):
        return model.predict(view)[:, np.newaxis] == model.classes_
    return scores
