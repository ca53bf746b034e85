"""Fusion of classifiers by a logarithmic opinion pool."""

from numbers import Integral, Real

import numpy as np
from scipy.sparse import issparse
from sklearn.base import ClassifierMixin
from sklearn.utils import Bunch, check_consistent_length, get_tags
from sklearn.utils.metaestimators import _BaseComposition
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from fer_classic.base import as_batch
from fer_classic.classifiers._embedding import log_scores
from fer_classic.classifiers._out_of_sample import fit_out_of_sample, fit_part, image_groups
from fer_classic.classifiers._pool import fit_pool, pool
from fer_classic.utils._checks import is_table
from fer_classic.utils._validation import Interval, StrOptions

__all__ = ["MIN_LOG_PROBABILITY", "ScoreFusion"]

# A classifier may exclude a class; the others may still outvote it.
MIN_LOG_PROBABILITY = np.log(1e-6)
"""Lower bound of the log-probabilities that are joined."""

# Averages of probabilities exceed 1 by so much at most.
_ROUNDING = 1e-5


class ScoreFusion(ClassifierMixin, _BaseComposition):
    """Join the probabilities of several classifiers by a logarithmic opinion pool.

    The probability of a class is proportional to the product of the probabilities that the
    classifiers give it, each raised to the power of its weight. The weights are fitted by log-loss
    on training images that the classifiers were not fitted on.

    Parameters
    ----------
    estimators : list of (str, estimator)
        Names and classifiers, or whole pipelines, all of the same input. ``fit`` fits clones of
        them; classifiers that are already fitted can be used without ``fit`` if the weights are
        given, or fitted by :meth:`fit_weights`.
    weights : {"fit"}, array-like of shape (n_estimators,) or None, default="fit"
        Non-negative weight of each classifier, which is its inverse temperature; None is the
        geometric mean, ``1 / n_estimators`` each.
    biases : {"fit"}, array-like of shape (n_classes,) or None, default=None
        Added to the log-probabilities of the classes, in the order of ``classes_``; None adds
        nothing. They are fitted or given as the weights are.
    cv : int, default=5
        Number of folds for classifiers that hold out no images by themselves; see Notes.

    Attributes
    ----------
    estimators_ : list of estimator
        The fitted clones; only after ``fit``.
    named_estimators_ : Bunch
        The fitted classifiers by name.
    classes_ : ndarray of shape (n_classes,)
        Class labels, sorted.
    weights_ : ndarray of shape (n_estimators,)
        Weights of the classifiers; after ``fit`` or :meth:`fit_weights`.
    biases_ : ndarray of shape (n_classes,) or None
        Biases of the classes; likewise.
    out_of_sample_index_ : ndarray of int
        The training images that the weights were fitted on; only if ``fit`` has fitted them.

    Notes
    -----
    Out-of-sample probabilities come

    - from the images that a :class:`~fer_classic.neural.CNNClassifier` has held out for validation;
    - from the closed-form out-of-fold scores of a :class:`LeastSquaresSVC` with probabilities;
    - otherwise from copies fitted in ``cv`` folds of whole groups, or on all images but those that
      a network has held out.

    The first two need that all steps before the classifier ignore the labels: descriptors of this
    library, scikit-learn's scalers, decompositions and kernel approximations, and frozen steps.
    Other steps may learn from labels, as one's own do unless they are a
    :class:`~sklearn.preprocessing.FunctionTransformer`, and are fitted in the folds, too.

    If the classifiers predict different images out of sample, those that all of them predict are
    used. A network has chosen its epoch on the same images, which is slightly optimistic.

    Few images do not determine the weights well, so the fit adds half the squared distance from
    those of the geometric mean to the summed log-loss. Probabilities below 1e-6 count as 1e-6.
    Classifiers without ``predict_proba`` take part with the softmax of their decision values.

    :class:`~sklearn.frozen.FrozenEstimator` keeps a classifier that is already fitted. As in
    scikit-learn, the images of ``fit`` must then be others than it was fitted on. For mirror
    images, wrap a classifier in :class:`TestTimeAugmentation`.

    scikit-learn's ``VotingClassifier(voting="soft")`` is the arithmetic mean with weights given by
    hand. Its ``StackingClassifier`` fits a model with a coefficient for each class and classifier;
    its inner folds get no groups, so images of one subject fall into both parts, and it refits each
    classifier once for each fold, since it does not know of held-out parts and closed forms.

    References
    ----------
    Heskes: Selecting weighting factors in logarithmic opinion pools. NIPS 1997. Guo, Pleiss, Sun,
    Weinberger: On calibration of modern neural networks. ICML 2017.

    Examples
    --------
    >>> from fer_classic.classifiers import ScoreFusion
    >>> from fer_classic.datasets import load_drawn_faces
    >>> from fer_classic.recipes import make_recipe
    >>> faces = load_drawn_faces(n_subjects=4, n_per_class=1)
    >>> names = faces.target_names[faces.target]
    >>> parts = [(name, make_recipe(name)) for name in ("svm_hog", "svm_lbp")]
    >>> model = ScoreFusion(parts).fit(faces.images, names, groups=faces.subjects)
    >>> model.predict_proba(faces.images).shape
    (32, 8)
    """

    _parameter_constraints = {
        "estimators": [list],
        "weights": [StrOptions({"fit"}), "array-like", None],
        "biases": [StrOptions({"fit"}), "array-like", None],
        "cv": [Interval(Integral, 2, None, closed="left")],
    }

    def __init__(self, estimators, *, weights="fit", biases=None, cv=5):
        self.estimators = estimators
        self.weights = weights
        self.biases = biases
        self.cv = cv

    def get_params(self, deep=True):
        """Return the parameters, and those of the estimators as ``name__parameter``.

        Parameters
        ----------
        deep : bool, default=True
            Whether to include the estimators and their parameters.

        Returns
        -------
        parameters : dict
        """
        return self._get_params("estimators", deep=deep)

    def set_params(self, **params):
        """Set parameters, those of the estimators as ``name__parameter``.

        Parameters
        ----------
        **params
            ``name=estimator`` replaces an estimator.

        Returns
        -------
        self : object
        """
        return self._set_params("estimators", **params)

    def fit(self, X, y, groups=None):
        """Fit the classifiers, and the weights.

        Parameters
        ----------
        X : array-like of shape (n, ...), or list of n images
            Input of the classifiers.
        y : array-like of shape (n,)
            Labels, of at least two classes.
        groups : array-like of shape (n,), optional
            Images of one group (a subject, a sequence, copies of an image) are held out together.
            They are passed to each step that accepts groups. By default identical images form a
            group.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            If a parameter, the labels or the groups are not as described, or the classifiers hold
            out different images for their own validation.
        """
        self._check_parameters()
        y = validate_data(self, y=y)
        check_classification_targets(y)
        check_consistent_length(X, y)
        classes, codes = np.unique(y, return_inverse=True)
        if len(classes) < 2:
            got = f"one class: {classes.tolist()[0]!r}" if len(y) else "no image"
            raise ValueError(f"ScoreFusion needs images of at least two classes, got {got}.")
        X = as_batch(X)
        if not (isinstance(X, list) or is_table(X) or issparse(X)):
            X = np.asarray(X)
        parts, groups = [part for _, part in self.estimators], image_groups(groups, X)
        self._reset()
        if self._is_given():
            # First, since fitting the classifiers may take hours.
            self.weights_, self.biases_ = self._given(len(classes))
            self.estimators_ = [fit_part(part, X, y, groups) for part in parts]
            self._check_classes(classes)
        else:
            self.estimators_, self.out_of_sample_index_, logs = fit_out_of_sample(
                parts, X, y, groups, cv=self.cv
            )
            self._check_classes(classes)
            self._fit_pool(logs, codes[self.out_of_sample_index_])
        for name in ("n_features_in_", "feature_names_in_"):
            if hasattr(self.estimators_[0], name):
                setattr(self, name, getattr(self.estimators_[0], name))
        return self

    def fit_weights(self, probabilities, y):
        """Fit only the weights, for classifiers that are already fitted.

        Parameters
        ----------
        probabilities : array-like of shape (n_estimators, n, n_classes)
            Of each classifier for images that it was not fitted on; columns follow ``classes_``.
        y : array-like of shape (n,)
            Labels of these images.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            If the probabilities do not fit the labels and the classifiers.
        """
        self._check_parameters()
        if self._is_given():
            raise ValueError("ScoreFusion: the weights are given; set weights='fit' to fit them.")
        for part in self._parts():
            check_is_fitted(part)
        self._check_classes(self.classes_)
        probabilities, y = np.asarray(probabilities, dtype=np.float64), np.asarray(y)
        expected = (len(self.estimators), len(y), len(self.classes_))
        if probabilities.shape != expected or not len(y):
            raise ValueError(
                "ScoreFusion: probabilities must have one entry for each estimator, label and "
                f"class, {expected}; got shape {probabilities.shape}."
            )
        # Also says no to NaN.
        if not (probabilities.min() >= 0 and probabilities.max() <= 1 + _ROUNDING):
            raise ValueError("ScoreFusion: probabilities must lie between 0 and 1.")
        unknown = np.setdiff1d(y, self.classes_)
        if len(unknown):
            raise ValueError(f"ScoreFusion: the classifiers do not know {unknown.tolist()}.")
        with np.errstate(divide="ignore"):
            logs = np.log(probabilities)
        self._fit_pool(logs, np.searchsorted(self.classes_, y))
        return self

    def _fit_pool(self, logs, codes):
        logs = np.maximum(logs, MIN_LOG_PROBABILITY)
        self.weights_, self.biases_ = fit_pool(logs, codes, biases=self.biases == "fit")

    def _reset(self):
        for name in ("estimators_", "weights_", "biases_", "out_of_sample_index_"):
            vars(self).pop(name, None)

    def _is_given(self):
        return not isinstance(self.weights, str)

    def _given(self, n_classes):
        """Return the weights and the biases that were given."""
        n_parts = len(self.estimators)
        weights = np.full(n_parts, 1 / n_parts) if self.weights is None else self.weights
        weights = _numbers("weights", weights, n_parts)
        if weights.min() < 0 or not weights.any():
            raise ValueError(
                f"ScoreFusion: weights must not be negative, nor all 0, got {self.weights!r}."
            )
        return weights, None if self.biases is None else _numbers("biases", self.biases, n_classes)

    def _check_parameters(self):
        """Raise ValueError for parameters that do not fit each other."""
        self._validate_params()
        names = [entry[0] for entry in self.estimators if _is_entry(entry)]
        if not names or len(names) < len(self.estimators):
            raise ValueError(
                "ScoreFusion: estimators must be a list of pairs of a name and a classifier, at "
                f"least one; got {self.estimators!r}."
            )
        self._validate_names(names)
        if self.biases is not None and self._is_given() == isinstance(self.biases, str):
            raise ValueError(
                "ScoreFusion: weights and biases must both be given, or both be 'fit', got "
                f"weights={self.weights!r} and biases={self.biases!r}."
            )

    def _check_classes(self, classes):
        for (name, _), part in zip(self.estimators, self._parts(), strict=True):
            if not np.array_equal(part.classes_, classes):
                raise ValueError(
                    f"ScoreFusion: the classes of {name!r} are {part.classes_.tolist()}, and not "
                    f"{classes.tolist()}; all classifiers must have the same classes."
                )

    def _parts(self):
        return getattr(self, "estimators_", [part for _, part in self.estimators])

    @property
    def named_estimators_(self):
        """The fitted classifiers by name."""
        names = [name for name, _ in self.estimators]
        return Bunch(**dict(zip(names, self._parts(), strict=True)))

    @property
    def classes_(self):
        """Class labels, sorted."""
        return self._parts()[0].classes_

    def predict_log_proba(self, X):
        """Compute the logarithm of the class probabilities.

        Parameters
        ----------
        X : array-like of shape (n, ...), or list of n images
            Input of the classifiers.

        Returns
        -------
        log_probabilities : ndarray of shape (n, n_classes), float64
            Columns follow ``classes_``.
        """
        if not self.__sklearn_is_fitted__():
            # Raises; it takes a millisecond, which fitted ones are spared.
            check_is_fitted(self)
        return self.join([log_scores(part, X) for part in self._parts()])

    def join(self, log_probabilities):
        """Join what the classifiers say of the same images.

        Parameters
        ----------
        log_probabilities : array-like of shape (n_estimators, n, n_classes)
            Log-probabilities of each classifier; columns follow ``classes_``.

        Returns
        -------
        joined : ndarray of shape (n, n_classes), float64
            What :meth:`predict_log_proba` gives.
        """
        weights, biases = self._pool()
        return pool(np.maximum(log_probabilities, MIN_LOG_PROBABILITY), weights, biases)

    def _pool(self):
        """Return the weights and the biases, fitted or given."""
        if "weights_" in vars(self):
            return self.weights_, self.biases_
        self._check_parameters()
        self._check_classes(self.classes_)
        return self._given(len(self.classes_))

    def predict_proba(self, X):
        """Compute class probabilities.

        Parameters
        ----------
        X : array-like of shape (n, ...), or list of n images
            Input of the classifiers.

        Returns
        -------
        probabilities : ndarray of shape (n, n_classes), float64
            Columns follow ``classes_``.
        """
        return np.exp(self.predict_log_proba(X))

    def predict(self, X):
        """Predict the class with the highest probability.

        Parameters
        ----------
        X : array-like of shape (n, ...), or list of n images
            Input of the classifiers.

        Returns
        -------
        labels : ndarray of shape (n,)
        """
        best = self.predict_log_proba(X).argmax(axis=1)
        return self.classes_[best]

    def __sklearn_is_fitted__(self):
        weighed = "weights_" in vars(self) or self._is_given()
        # A fitted classifier has classes.
        return weighed and all(hasattr(part, "classes_") for part in self._parts())

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        if self.estimators and _is_entry(self.estimators[0]):
            tags.input_tags = get_tags(self.estimators[0][1]).input_tags
        return tags


def _is_entry(entry):
    return isinstance(entry, tuple) and len(entry) == 2 and hasattr(entry[1], "fit")


def _numbers(name, values, count):
    """Return values as an array of ``count`` finite numbers, or raise ValueError."""
    legal = all(isinstance(value, Real) and np.isfinite(value) for value in np.ravel(values))
    if np.shape(values) != (count,) or not legal:
        raise ValueError(f"ScoreFusion: {name} must be {count} finite numbers, got {values!r}.")
    return np.asarray(values, dtype=np.float64)
