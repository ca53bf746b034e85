"""Probabilities of items by models that were fitted without them."""

import numpy as np
from scipy.special import softmax
from sklearn.base import clone
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.utils import _safe_indexing, get_tags

from fer_classic.evaluation._fitting import fit_with_groups
from fer_classic.evaluation._splits import split_groups
from fer_classic.exceptions import ProtocolError
from fer_classic.utils._blocks import first_typical
from fer_classic.utils._parts import model_parts
from fer_classic.utils._splits import ignore_labels

__all__ = ["out_of_fold_probabilities"]

# Up to here, a classifier that calibrates on out-of-fold scores has those of all items.
_FEW_ITEMS = 2000


def out_of_fold_probabilities(model, X, y, *, groups=None, n_folds=5, seed=0, report=None):
    """Compute the class probabilities of each item by a model that was fitted without its group.

    Parameters
    ----------
    model : classifier or pipeline
        With ``predict_proba``; it is cloned.
    X : ndarray of shape (n, ...)
        Input of the model, such as images.
    y : array-like of shape (n,)
        Labels, of at least two classes.
    groups : array-like of shape (n,), optional
        Items of one group (a subject, a sequence, copies of an image) are left out together, see
        :func:`independent_units`. By default each item is a group.
    n_folds : int, default=5
        Number of shuffled, stratified folds of whole groups.
    seed : int, default=0
        Seed of the shuffle.
    report : callable, optional
        ``report()`` is called after each fit, such as for a progress bar.

    Returns
    -------
    classes : ndarray of shape (n_classes,)
        Sorted labels.
    probabilities : ndarray of shape (n, n_classes), float64
        A class that the training part of an item's fold lacks has probability 0.

    Raises
    ------
    ProtocolError
        If there are fewer groups than folds, or a single group.
    ValueError
        If lengths do not agree, there is only one class, or the model has no ``predict_proba``.

    Notes
    -----
    Steps at the beginning of a pipeline that need no fit run once for all folds.

    If the last step keeps out-of-fold scores of all its rows, as
    :class:`~fer_classic.classifiers.LeastSquaresSVC` does for up to 2,000, the pipeline is fitted
    only once, and each probability is that of a classifier fitted without the item's group only.
    The steps before are then fitted on all items. This is done only after steps that ignore the
    labels: descriptors of this library, scikit-learn's scalers, decompositions and kernel
    approximations, and frozen steps.

    Examples
    --------
    >>> from fer_classic.datasets import load_drawn_faces
    >>> from fer_classic.evaluation import out_of_fold_probabilities
    >>> from fer_classic.recipes import make_recipe
    >>> images, names = load_drawn_faces(n_subjects=4, return_X_y=True)
    >>> classes, probabilities = out_of_fold_probabilities(make_recipe("svm_hog"), images, names)
    >>> probabilities.shape
    (192, 8)
    """
    y = np.asarray(y)
    groups = np.arange(len(y)) if groups is None else np.asarray(groups)
    if not len(X) == len(y) == len(groups):
        raise ValueError(
            f"X, y and groups must have the same length, got {len(X)}, {len(y)} and {len(groups)}."
        )
    classes = np.unique(y)
    if len(classes) < 2:
        raise ValueError(f"labels of at least two classes are needed, got {classes.tolist()}.")
    if not hasattr(model, "predict_proba"):
        raise ValueError(
            f"the model ({_name(model)}) has no predict_proba; wrap it in "
            "sklearn.calibration.CalibratedClassifierCV."
        )
    if len(np.unique(groups)) < 2:
        raise ProtocolError(
            "all items are of one group (subject, sequence or copies), so none can be left out."
        )
    model, X = _run_stateless(clone(model), X)
    report = report or (lambda: None)
    if len(y) <= _FEW_ITEMS and _may_keep_scores(model):
        probabilities = _kept_scores(fit_with_groups(model, X, y, groups), len(y))
        report()
        if probabilities is not None:
            return classes, probabilities
    probabilities = np.zeros((len(y), len(classes)))
    for train, test in split_groups(y, groups, n_folds=n_folds, seed=seed):
        images = _safe_indexing(X, train)
        fitted = fit_with_groups(clone(model), images, y[train], groups[train])
        columns = np.searchsorted(classes, fitted.classes_)
        probabilities[np.ix_(test, columns)] = fitted.predict_proba(_safe_indexing(X, test))
        report()
    return classes, probabilities


def _name(model):
    return type(model[-1] if isinstance(model, Pipeline) else model).__name__


def _run_stateless(model, X):
    """Apply the leading steps that need no fit; return the rest of the model and its input."""
    if not isinstance(model, Pipeline):
        return model, X
    steps = list(model.steps)
    while len(steps) > 1 and _is_stateless(steps[0][1]):
        step = steps.pop(0)[1]
        # The fit only checks the parameters.
        place = first_typical(X)
        X = X if _is_nothing(step) else step.fit(X[place : place + 1]).transform(X)
    return Pipeline(steps), X


def _is_nothing(step):
    return step is None or isinstance(step, str)  # "passthrough"


def _is_stateless(step):
    if _is_nothing(step):
        return True
    parts = model_parts(step)
    return all(
        isinstance(p, Pipeline | FeatureUnion) or not get_tags(p).requires_fit for p in parts
    )


def _may_keep_scores(model):
    """Whether the last step calibrates itself by groups and no step before uses the labels."""
    *before, last = [step for _, step in model.steps] if isinstance(model, Pipeline) else [model]
    return getattr(last, "probability", False) and ignore_labels(before)


def _kept_scores(model, n_items):
    last = model[-1] if isinstance(model, Pipeline) else model
    if len(getattr(last, "oof_rows_", ())) != n_items:
        return None
    return softmax(last.temperature_ * last.oof_scores_.astype(np.float64), axis=1)
