"""Linear functions of features, carried back through the steps that compute the features."""

from dataclasses import dataclass, replace

import numpy as np
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.feature_selection import SelectorMixin
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler
from sklearn.svm import SVC, NuSVC

__all__ = ["LinearFunction", "NotLinearError", "before", "decision_of"]


class NotLinearError(ValueError):
    """A model whose decision is no linear function of features that belong to places."""


@dataclass(frozen=True, eq=False)
class LinearFunction:
    """The function ``weights @ features + constant``.

    Parameters
    ----------
    weights : ndarray of shape (n_features,), float64
    constant : float
    reference : ndarray of shape (n_features,), float64, or None
        Features that contributions are measured from, such as the mean of the training set; None
        if no step knows such features.
    """

    weights: np.ndarray
    constant: float = 0.0
    reference: np.ndarray | None = None

    def contributions(self, features):
        """Contribution of each feature, and the value of the function at the reference."""
        if self.reference is None:
            return self.weights * features, self.constant
        away = self.weights * (features - self.reference)
        return away, self.constant + float(self.weights @ self.reference)


def decision_of(classifier, column):
    """Return the decision function of one class, as a function of the classifier's input.

    Parameters
    ----------
    classifier : estimator
        Fitted.
    column : int
        Index of the class in ``classes_``.

    Returns
    -------
    decision : LinearFunction
        For two classes, the decision function or its negative. For an :class:`~sklearn.svm.SVC` of
        more classes, which compares pairs, the mean of the pairs with this class.

    Raises
    ------
    NotLinearError
        If the classifier is not linear.
    """
    name = type(classifier).__name__
    # Not every linear model of scikit-learn has both for the same function: networks have coefs_.
    if not all(hasattr(classifier, known) for known in ("coef_", "intercept_", "classes_")):
        raise NotLinearError(f"the classifier {name} is not linear")
    # Two classes can have flat weights, and classifiers without an intercept a single 0.
    coef = np.atleast_2d(np.asarray(classifier.coef_, float))
    intercept = np.ravel(np.asarray(classifier.intercept_, float))
    n_classes = len(classifier.classes_)
    n_features = getattr(classifier, "n_features_in_", coef.shape[1])
    if coef.shape[1] != n_features or len(intercept) not in (1, len(coef)):
        raise NotLinearError(f"the classifier {name} has no weight for each feature")
    intercept = np.broadcast_to(intercept, len(coef))
    if isinstance(classifier, SVC | NuSVC) and n_classes > 2:
        signs = _pairs(n_classes, column)
        return LinearFunction(signs @ coef, float(signs @ intercept))
    if len(coef) == 1 and n_classes == 2:
        sign = 1.0 if column else -1.0
        return LinearFunction(sign * coef[0], sign * float(intercept[0]))
    if len(coef) != n_classes:
        raise NotLinearError(f"the classifier {name} has no weights for each class")
    return LinearFunction(coef[column], float(intercept[column]))


def _pairs(n_classes, column):
    """Weights of the one-vs-one decisions whose sum is the mean margin of one class."""
    first, second = np.triu_indices(n_classes, k=1)
    return ((first == column).astype(float) - (second == column)) / (n_classes - 1)


def before(step, function):
    """Express a function of the output of a step as one of its input.

    Parameters
    ----------
    step : transformer
        Fitted.
    function : LinearFunction
        Of the output.

    Returns
    -------
    function : LinearFunction
        Of the input.

    Raises
    ------
    NotLinearError
        If the step is not known to be affine. Subclasses are not, since they may do more.
    """
    if isinstance(step, SelectorMixin):
        return _before_selection(step.get_support(), function)
    rule = _RULES.get(type(step))
    if rule is None:
        raise NotLinearError(f"the step {type(step).__name__} is not linear")
    return rule(step, function)


def _before_selection(kept, function):
    def spread(values):
        full = np.zeros(len(kept))
        full[kept] = values
        return full

    reference = function.reference
    return replace(
        function,
        weights=spread(function.weights),
        reference=None if reference is None else spread(reference),
    )


def _before_scaling(function, factor, shift):
    """For steps that compute ``factor * (x - shift)``, feature by feature."""
    weights = function.weights * factor
    reference = function.reference
    if reference is not None:
        # Constant features may have the factor 0; their weight is then 0, too.
        known = np.divide(reference, factor, out=np.zeros_like(weights), where=factor != 0)
        reference = known + shift
    return LinearFunction(weights, function.constant - float(weights @ shift), reference)


def _before_standardisation(step, function):
    factor = np.ones(step.n_features_in_) if step.scale_ is None else 1 / step.scale_
    mean = step.mean_ if step.with_mean else None
    function = _before_scaling(function, factor, np.zeros_like(factor) if mean is None else mean)
    return function if mean is None else replace(function, reference=mean)


def _before_range(step, function):
    if step.clip:
        raise NotLinearError("the step MinMaxScaler with clip=True is not linear")
    # It computes scale_ * x + min_.
    return _before_scaling(function, step.scale_, -step.min_ / step.scale_)


def _before_division(step, function):
    return _before_scaling(function, 1 / step.scale_, np.zeros_like(step.scale_))


def _before_robust(step, function):
    ones = np.ones(step.n_features_in_)
    factor = ones if step.scale_ is None else 1 / step.scale_
    return _before_scaling(function, factor, 0 * ones if step.center_ is None else step.center_)


def _before_pca(step, function):
    weights = function.weights
    if step.whiten:
        # Bounded as in scikit-learn, since components can have no variance.
        deviations = np.sqrt(step.explained_variance_)
        weights = weights / np.maximum(deviations, np.finfo(deviations.dtype).eps)
    weights = weights @ np.asarray(step.components_, float)
    mean = np.asarray(step.mean_, float)
    return LinearFunction(weights, function.constant - float(weights @ mean), mean)


def _before_svd(step, function):
    weights = function.weights @ np.asarray(step.components_, float)
    # A reference of the components does not determine one of the features.
    return LinearFunction(weights, function.constant)


_RULES = {
    StandardScaler: _before_standardisation,
    MinMaxScaler: _before_range,
    MaxAbsScaler: _before_division,
    RobustScaler: _before_robust,
    PCA: _before_pca,
    TruncatedSVD: _before_svd,
}
