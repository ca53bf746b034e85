"""Groups of samples: their validation, and the steps of a model that accept them in ``fit``."""

from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np
from sklearn import config_context
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter

from fer_classic.exceptions import LeakageError
from fer_classic.utils._parts import direct_parts

__all__ = [
    "check_groups",
    "fit_passing_groups",
    "group_parameters",
    "groups_required",
    "is_group_splitter",
    "no_groups_error",
    "parts_with_groups",
    "split_single_group",
    "takes_groups",
]

_GROUP_SPLITTERS = (
    "GroupKFold",
    "GroupShuffleSplit",
    "LeaveOneGroupOut",
    "LeavePGroupsOut",
    "StratifiedGroupKFold",
)
# Whether a step that holds out samples must get groups: inside of a fit that has some. Workers of
# joblib do not see it; check_inner_splits finds what they would fit.
_REQUIRED = ContextVar("fer_classic groups required", default=False)


@contextmanager
def groups_required(groups):
    """Let :func:`check_groups` refuse None in this block, where samples depend on each other.

    Parameters
    ----------
    groups : array-like of shape (n,) or None
        Groups of all samples. Without any, or if each has one sample, None is not refused.
    """
    dependent = groups is not None and np.ptp(check_groups(groups, groups)) + 1 < len(groups)
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
    return [parameter for parameter, _ in _receivers(estimator)]


def parts_with_groups(model):
    """Iterate over the parts of a model that get groups, if these are passed to its ``fit``.

    Parameters
    ----------
    model : estimator

    Yields
    ------
    part : estimator
        Reached by :func:`group_parameters`, from the model itself or from a part that has got them.
    """
    waiting, seen = [model], set()
    while waiting:
        for _, part in _receivers(waiting.pop()):
            if id(part) in seen:
                continue
            seen.add(id(part))
            yield part
            if takes_groups(part):
                waiting += direct_parts(part, fitted=False)


def takes_groups(part):
    """Whether a part keeps groups whole in its ``fit``, and passes them on to its own parts.

    scikit-learn's own estimators may only hand them to a splitter.
    """
    return has_fit_parameter(part, "groups") and not type(part).__module__.startswith("sklearn.")


def fit_passing_groups(model, X, y, groups, /, **parameters):
    """Fit a model, and pass groups to each step that accepts them.

    Parameters
    ----------
    model : estimator
    X, y : array-like
        Input of its ``fit``.
    groups : array-like of shape (n,) or None
        None is not passed.
    **parameters
        Of its ``fit``, as they are.

    Returns
    -------
    model : estimator
        The same model, fitted.
    """
    names = [] if groups is None else group_parameters(model)
    if not names:
        return model.fit(X, y, **parameters)
    # With metadata routing, pipelines refuse parameters that name their step.
    with config_context(enable_metadata_routing=False):
        return model.fit(X, y, **parameters | dict.fromkeys(names, groups))


def _receivers(estimator):
    """List the parameters of ``fit`` that pass groups, each with the part that gets them."""
    # Imported here, since they take longer than a prediction, which needs neither.
    from sklearn import model_selection
    from sklearn.calibration import CalibratedClassifierCV

    if isinstance(estimator, Pipeline):
        return _of_steps(estimator.steps)
    if isinstance(estimator, CalibratedClassifierCV):
        return _receivers(estimator.estimator)
    if isinstance(estimator, model_selection.GridSearchCV | model_selection.RandomizedSearchCV):
        own = [("groups", estimator)] if is_group_splitter(estimator.cv) else []
        # The search uses "groups" for its own splits and does not pass it on.
        return own + [pair for pair in _receivers(estimator.estimator) if pair[0] != "groups"]
    return [("groups", estimator)] if has_fit_parameter(estimator, "groups") else []


def _of_steps(steps):
    pairs = []
    for name, step in steps:
        if hasattr(step, "fit_resample"):
            break
        if hasattr(step, "fit"):
            pairs += [(f"{name}__{parameter}", part) for parameter, part in _receivers(step)]
    return pairs


def no_groups_error(what):
    """Make the LeakageError of a step that holds out images and gets no groups."""
    return LeakageError(
        f"{what} holds out training images and gets no groups, so that images of one subject or "
        "sequence would be on both sides; an estimator around it has to pass groups on. Pipelines "
        "do, also inside a search; a search around the step itself does not: make it the only step "
        "of a pipeline, Pipeline([('model', ...)]). After a resampler nothing can be held out "
        "(probability=False)."
    )


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
        If the number of labels differs from the number of samples, labels are missing, or they are
        of several types.
    LeakageError
        If groups are required, and None.
    """
    if groups is None and held_out and _REQUIRED.get():
        raise no_groups_error("a step")
    if groups is None:
        rows = np.ascontiguousarray(X).reshape(len(X), -1)
        groups = rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1]))).ravel()
    groups = np.asarray(groups)
    if groups.shape != (len(X),):
        raise ValueError(
            f"groups must have one label per sample, {len(X)} in all, got shape {groups.shape}."
        )
    if groups.dtype.kind in "fO":
        _check_present(groups)
    try:
        _, first, numbers = np.unique(groups, return_index=True, return_inverse=True)
    except TypeError:
        kinds = sorted({type(label).__name__ for label in groups})
        raise ValueError(f"groups must be of one type, got {', '.join(kinds)}.") from None
    return np.argsort(np.argsort(first))[numbers.ravel()]


def _check_present(groups):
    """Raise ValueError if labels are missing; they would form one group, or have no order."""
    missing = np.flatnonzero([_is_missing(label) for label in groups.tolist()])
    if len(missing):
        raise ValueError(
            f"groups lacks the labels of {len(missing)} of {len(groups)} samples, the first at "
            f"position {missing[0]}; if nothing is known of them, give each one a label of its own."
        )


def _is_missing(label):
    """Whether a label is None, NaN or the missing value of pandas."""
    try:
        return label is None or bool(label != label)
    except TypeError:  # so says the missing value of pandas
        return True


def split_single_group(groups, X):
    """Form other groups if all samples are of one, from which nothing could be held out.

    Parameters
    ----------
    groups : ndarray of shape (n,), int
        From :func:`check_groups`.
    X : ndarray of shape (n, ...)
        Samples.

    Returns
    -------
    groups : ndarray of shape (n,), int
        The given ones, if there are several. Otherwise byte-identical samples form a group; if all
        are identical, each is its own.
    """
    if groups.max() > 0:
        return groups
    groups = check_groups(None, X, held_out=False)
    return groups if groups.max() > 0 else np.arange(len(X))
