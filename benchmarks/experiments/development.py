"""The protocol ``development``: folds of a part of the training images, to choose parameters on."""

from dataclasses import replace
from warnings import catch_warnings, simplefilter

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from fer_classic.datasets import audit
from fer_classic.evaluation import Fold
from fer_classic.exceptions import ProtocolError

__all__ = ["DEVELOPMENT", "development_folds"]

DEVELOPMENT = "development"
"""Name of the protocol."""

_TRAINING = "Training"
# Images whose pixels correlate from here on do not count as independent.
_NEAR = 0.9


def development_folds(data, *, n_items, n_folds, seed):
    """Draw whole units of the training part, and split them into folds.

    Parameters
    ----------
    data : Data
        A whole data set; where it has an official split, its Training is taken.
    n_items : int or None
        About so many items; None takes all.
    n_folds, seed : int
        Of the shuffled, stratified folds of whole units.

    Returns
    -------
    folds : list of Fold
        Positions in the data set.
    data : Data
        The data set, with units that hold nearly identical images together.

    Raises
    ------
    ProtocolError
        If it cannot be split so.
    """
    units, split = _units(data), data.bunch.split
    allowed = np.ones(len(units), bool)
    if split is not None:
        allowed = np.asarray(split) == _TRAINING
        # A unit that reaches into a test part is left out: its label must not be seen here.
        allowed &= ~np.isin(units, units[~allowed])
    order = np.random.default_rng(seed).permutation(np.unique(units[allowed]))
    sizes = np.bincount(units)[order]
    last = len(order) if n_items is None else np.searchsorted(np.cumsum(sizes), n_items) + 1
    drawn = np.flatnonzero(np.isin(units, order[:last]) & allowed)
    n_units = len(np.unique(units[drawn]))
    if n_units < n_folds:
        raise ProtocolError(
            f"{n_folds} folds need as many independent parts, and {len(drawn)} images of "
            f"{data.name} have {n_units}; take more images (--n) or fewer folds (--folds)."
        )
    splits = _split(data.name, data.labels[drawn], units[drawn], n_folds, seed)
    folds = [Fold(k, drawn[train], drawn[test]) for k, (train, test) in enumerate(splits)]
    return folds, replace(data, units=units)


def _split(name, labels, units, n_folds, seed):
    if n_folds < 2:
        raise ProtocolError(f"the number of folds must be at least 2, got {n_folds}.")
    splitter = StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed)
    with catch_warnings():
        # A class with fewer members than folds is absent from some test parts.
        simplefilter("ignore", UserWarning)
        try:
            folds = list(splitter.split(labels, labels, units))
        except ValueError as error:
            raise ProtocolError(
                f"{len(labels)} images of {name}, split in {n_folds} folds: {error}"
            ) from error
    if not all(len(train) and len(test) for train, test in folds):
        raise ProtocolError(
            f"{len(labels)} images of {name} give an empty part when split in {n_folds} folds; "
            "take more images (--n) or fewer folds (--folds)."
        )
    return folds


def _units(data):
    """Independent units, joined where images are nearly identical."""
    units = data.units.copy()
    (near,) = audit(data.bunch, near=_NEAR).near
    for members in near.members:
        units[np.isin(units, units[members])] = units[members[0]]
    return np.unique(units, return_inverse=True)[1]
