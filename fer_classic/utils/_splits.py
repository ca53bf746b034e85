"""Splits of images into two parts: made here, and checked for images that depend on each other.

All splits inside a fit (search, calibration, early stopping, fusion) go through this module. A test
of the imports keeps scikit-learn's splitters out of the others. Whether a fit is free of leaks is
decided here, too: whether its own splits keep groups whole (:func:`check_inner_splits`), and
whether what is held out by a last step is out of sample for the steps before
(:func:`ignore_labels`).
"""

import warnings
from collections.abc import Mapping
from copy import copy
from functools import cache

import numpy as np
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator

from fer_classic.exceptions import LeakageError
from fer_classic.utils._groups import (
    is_group_splitter,
    no_groups_error,
    parts_with_groups,
    takes_groups,
)
from fer_classic.utils._parts import model_parts

__all__ = ["check_inner_splits", "check_split", "group_folds", "ignore_labels"]

# Combinations of parameters that are checked one by one.
_MAX_CANDIDATES = 1000
# Up to here, scikit-learn's early_stopping="auto" means False.
_MAX_WITHOUT_EARLY_STOPPING = 10_000
# Where the library's steps are that ignore labels; this module lies below their base class.
_DESCRIPTORS = tuple(
    f"fer_classic.{room}." for room in ("base", "preprocessing", "faces", "features")
)


def check_split(train, test, groups, *, what="a split"):
    """Raise LeakageError if an image, or a group, is on both sides of a split.

    Parameters
    ----------
    train, test : array-like of int
        Indices of the images of each side.
    groups : array-like of shape (n,)
        Group of each image: the independent unit, see
        :func:`~fer_classic.evaluation.independent_units`.
    what : str, default="a split"
        Name of the split, for the message.

    Raises
    ------
    LeakageError
        With the numbers of images and groups.
    """
    train, test, groups = np.asarray(train), np.asarray(test), np.asarray(groups)
    both = np.intersect1d(train, test)
    if len(both):
        raise LeakageError(f"{what} has {len(both):,} images on both sides, such as {both[0]}.")
    torn = np.isin(groups[test], groups[train])
    if torn.any():
        n_groups = len(np.unique(groups[test][torn]))
        raise LeakageError(
            f"{what} tears {n_groups:,} groups apart: {np.count_nonzero(torn):,} of "
            f"{len(test):,} held-out images belong to the same subject, sequence or copies as an "
            "image of the other side."
        )


def group_folds(labels, groups, n_folds, *, seed=None):
    """Split images into stratified folds of whole groups.

    Parameters
    ----------
    labels : array-like of shape (n,)
        Classes.
    groups : array-like of shape (n,)
        Groups.
    n_folds : int
        2 or more, and at most the number of groups.
    seed : int, optional
        Seed of the shuffle; not shuffled by default.

    Returns
    -------
    folds : list of tuple of ndarray
        Indices of both sides of each fold. A class with fewer groups than folds is absent from some
        held-out parts.

    Raises
    ------
    ValueError
        If there are fewer groups than folds.
    """
    # Imported here, since predictions do not need it.
    from sklearn.model_selection import StratifiedGroupKFold

    splitter = StratifiedGroupKFold(n_folds, shuffle=seed is not None, random_state=seed)
    with warnings.catch_warnings():
        # Of classes with fewer members than folds.
        warnings.simplefilter("ignore", UserWarning)
        folds = list(splitter.split(np.zeros(len(labels)), labels, groups))
    for number, (train, test) in enumerate(folds):
        check_split(train, test, groups, what=f"fold {number}")
    return folds


def check_inner_splits(model, groups):
    """Raise LeakageError if a step of a model would tear groups apart in its own splits.

    Steps that take ``groups`` in ``fit`` keep them whole, if they get them: those that hold out
    images must be reached by :func:`~fer_classic.utils._groups.group_parameters`, whatever process
    or thread they will be fitted in. Of the others, folds (``cv``), early stopping and the
    probabilities of ``sklearn.svm.SVC`` are recognised by their parameters, also by those that a
    search would set.

    Parameters
    ----------
    model : estimator
        What an earlier fit has made of it is ignored.
    groups : array-like of shape (n,)
        Group of each training image.

    Raises
    ------
    LeakageError
        With the step, the numbers of images and groups, and what to do.
    """
    groups = np.asarray(groups)
    if len(np.unique(groups)) == len(groups):
        return
    parts = _unfrozen_parts(model)
    _check_parts(model, parts, groups)
    for part in parts:
        for search in _candidates(part):
            _check_parts(search, _unfrozen_parts(search), groups)


def _candidates(part):
    """Make of a search, for each candidate, a search that has no other."""
    for name in ("param_grid", "param_distributions"):
        for parameters in _settings(getattr(part, name, ())):
            search = copy(part)
            setattr(search, name, {})
            search.estimator = clone(part.estimator).set_params(**clone(parameters, safe=False))
            yield search


def _settings(grids):
    """List the parameters that a search would set; distributions switch nothing on."""
    # Imported here, since predictions do not need it.
    from sklearn.model_selection import ParameterGrid

    for grid in [grids] if isinstance(grids, Mapping) else grids:
        lists = {name: values for name, values in grid.items() if not hasattr(values, "rvs")}
        if len(ParameterGrid(lists)) <= _MAX_CANDIDATES:
            yield from ParameterGrid(lists)
            continue
        # Too many for all combinations, of which a search draws a few.
        first = {name: values[0] for name, values in lists.items()}
        yield from (first | {name: value} for name, values in lists.items() for value in values)


