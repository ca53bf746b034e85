"""The part of a data set that candidates are compared on."""

from dataclasses import dataclass
from warnings import catch_warnings, simplefilter

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from fer_classic.datasets import audit, dataset_digest
from fer_classic.evaluation import independent_units
from fer_classic.exceptions import ProtocolError
from fer_classic.expressions import decode

__all__ = ["Part", "take_part"]

_TRAINING = "Training"
# Images whose pixels correlate from here on do not count as independent.
_NEAR = 0.9


@dataclass
class Part:
    """The part of a data set that candidates are compared on.

    Parameters
    ----------
    images, labels, units : ndarray
        Of its items.
    folds : list of (train, test)
        Positions in it.
    base : dict
        What the lines of all candidates share.
    """

    images: np.ndarray
    labels: np.ndarray
    units: np.ndarray
    folds: list
    base: dict


def take_part(bunch, *, n_items, n_folds, seed):
    """Draw whole units of the training part, and split them into folds.

    Parameters
    ----------
    bunch : Bunch
        A data set; where it has an official split, its Training is taken.
    n_items : int or None
        About so many items; None takes all.
    n_folds, seed : int
        Of the shuffled, stratified folds of whole units.

    Returns
    -------
    part : Part

    Raises
    ------
    ProtocolError
        If it cannot be split so.
    """
    units = _units(bunch)
    allowed = np.ones(len(units), bool)
    if bunch.split is not None:
        allowed = np.asarray(bunch.split) == _TRAINING
        # A unit that reaches into a test part is left out: its label must not be seen here.
        allowed &= ~np.isin(units, units[~allowed])
    order = np.random.default_rng(seed).permutation(np.unique(units[allowed]))
    sizes = np.bincount(units)[order]
    last = len(order) if n_items is None else np.searchsorted(np.cumsum(sizes), n_items) + 1
    rows = np.flatnonzero(np.isin(units, order[:last]) & allowed)
    labels = decode(bunch.target[rows], bunch.target_names)
    n_units = len(np.unique(units[rows]))
    if n_units < n_folds:
        raise ProtocolError(
            f"{n_folds} folds need as many independent parts, and {len(rows)} images of "
            f"{bunch.name} have {n_units}; take more images (--n) or fewer folds (--folds)."
        )
    folds = _split(bunch.name, labels, units[rows], n_folds, seed)
    base = {
        "dataset": bunch.name,
        "digest": dataset_digest(bunch),
        "n_items": len(rows),
        "n_folds": n_folds,
        "seed": seed,
    }
    return Part(bunch.images[rows], labels, units[rows], folds, base)


def _split(name, labels, units, n_folds, seed):
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


def _units(bunch):
    """Independent units, joined where images are nearly identical."""
    units = independent_units(bunch)
    (near,) = audit(bunch, near=_NEAR).near
    for members in near.members:
        units[np.isin(units, units[members])] = units[members[0]]
    return np.unique(units, return_inverse=True)[1]
