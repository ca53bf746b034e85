"""Adaptation of a fitted classifier to the faces of one person, by a few pictures."""

import warnings
from numbers import Real
from typing import Any

import numpy as np
from scipy.special import log_softmax, logsumexp
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.frozen import FrozenEstimator
from sklearn.utils import check_consistent_length, get_tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from fer_classic.classifiers._embedding import log_scores_and_embedding
from fer_classic.classifiers._ridge import fit_ridge
from fer_classic.exceptions import NoFaceError, NoFaceWarning
from fer_classic.utils._groups import check_groups, fit_passing_groups
from fer_classic.utils._validation import HasMethods, Interval, StrOptions

__all__ = ["SHARPNESS", "AdaptedClassifier", "adapt"]

_WEIGHTS = np.linspace(0, 1, 11)
# Where no picture can be left out, since each class has but one.
_DEFAULT_WEIGHT = 0.7
# Ridge scores lie within about 0 and 1; this makes log-probabilities of them.
SHARPNESS = 8.0


class AdaptedClassifier(ClassifierMixin, BaseEstimator):
    """A classifier, and a linear classifier of its embedding that is fitted on a few images.

    Parameters
    ----------
    model : estimator
        The classifier. :class:`~sklearn.frozen.FrozenEstimator` around a fitted one keeps it as it
        is, which is what :func:`adapt` does; any other is fitted, on the same images.
    weight : "auto" or float, default="auto"
        Share of the linear classifier in the log-probabilities, 0 to 1. "auto" takes the one of 0,
        0.1, ..., 1 that is most often right, and among equals the one of least log loss, when
        images are left out, a group at a time. If each class has images of one group only, or the
        model is not frozen and so was fitted on all images, that cannot be judged, and it is 0.7.
    alpha : float, default=0.1
        Strength of the penalty on the coefficients of the linear classifier.
    classes : {"union", "given"}, default="union"
        Which classes are answered: those of the model and of ``fit``, or those of ``fit`` only.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels, sorted.
    given_classes_ : ndarray of shape (n_given,)
        Class labels seen in ``fit``, sorted.
    model_ : estimator
        The fitted classifier.
    weight_ : float
        Share of the linear classifier.
    n_images_ : int
        Number of images seen in ``fit``.
    n_judged_ : int
        Number of those that could be left out: their class has images of another group. None of a
        model that is not frozen.
    accuracy_before_, accuracy_after_ : float or None
        How often the model, and this classifier without the group of the image, name these images
        rightly; None if there are none. The group takes no part in the choice of the weight
        either: it is named at the weight that is best for the others.
    judged_classes_ : ndarray of shape (n_judged_classes,)
        Class labels of the images that could be left out, sorted.
    recall_before_, recall_after_ : ndarray of shape (n_judged_classes,)
        The accuracies for the images of each of these classes.
    mean_, scale_ : ndarray of shape (n_features,)
        By which the embedding is standardised.
    coef_ : ndarray of shape (n_features, n_given)
        Coefficients of the linear classifier.
    intercept_ : ndarray of shape (n_given,)
        Its intercepts.

    Notes
    -----
    The embedding is what the model's ``transform`` gives, as that of
    :class:`~fer_classic.neural.CNNClassifier`; else what the last step of a pipeline reads, if
    these are rows of features; else the log-probabilities of the classes.

    The linear classifier is a ridge regression on class indicators, with classes weighted alike.
    Leaving out a group is computed exactly from the fit on all images, but that the weights of the
    classes, and the mean and the scale of the embedding, stay those of all images.

    ``weight_`` is best for all groups, while the accuracies choose it anew for each group, by the
    other groups: at ``weight_`` itself, they would be those of the best of several candidates on
    the images that it was chosen by, which is too high. So ``accuracy_after_`` may be below
    ``accuracy_before_``.

    Probabilities of classes that the model knows and that were not in ``fit`` stay what the model
    gives. What it gives to the others is shared out among them by the weighted mean of the two
    log-probabilities. A class that the model does not know has the odds to these that the linear
    classifier gives. If the model knows no class of ``fit``, nothing relates its classes to the new
    ones, and only the latter are answered, by the linear classifier.

    Examples
    --------
    >>> from fer_classic.classifiers import adapt
    >>> from fer_classic.datasets import load_drawn_faces
    >>> from fer_classic.recipes import make_recipe
    >>> faces = load_drawn_faces(n_subjects=5, n_per_class=2)
    >>> names = faces.target_names[faces.target]
    >>> mine = faces.subjects == faces.subjects[-1]
    >>> model = make_recipe("svm_hog").fit(faces.images[~mine], names[~mine])
    >>> adapted = adapt(model, faces.images[mine], names[mine])
    >>> adapted.n_judged_
    16
    """

    _parameter_constraints = {
        "model": [HasMethods(["fit", "predict"])],
        "weight": [StrOptions({"auto"}), Interval(Real, 0, 1, closed="both")],
        "alpha": [Interval(Real, 0, None, closed="neither")],
        "classes": [StrOptions({"union", "given"})],
    }

    def __init__(self, model, *, weight="auto", alpha=0.1, classes="union"):
        self.model = model
        self.weight = weight
        self.alpha = alpha
        self.classes = classes

    def fit(self, X, y, groups=None):
        """Fit the linear classifier, and choose its weight.

        Parameters
        ----------
        X : array-like of shape (n, ...), or list of n images
            What the model takes.
        y : array-like of shape (n,)
            Labels; two classes or more.
        groups : array-like of shape (n,), optional
            Images of one group (a take of a camera, a sequence) are left out together. By default
            images with the same embedding form a group. They are passed on to a model that is not
            frozen.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            If a parameter, the images, the labels or the groups are not as described.
        NotFittedError
            If the model is frozen and was never fitted.
        """
        self._validate_params()
        y = validate_data(self, y=y)
        check_classification_targets(y)
        self.given_classes_, codes = np.unique(y, return_inverse=True)
        if len(self.given_classes_) < 2:
            got = f"one class: {self.given_classes_[0]}" if len(y) else "no image"
            raise ValueError(
                f"{type(self).__name__} needs images of at least two classes, got {got}."
            )
        self.model_ = fit_passing_groups(clone(self.model), X, y, groups)
        for name in ("n_features_in_", "feature_names_in_"):
            if hasattr(self.model_, name):
                setattr(self, name, getattr(self.model_, name))
        log_scores, embedding = log_scores_and_embedding(self.model_, X)
        check_consistent_length(embedding, y)
        groups = check_groups(groups, embedding)
        self.n_images_ = len(y)
        self.mean_, self.scale_ = _standards(embedding)
        rows = (embedding - self.mean_) / self.scale_
        self.coef_, self.intercept_, left_out = fit_ridge(rows, codes, groups, alpha=self.alpha)
        self._relate_classes()
        self._choose_weight(log_scores, left_out, codes, groups)
        return self

    def _relate_classes(self):
        """Choose the classes that are answered."""
        model, given = self.model_.classes_, self.given_classes_
        related = bool(set(model.tolist()) & set(given.tolist()))
        union = related and self.classes == "union"
        self.classes_ = np.union1d(model, given) if union else given

    def _choose_weight(self, log_scores, left_out, codes, groups):
        """Take the weight of the best scores of images that were left out."""
        pairs = np.unique(np.column_stack([codes, groups]), axis=0)
        held_out = np.bincount(pairs[:, 0])[codes] > 1
        if not isinstance(self.model, FrozenEstimator):
            # It was fitted on all of these images, so that none was left out.
            held_out[:] = False
        self.n_judged_ = int(held_out.sum())
        weights = _WEIGHTS if self.weight == "auto" else [self.weight]
        if not self.n_judged_:
            self.weight_ = _DEFAULT_WEIGHT if self.weight == "auto" else float(self.weight)
            self.accuracy_before_ = self.accuracy_after_ = None
            self.judged_classes_ = self.given_classes_[:0]
            self.recall_before_ = self.recall_after_ = np.empty(0)
            return
        log_scores, left_out, groups = log_scores[held_out], left_out[held_out], groups[held_out]
        names = self.given_classes_[codes[held_out]]
        mixed = [self._mix(log_scores, left_out, weight) for weight in weights]
        columns = np.searchsorted(self.classes_, names)
        correct = np.array([scores.argmax(axis=1) == columns for scores in mixed])
        log_likelihood = np.array([scores[np.arange(len(names)), columns] for scores in mixed])
        self.weight_ = float(weights[_best(correct, log_likelihood)])
        before, after = _is_correct(self.model_.classes_, log_scores, names), np.empty(len(names))
        for group in np.unique(groups):
            others = groups != group
            after[~others] = correct[_best(correct[:, others], log_likelihood[:, others]), ~others]
        self.accuracy_before_, self.accuracy_after_ = float(before.mean()), float(after.mean())
        self.judged_classes_, codes, n_images = np.unique(
            names, return_inverse=True, return_counts=True
        )
        self.recall_before_, self.recall_after_ = (
            np.bincount(codes, weights=is_correct) / n_images for is_correct in (before, after)
        )

    def _mix(self, log_scores, scores, weight):
        """Log-probabilities of ``classes_``, of what the model and the linear classifier say."""
        linear = log_softmax(SHARPNESS * scores, axis=1)
        model, given = self.model_.classes_.tolist(), self.given_classes_.tolist()
        shared = [name for name in given if name in model]
        if not shared:
            return linear
        ours = log_scores[:, [model.index(name) for name in shared]]
        theirs = linear[:, [given.index(name) for name in shared]]
        share = logsumexp(ours, axis=1, keepdims=True)
        mixed = share + log_softmax((1 - weight) * ours + weight * theirs, axis=1)
        # Of what only one of the two knows, it gives the odds to the shared classes.
        odds = linear - logsumexp(theirs, axis=1, keepdims=True) + share
        columns = dict(zip(model, log_scores.T, strict=True))
        columns |= dict(zip(given, odds.T, strict=True))
        columns |= dict(zip(shared, mixed.T, strict=True))
        return log_softmax(
            np.column_stack([columns[name] for name in self.classes_.tolist()]), axis=1
        )

    def predict_log_proba(self, X):
        """Logarithm of the probability of every class.

        Parameters
        ----------
        X : array-like of shape (n, ...), or list of n images
            What the model takes.

        Returns
        -------
        log_probabilities : ndarray of shape (n, n_classes), float64
            Columns follow ``classes_``.
        """
        check_is_fitted(self)
        log_scores, embedding = log_scores_and_embedding(self.model_, X)
        if embedding.shape[1] != len(self.mean_):
            raise ValueError(
                f"this model was adapted by an earlier version, to {len(self.mean_)} features of "
                f"a face in place of {embedding.shape[1]}; adapt it again."
            )
        scores = (embedding - self.mean_) / self.scale_ @ self.coef_ + self.intercept_
        return self._mix(log_scores, scores, self.weight_)

    def predict_proba(self, X):
        """Probability of every class.

        Parameters
        ----------
        X : array-like of shape (n, ...), or list of n images
            What the model takes.

        Returns
        -------
        probabilities : ndarray of shape (n, n_classes), float64
            Columns follow ``classes_``.
        """
        return np.exp(self.predict_log_proba(X))

    def predict(self, X):
        """Name the most probable class.

        Parameters
        ----------
        X : array-like of shape (n, ...), or list of n images
            What the model takes.

        Returns
        -------
        labels : ndarray of shape (n,)
        """
        best = self.predict_log_proba(X).argmax(axis=1)
        return self.classes_[best]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags = get_tags(self.model).input_tags
        return tags