def _check_parts(model, parts, groups):
    reached = {id(part) for part in parts_with_groups(model)}
    for part in parts:
        if takes_groups(part):
            if id(part) not in reached and _holds_out(part):
                raise no_groups_error(type(part).__name__)
            continue
        problem, remedy = _own_split(part, groups)
        if problem:
            n_groups = len(np.unique(groups))
            raise LeakageError(
                f"{type(part).__name__} {problem} without regard to groups, but the "
                f"{len(groups):,} training images form {n_groups:,} groups (the same subject, "
                f"sequence or pixels), which would be on both sides; {remedy}."
            )


def _unfrozen_parts(model):
    """List the parts of a model that its next fit will fit."""
    parts = list(model_parts(model, fitted=False))
    frozen = [part for part in parts if isinstance(part, FrozenEstimator)]
    fixed = {id(inner) for part in frozen for inner in model_parts(part, fitted=False)}
    return [part for part in parts if id(part) not in fixed]


def _parameters(part):
    return part.get_params(deep=False) if hasattr(part, "get_params") else {}


def _holds_out(part):
    """Whether an estimator that takes groups needs them; that of others is not known, so yes."""
    parameters = _parameters(part)
    if "validation_fraction" in parameters:
        return parameters["validation_fraction"] is not None
    return getattr(part, "_holds_out", True)


def _own_split(part, groups):
    """Describe how an estimator tears groups apart, and what to do; two "" if it does not."""
    parameters = _parameters(part)
    stopping = parameters.get("early_stopping", parameters.get("n_iter_no_change") is not None)
    if stopping == "auto":
        stopping = len(groups) > _MAX_WITHOUT_EARLY_STOPPING
    if stopping and "validation_fraction" in parameters:
        return "holds out images for early stopping", "switch early stopping off"
    if parameters.get("probability") is True and _is_svm(part):
        return "calibrates its probabilities by folds", (
            "use probability=False, or fer_classic.classifiers.LeastSquaresSVC"
        )
    if "cv" in parameters and not _keeps_groups(part, parameters["cv"], groups):
        return f"has folds of its own (cv={parameters['cv']!r})", (
            "give a search cv=StratifiedGroupKFold(), and others a list: "
            "cv=list(StratifiedGroupKFold().split(images, names, groups))"
        )
    return "", ""


def _is_svm(part):
    return any(kind.__module__.startswith("sklearn.svm.") for kind in type(part).__mro__)


def _keeps_groups(part, cv, groups):
    """Whether folds keep groups whole; a list of folds is checked, fold by fold."""
    if isinstance(cv, str) or isinstance(getattr(part, "estimator", None), FrozenEstimator):
        return True
    if isinstance(cv, list | tuple):
        for number, (train, test) in enumerate(cv):
            check_split(train, test, groups, what=f"fold {number} of {type(part).__name__}")
        return True
    return is_group_splitter(cv)


def ignore_labels(steps):
    """Whether steps are known to ignore the labels, and to keep all rows.

    If the steps before a classifier do, what it says of rows that it has held out by itself is out
    of sample, although these steps were fitted on all rows.

    Parameters
    ----------
    steps : list of estimator, str or None

    Returns
    -------
    ignored : bool
        True for descriptors of this library, scikit-learn's scalers, decompositions and kernel
        approximations, pipelines and unions of these, and whatever is frozen. Of other classes,
        subclasses of these included, it cannot be known: tags tell only of some that use labels.
    """
    return all(
        _is_label_free(part)
        for step in steps
        if not (step is None or isinstance(step, str))  # "passthrough"
        for part in _unfrozen_parts(step)
    )


def _is_label_free(part):
    if type(part) in _label_free():
        return True
    fit, both = (_module(type(part), verb) for verb in ("fit", "fit_transform"))
    # A subclass of somebody else's may have its own, and learn from labels in it.
    return fit.startswith(_DESCRIPTORS) and both.startswith((*_DESCRIPTORS, "sklearn.base."))


def _module(kind, verb):
    return getattr(getattr(kind, verb, None), "__module__", "") + "."


@cache
def _label_free():
    """Return the classes of scikit-learn that ignore labels, or leave them to their parts."""
    # Imported here, since predictions do not need them.
    from sklearn import compose, decomposition, kernel_approximation, pipeline, preprocessing

    return frozenset(
        [
            compose.ColumnTransformer,
            decomposition.FastICA,
            decomposition.IncrementalPCA,
            decomposition.KernelPCA,
            decomposition.NMF,
            decomposition.PCA,
            decomposition.TruncatedSVD,
            kernel_approximation.Nystroem,
            kernel_approximation.RBFSampler,
            pipeline.FeatureUnion,
            pipeline.Pipeline,
            preprocessing.FunctionTransformer,
            preprocessing.MaxAbsScaler,
            preprocessing.MinMaxScaler,
            preprocessing.Normalizer,
            preprocessing.PowerTransformer,
            preprocessing.QuantileTransformer,
            preprocessing.RobustScaler,
            preprocessing.StandardScaler,
        ]
    )
