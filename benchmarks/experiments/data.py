"""What is fitted and scored: images or features, with labels and independent units."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from sklearn.utils import Bunch

from fer_classic.datasets import dataset_digest, near_twins
from fer_classic.evaluation import independent_units
from fer_classic.expressions import decode

__all__ = ["Data"]


@dataclass(eq=False)
class Data:
    """The items of a data set, or of a part of it.

    Parameters
    ----------
    name, digest : str
        Name of the data set and fingerprint of its content.
    values : ndarray of shape (n, ...)
        What a model takes: images, or the features that the shared steps made of them.
    labels : ndarray of shape (n,), str
        Class names.
    units : ndarray of shape (n,), int
        Independent units.
    positions : ndarray of shape (n,), int
        Where in the data set the items are, ascending.
    bunch : Bunch, optional
        The data set; worker processes do not get it.
    permuted : int, optional
        Seed by which the labels were permuted; None for the labels of the data set.
    """

    name: str
    digest: str
    values: np.ndarray
    labels: np.ndarray
    units: np.ndarray
    positions: np.ndarray
    bunch: Any = None
    permuted: int | None = None

    @classmethod
    def of(cls, bunch):
        """Take all items of a data set.

        Parameters
        ----------
        bunch : Bunch

        Returns
        -------
        data : Data
        """
        return cls(
            name=bunch.name,
            digest=dataset_digest(bunch),
            values=bunch.images,
            labels=decode(bunch.target, bunch.target_names),
            units=independent_units(bunch),
            positions=np.arange(len(bunch.target)),
            bunch=bunch,
        )

    def with_permuted_labels(self, seed):
        """Permute the labels, so that nothing can be learned that holds for other units.

        Images of one unit that share a label still share one: they are one item of the permutation.
        Where such images are on both sides of a fold, their labels can be recognised, and the
        accuracy is above chance.

        Parameters
        ----------
        seed : int
            Seed of the permutation.

        Returns
        -------
        data : Data
            The whole data set, with its digest.
        """
        pairs = np.stack([self.units, self.bunch.target])
        _, first, item = np.unique(pairs, axis=1, return_index=True, return_inverse=True)
        labels = np.random.default_rng(seed).permutation(self.bunch.target[first])
        target = labels[item.ravel()]
        return replace(
            self,
            labels=decode(target, self.bunch.target_names),
            bunch=Bunch(**(dict(self.bunch) | {"target": target})),
            permuted=seed,
        )

    def at(self, positions):
        """Take some of the items.

        Parameters
        ----------
        positions : ndarray of int
            Positions in the data set, all of them among those of the items.

        Returns
        -------
        data : Data
            In the order of ``positions``, without the data set.
        """
        rows = np.searchsorted(self.positions, positions)
        return replace(
            self,
            values=self.values[rows],
            labels=self.labels[rows],
            units=self.units[rows],
            positions=positions,
            bunch=None,
        )

    def with_values(self, values):
        """Put features in the place of the images; the data set is left out."""
        return replace(self, values=values, bunch=None)

    def __len__(self):
        return len(self.labels)

    @cached_property
    def twin_correlation(self):
        """How near each test image comes to a training image; None without an official split."""
        return None if self.bunch.split is None else near_twins(self.bunch)
