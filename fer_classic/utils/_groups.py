"""Groups of samples: their validation, and the steps of a model that accept them in ``fit``."""

from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter

from fer_classic.exceptions import LeakageError

__all__ = ["check_groups", "group_parameters", "groups_required", "is_group_splitter"]

_GROUP_SPLITTERS = (
    "GroupKFold",
    "GroupShuffleSplit",
    "LeaveOneGroupOut",
    "LeavePGroupsOut",
    "StratifiedGroupKFold",
)
# Whether a step that holds out samples must get groups: inside of a fit that has some.
_REQUIRED = ContextVar("fer_classic groups required", default=False)


@contextmanager
def groups_required(groups):
    """Let :func:`check_groups` refuse None in this block, where samples depend on each other.

    Parameters
    ----------
    groups : array-like of shape (n,) or None
        Groups of all samples. Without any, or if each has one sample, None is not refused.
    """
    dependent = groups is not None and len(np.unique(groups)) < len(groups)
    token = _REQUIRED.set(dependent)
    try:
        yield
    finally:
        _REQUIRED.reset(token)


def is_group_splitter(cv):
    """Whether folds are made by one of scikit-learn's splitters that keep groups whole."""
    # Imported here, since it takes longer than a prediction, which does not need it.
    from sklearn import model_selection

    return isinstance(cv, tuple(getattr(model_selection, name) for name in _GROUP_SPLITTERS))


def group_parameters(estimator):
    """List the parameters of ``fit`` that pass groups to an estimator or its steps.

    Parameters
    ----------
    estimator : estimator
        A classifier, transformer, pipeline, ``GridSearchCV``, ``RandomizedSearchCV`` or
        ``CalibratedClassifierCV``.

    Returns
    -------
    parameters : list of str
        Such as ``["svm__groups"]``; empty if no step accepts groups. Steps after a resampler get
        none, since synthetic rows belong to no group.
    """
    # Imported here, since they take longer than a prediction, which needs neither.
    from sklearn import model_selection
    from sklearn.calibration import CalibratedClassifierCV

    if isinstance(estimator, Pipeline):
        return _of_steps(estimator.steps)
    if isinstance(estimator, CalibratedClassifierCV):
        return group_parameters(estimator.estimator)
    if isinstance(estimator, model_selection.GridSearchCV | model_selection.RandomizedSearchCV):
        own = ["groups"] if is_group_splitter(estimator.cv) else []
        # The search uses "groups" for its own splits and does not pass it on.
        inner = group_parameters(estimator.estimator)
        return own + [parameter for parameter in inner if parameter != "groups"]
    return ["groups"] if has_fit_parameter(estimator, "groups") else []


def _of_steps(steps):
    parameters = []
    for name, step in steps:
        if hasattr(step, "fit_resample"):
            break
        if hasattr(step, "fit"):
            parameters += [f"{name}__{parameter}" for parameter in group_parameters(step)]
    return parameters


def check_groups(groups, X, *, held_out=True):
    """Encode group labels as integers.

    Parameters
    ----------
    groups : array-like of shape (n,) or None
        A label for each sample. If None, byte-identical samples form a group.
    X : ndarray of shape (n, ...)
        Samples.
    held_out : bool, default=True
        Whether the caller holds out samples. Then groups cannot be None inside a fit of dependent
        samples, see :func:`groups_required`.

    Returns
    -------
    numbers : ndarray of shape (n,), int
        0 and up, in the order of first occurrence.

    Raises
    ------
    ValueError
        If the number of labels differs from the number of samples.
    LeakageError
        If groups are required, and None.
    """
    if groups is None and held_out and _REQUIRED.get():
        raise LeakageError(
            "a step holds out training images and got no groups, so that images of one subject or "
            "sequence would be on both sides; an estimator around it has to pass groups on, and "
            "after a resampler nothing can be held out (probability=False)."
        )
    if groups is None:
        rows = np.ascontiguousarray(X).reshape(len(X), -1)
        groups = rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1]))).ravel()
    groups = np.asarray(groups)
    if groups.shape != (len(X),):
        raise ValueError(
            f"groups must have one label per sample, {len(X)} in all, got shape {groups.shape}."
        )
    _, first, numbers = np.unique(groups, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[numbers.ravel()]