def _standards(embedding):
    """Return mean and scale of each feature; a constant one is moved to 0 and not scaled."""
    mean, spread = embedding.mean(axis=0), embedding.std(axis=0)
    # The mean of equal values is inexact, so that their spread need not be 0.
    rounding = len(embedding) * np.finfo(embedding.dtype).eps * np.abs(mean)
    constant = (np.ptp(embedding, axis=0) == 0) | (spread <= rounding)
    return np.where(constant, embedding[0], mean), np.where(constant, 1.0, spread)


def _best(correct, log_likelihood):
    """Choose the weight of the highest accuracy, and among equals of the highest likelihood.

    Parameters
    ----------
    correct : ndarray of shape (n_weights, n), bool
        Whether the prediction for an image is correct.
    log_likelihood : ndarray of shape (n_weights, n)
        Log-probability of its true class.

    Returns
    -------
    position : int
    """
    means = (values.mean(axis=1).tolist() for values in (correct, log_likelihood))
    scores = list(zip(*means, strict=True))
    return scores.index(max(scores))


def _is_correct(classes, scores, names):
    # Labels of the model and of the person may be of different types.
    named = classes[scores.argmax(axis=1)].tolist()
    return np.array([one == other for one, other in zip(named, names.tolist(), strict=True)])


def adapt(
    model: Any, images: Any, names: Any, groups: Any = None, **parameters: Any
) -> AdaptedClassifier:
    """Move a fitted classifier towards the face of a person, by a few pictures of that person.

    Parameters
    ----------
    model : estimator
        A fitted classifier, such as ``load_bundled("cnn").model``. It stays as it is.
    images : array-like of shape (n, h, w), or list of n images
        Pictures of the person, as the model takes them; one of each class is enough, and several
        let the result be judged. A model that crops faces must find one in each.
    names : array-like of shape (n,)
        Their classes, two or more; also such as the model does not know.
    groups : array-like of shape (n,), optional
        Pictures that were taken in one go belong to one group, since they are nearly the same.
    **parameters
        Of :class:`AdaptedClassifier`.

    Returns
    -------
    adapted : AdaptedClassifier
        Takes what the model takes. Its ``accuracy_before_`` and ``accuracy_after_`` are those on
        pictures that were left out, of the fit and of the choice of the weight; if the pictures do
        not help, the second may be a little below the first.

    Raises
    ------
    NoFaceError
        If there is an image without a face.
    ValueError
        If a parameter, the images, the names or the groups are not as described.
    NotFittedError
        If the model is not fitted.
    """
    adapted = AdaptedClassifier(FrozenEstimator(model), **parameters)
    with warnings.catch_warnings():
        # An image without a face would corrupt the fitted classifier.
        warnings.simplefilter("error", NoFaceWarning)
        try:
            return adapted.fit(images, names, groups)
        except NoFaceWarning as warning:
            raise NoFaceError(
                f"{str(warning).partition(';')[0]}; a person's pictures must all show a face: "
                "leave those out that do not."
            ) from warning
