"""Splits of images into two parts: made here, and checked for images that depend on each other.

All splits inside a fit (search, calibration, early stopping, fusion) go through this module. A test
of the imports keeps scikit-learn's splitters out of the others.
"""

import warnings

import numpy as np
from sklearn.frozen import FrozenEstimator
from sklearn.utils.validation import has_fit_parameter

from fer_classic.exceptions import LeakageError
from fer_classic.utils._groups import is_group_splitter
from fer_classic.utils._parts import model_parts

__all__ = ["check_inner_splits", "check_split", "group_folds"]

# Up to here, scikit-learn's early_stopping="auto" means False.
_MOST_WITHOUT_EARLY_STOPPING = 10_000


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

    Steps that take ``groups`` in ``fit`` keep them whole. Of the others, folds (``cv``), early
    stopping and the probabilities of ``sklearn.svm.SVC`` are recognised by their parameters.

    Parameters
    ----------
    model : estimator
        Unfitted.
    groups : array-like of shape (n,)
        Group of each training image.

    Raises
    ------
    LeakageError
        With the step, the numbers of images and groups, and what to do.
    """
    groups = np.asarray(groups)
    n_groups = len(np.unique(groups))
    if n_groups == len(groups):
        return
    parts = list(model_parts(model))
    frozen = [part for part in parts if isinstance(part, FrozenEstimator)]
    fixed = {id(inner) for part in frozen for inner in model_parts(part)}
    for part in parts:
        if id(part) in fixed or has_fit_parameter(part, "groups"):
            continue
        problem, remedy = _own_split(part, groups)
        if problem:
            raise LeakageError(
                f"{type(part).__name__} {problem} without regard to groups, but the "
                f"{len(groups):,} training images form {n_groups:,} groups (the same subject, "
                f"sequence or pixels), which would be on both sides; {remedy}."
            )


def _own_split(part, groups):
    """Describe how an estimator tears groups apart, and what to do; two "" if it does not."""
    parameters = part.get_params(deep=False) if hasattr(part, "get_params") else {}
    stopping = parameters.get("early_stopping", parameters.get("n_iter_no_change") is not None)
    if stopping == "auto":
        stopping = len(groups) > _MOST_WITHOUT_EARLY_STOPPING
    if stopping and "validation_fraction" in parameters:
        return "holds out images for early stopping", "switch early stopping off"
    if parameters.get("probability") is True and type(part).__module__.startswith("sklearn.svm"):
        return "calibrates its probabilities by folds", (
            "use probability=False, or fer_classic.classifiers.LeastSquaresSVC"
        )
    if "cv" in parameters and not _keeps_groups(part, parameters["cv"], groups):
        return f"has folds of its own (cv={parameters['cv']!r})", (
            "give a search cv=StratifiedGroupKFold(), and others a list: "
            "cv=list(StratifiedGroupKFold().split(images, names, groups))"
        )
    return "", ""


def _keeps_groups(part, cv, groups):
    """Whether folds keep groups whole; a list of folds is checked, fold by fold."""
    if isinstance(cv, str) or isinstance(getattr(part, "estimator", None), FrozenEstimator):
        return True
    if isinstance(cv, list | tuple):
        for number, (train, test) in enumerate(cv):
            check_split(train, test, groups, what=f"fold {number} of {type(part).__name__}")
        return True
    return is_group_splitter(cv)
