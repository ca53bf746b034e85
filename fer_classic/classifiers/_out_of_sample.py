"""Predictions of classifiers for training images that they were not fitted on."""

import hashlib

import numpy as np
from scipy.sparse import issparse
from scipy.special import log_softmax
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils import _safe_indexing
from sklearn.utils.validation import _num_samples

from fer_classic.classifiers._embedding import MIN_PROBABILITY, log_scores
from fer_classic.classifiers._least_squares import LeastSquaresSVC
from fer_classic.classifiers._test_time_augmentation import TestTimeAugmentation
from fer_classic.utils._groups import check_groups, fit_passing_groups
from fer_classic.utils._splits import group_folds, ignore_labels

__all__ = ["fit_out_of_sample", "fit_part", "image_groups"]

# Log-probability of a class that a part of the training images lacks.
_UNSEEN_LOG_PROBABILITY = np.log(MIN_PROBABILITY)


def image_groups(groups, X):
    """Encode groups as integers; by default identical images form a group.

    Parameters
    ----------
    groups : array-like of shape (n,) or None
    X : ndarray of shape (n, ...), table, sparse matrix, or list of n images

    Returns
    -------
    numbers : ndarray of shape (n,), int
    """
    n_images = _num_samples(X)
    if groups is None:
        plain = isinstance(X, np.ndarray) and X.dtype != object and X.size
        if plain:
            return check_groups(None, X)
        # Rows of a sparse matrix are counted as different.
        groups = range(n_images) if issparse(X) else [_digest(image) for image in _rows(X)]
    return check_groups(groups, range(n_images))


def _rows(X):
    return X if isinstance(X, list) else np.asarray(X)


def _digest(image):
    values = np.asarray(image)
    content = repr(values.tolist()).encode() if values.dtype == object else values.tobytes()
    return hashlib.sha256(content).hexdigest()


def fit_part(part, X, y, groups, **parameters):
    """Fit a copy of a classifier, and pass the groups to each step that accepts them."""
    return fit_passing_groups(clone(part), X, y, groups, **parameters)


def fit_out_of_sample(parts, X, y, groups, *, cv):
    """Fit classifiers, and predict training images that they were not fitted on.

    Parameters
    ----------
    parts : list of estimator
        Classifiers; copies of them are fitted.
    X : array-like of shape (n, ...), or list of n images
    y : ndarray of shape (n,)
        Labels.
    groups : ndarray of shape (n,), int
        Images of one group are held out together.
    cv : int
        Number of folds for classifiers that hold out no images by themselves.

    Returns
    -------
    fitted : list of estimator
        Fitted on all images.
    index : ndarray of shape (m,), int
        The images that all of them predict out of sample, ascending.
    log_probabilities : ndarray of shape (n_parts, m, n_classes), float64
        Columns follow the sorted labels.

    Raises
    ------
    ValueError
        If two classifiers hold out different images, so that there are none that both hold out.
    """
    steps = [_closed_form_step(part) for part in parts]
    fitted = [
        fit_part(part, X, y, groups) if step is None else None
        for part, step in zip(parts, steps, strict=True)
    ]
    held_out = [None if model is None else _held_out(model) for model in fitted]
    index = _common(held_out)
    for k, step in enumerate(steps):
        if step is not None:
            fitted[k] = fit_part(parts[k], X, y, groups, **{f"{step}oof_rows": index})
    if index is None:
        # Closed forms need no folds, and leave identical rows out if there is but one group.
        folds = _group_folds(y, groups, cv) if None in steps else []
        index = _common(
            [
                None if step is None else _last(model).oof_rows_
                for model, step in zip(fitted, steps, strict=True)
            ]
        )
        index = np.arange(len(y)) if index is None else index
    else:
        folds = [(np.flatnonzero(~np.isin(groups, groups[index])), index)]
    classes = np.unique(y)
    logs = np.empty((len(parts), len(index), len(classes)))
    for k, model in enumerate(fitted):
        if steps[k] is not None:
            logs[k] = _closed_form(_last(model), index)
        elif held_out[k] is not None:
            logs[k] = log_scores(model, _safe_indexing(X, index))
        else:
            logs[k] = _by_folds(parts[k], X, y, groups, folds, index)
    return fitted, index, logs


def _common(indices):
    """Return what all index arrays have in common; None if there are none."""
    indices = [index for index in indices if index is not None]
    if not indices:
        return None
    common = indices[0]
    for index in indices[1:]:
        common = np.intersect1d(common, index)
    if not len(common):
        raise ValueError(
            "ScoreFusion: the estimators hold out different images for validation, and none that "
            "all of them hold out; give them the same random_state and validation_fraction, or "
            "the weights by hand (weights=None for equal ones)."
        )
    return np.sort(common)


def _last(model):
    return _last(model.steps[-1][1]) if isinstance(model, Pipeline) else model


def _closed_form_step(part):
    """Return what precedes ``oof_rows`` among the parameters of fit; None without such scores."""
    if isinstance(part, Pipeline):
        inner = _closed_form_step(part.steps[-1][1])
        exact = inner is not None and ignore_labels(_before(part))
        return f"{part.steps[-1][0]}__{inner}" if exact else None
    return "" if isinstance(part, LeastSquaresSVC) and part.probability else None


def _closed_form(svm, index):
    rows = np.searchsorted(svm.oof_rows_, index)
    return log_softmax(svm.temperature_ * svm.oof_scores_[rows].astype(np.float64), axis=1)


def _held_out(model):
    """Return the training images that a classifier has only validated itself on, or None."""
    if isinstance(model, Pipeline):
        return _held_out(model.steps[-1][1]) if ignore_labels(_before(model)) else None
    if isinstance(model, TestTimeAugmentation):
        return _held_out(model.model_)
    # The images of a frozen one are not those of this fit.
    known = None if isinstance(model, FrozenEstimator) else vars(model).get("validation_index_")
    return known if known is not None and len(known) else None


def _before(pipeline):
    return [step for _, step in pipeline.steps[:-1]]


def _group_folds(y, groups, cv):
    n_groups = groups.max() + 1
    largest = np.unique(y, return_counts=True)[1].max()
    n_folds = min(cv, n_groups, largest)
    if n_folds < 2:
        raise ValueError(
            f"ScoreFusion: weights cannot be fitted on {n_groups} group(s) of images, since none "
            "can be held out; pass two groups or more, or weights=None."
        )
    return group_folds(y, groups, n_folds)


def _by_folds(part, X, y, groups, folds, index):
    """Predict images with copies that were fitted without their groups."""
    classes = np.unique(y)
    logs = np.full((len(index), len(classes)), _UNSEEN_LOG_PROBABILITY)
    for train, test in folds:
        held_out = np.isin(index, test)
        if not held_out.any():
            continue
        model = fit_part(part, _safe_indexing(X, train), y[train], groups[train])
        columns = np.searchsorted(classes, model.classes_)
        logs[np.ix_(held_out, columns)] = log_scores(model, _safe_indexing(X, index[held_out]))
    return logs
