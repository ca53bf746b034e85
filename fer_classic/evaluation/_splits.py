"""Shuffled, stratified folds."""

from warnings import catch_warnings, simplefilter

import numpy as np
from sklearn.model_selection import StratifiedKFold

from fer_classic.exceptions import ProtocolError
from fer_classic.utils._splits import group_folds

__all__ = ["split_groups", "split_items"]


def split_groups(labels, groups, *, n_folds, seed, of="the data"):
    """Split items into folds of whole groups.

    Parameters
    ----------
    labels : ndarray of shape (n,)
        Classes, for the stratification.
    groups : ndarray of shape (n,)
        Group of each item.
    n_folds, seed : int
        Number of folds, and seed of the shuffle.
    of : str, default="the data"
        Name of the data set, for messages.

    Returns
    -------
    parts : list of tuple of ndarray
        Indices of the training and of the test part of each fold.

    Raises
    ------
    ProtocolError
        If there are fewer groups than folds, or a part is empty.
    """
    _check(n_folds, len(np.unique(groups)), "independent units", of)
    return _folds(lambda: group_folds(labels, groups, n_folds, seed=seed), n_folds, of)


def split_items(labels, *, n_folds, seed, of="the data"):
    """Split single items into folds; see :func:`split_groups`."""
    _check(n_folds, len(labels), "images", of)
    splitter = StratifiedKFold(n_folds, shuffle=True, random_state=seed)

    def split():
        with catch_warnings():
            # Of classes with fewer members than folds, as in group_folds.
            simplefilter("ignore", UserWarning)
            return list(splitter.split(np.zeros(len(labels)), labels))

    return _folds(split, n_folds, of)


def _check(n_folds, available, what, of):
    if n_folds < 2:
        raise ProtocolError(f"the number of folds must be at least 2, got {n_folds}.")
    if available < n_folds:
        raise ProtocolError(
            f"{n_folds} folds need as many independent parts, but there are only {available} "
            f"{what} of {of}; use at most {available} folds."
        )


def _folds(split, n_folds, of):
    """Make folds; those that cannot be made, or are empty, are a ProtocolError."""
    try:
        parts = split()
    except ValueError as error:
        raise ProtocolError(f"{of}, split in {n_folds} folds: {error}") from error
    if any(len(train) == 0 or len(test) == 0 for train, test in parts):
        raise ProtocolError(
            f"{of} has an empty part when split in {n_folds} folds; use fewer folds."
        )
    return parts
