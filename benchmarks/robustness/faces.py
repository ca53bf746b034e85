"""The faces that models are measured on: FER2013's PublicTest and the drawn faces."""

from dataclasses import dataclass

import numpy as np
from sklearn.utils import Bunch

from fer_classic.datasets import dataset_digest, load_drawn_faces, load_fer2013
from fer_classic.evaluation import independent_units
from fer_classic.expressions import decode

__all__ = ["DATASETS", "Faces", "load_faces", "stratified", "take_faces"]

_PART = "PublicTest"


@dataclass(frozen=True, eq=False)
class Faces:
    """Labelled faces of a data set.

    Parameters
    ----------
    dataset : str
        Name of the data set.
    part : str or None
        The official part that the faces come from.
    digest : str
        Fingerprint of these faces.
    images : ndarray of shape (n, h, w), uint8
    labels : ndarray of shape (n,), str
        Class names.
    units : ndarray of shape (n,), int
        Independent units.
    positions : ndarray of shape (n,), int
        Where in the part the faces are; with the kind of disturbance, they seed the random numbers.
    """

    dataset: str
    part: str | None
    digest: str
    images: np.ndarray
    labels: np.ndarray
    units: np.ndarray
    positions: np.ndarray

    def of_classes(self, classes):
        """Keep the faces of some classes; the digest stays that of all faces."""
        kept = np.isin(self.labels, classes)
        parts = (self.images, self.labels, self.units, self.positions)
        return Faces(self.dataset, self.part, self.digest, *(values[kept] for values in parts))

    def __len__(self):
        return len(self.labels)


def _load_public_test(data_dir):
    return load_fer2013(data_dir, split=_PART)


_LOADERS = {"fer2013": (_load_public_test, _PART), "drawn": (load_drawn_faces, None)}

DATASETS = tuple(_LOADERS)
"""Names of the data sets."""


def load_faces(dataset, data_dir, n):
    """Load faces of a data set.

    Parameters
    ----------
    dataset : str
        One of :data:`DATASETS`.
    data_dir : path-like or None
        Where FER2013 is.
    n : int
        Load at most so many faces, with the classes in the proportions of the data set.

    Returns
    -------
    faces : Faces
        In the order of the data set.

    Raises
    ------
    DataNotFoundError, DataFormatError
        If the data set is not found or is damaged.
    """
    load, part = _LOADERS[dataset]
    bunch = load(data_dir)
    return take_faces(bunch, stratified(bunch.target, n), part=part)


def take_faces(bunch, positions, *, part):
    """Take some faces of a data set.

    Parameters
    ----------
    bunch : Bunch
        The data set.
    positions : ndarray of int
        Indices of the faces.
    part : str or None
        What the faces are of the data set.

    Returns
    -------
    faces : Faces
        In the order of ``positions``.
    """
    columns = {
        name: None if bunch[name] is None else bunch[name][positions]
        for name in ("images", "target", "subjects", "sequences", "split", "duplicates")
    }
    chosen = Bunch(target_names=bunch.target_names, **columns)
    return Faces(
        dataset=bunch.name,
        part=part,
        digest=dataset_digest(chosen),
        images=chosen.images,
        labels=decode(chosen.target, chosen.target_names),
        units=independent_units(chosen),
        positions=positions,
    )


def stratified(target, n, *, seed=0):
    """Draw a random subset with the proportions of the classes.

    Parameters
    ----------
    target : ndarray of shape (n_items,), int
        Class codes.
    n : int
        Number of items to draw, at least 1; from ``n_items`` on, all are taken.
    seed : int, default=0
        Seed of the draw.

    Returns
    -------
    positions : ndarray of int
        Ascending. A smaller subset is part of a larger one.
    """
    rng = np.random.default_rng(seed)
    places = np.empty(len(target))
    # The items of each class are spread evenly over 0-1, and the first n of all are taken.
    for code in np.unique(target):
        of_class = rng.permutation(np.flatnonzero(target == code))
        places[of_class] = (np.arange(len(of_class)) + rng.random()) / len(of_class)
    return np.sort(np.argsort(places, kind="stable")[:n])
