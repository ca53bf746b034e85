"""Dense SIFT descriptors of several sizes, reduced by PCA."""

from numbers import Integral, Real

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils.random import sample_without_replacement

from fer_classic.base import LearnedDescriptor
from fer_classic.features._chunks import unit_chunks
from fer_classic.features._directions import principal_directions
from fer_classic.features._sift import (
    N_DIRECTIONS,
    PIXELS,
    check_places,
    directions_of,
    lattice,
    mirrored_order,
    sift_columns,
)
from fer_classic.features._windows import check_windows
from fer_classic.utils._validation import Interval

__all__ = ["ReducedSIFT"]

# Added to the variances before whitening, as a fraction of the mean square of a descriptor's
# values (descriptors have unit length).
_OFFSET = 0.01


class ReducedSIFT(LearnedDescriptor):
    """Base class of encodings of dense SIFT descriptors with learned dimensionality reduction.

    A subclass has the parameters below and ``image_shape``, and implements
    ``_learn_words(vectors, random_state)``, which receives reduced descriptors as rows, and the
    methods of :class:`ImageDescriptor`. ``_reduced(images)`` yields the reduced descriptors.
    """

    _parameter_constraints = {
        "bin_sizes": [tuple, list],
        "stride": [PIXELS],
        "bins": [tuple, list],
        "n_components": [Interval(Integral, 1, None, closed="left")],
        "n_words": [Interval(Integral, 1, None, closed="left")],
        "grids": [tuple, list],
        "overlap": [Interval(Real, 0, 1, closed="both")],
        "mirror": ["boolean"],
        "n_descriptors": [Interval(Integral, 1, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
        "image_shape": [tuple, list, None],
    }

    def _settings(self):
        """Return the settings of the descriptors, one for each bin size."""
        bins = tuple(self.bins)
        return [{"bin_size": size, "stride": self.stride, "bins": bins} for size in self.bin_sizes]

    def _lattices(self, shape):
        """Return the numbers of rows and columns of places, one pair for each bin size."""
        return [lattice(shape, **settings) for settings in self._settings()]

    def _check_size(self, height, width):
        name, shape = type(self).__name__, (height, width)
        if not self.bin_sizes or not all(map(PIXELS.is_satisfied_by, self.bin_sizes)):
            raise ValueError(
                f"{name}: bin_sizes must be one or more integers of at least 1 and at most "
                f"{PIXELS.right} pixels, got {self.bin_sizes!r}."
            )
        for size in self.bin_sizes:
            check_places(*shape, bin_size=size, bins=self.bins, name=name)
        if not self.grids or not all(isinstance(grid, tuple | list) for grid in self.grids):
            raise ValueError(
                f"{name}: grids must be one or more pairs, such as ((6, 6),), got {self.grids!r}."
            )
        for grid in self.grids:
            for places in self._lattices(shape):
                check_windows(grid, places, name=name)
        n_numbers = N_DIRECTIONS * self.bins[0] * self.bins[1]
        if self.n_components > n_numbers:
            raise ValueError(
                f"{name}: n_components={self.n_components} exceeds the length {n_numbers} of a "
                f"descriptor with bins={tuple(self.bins)}; use at most {n_numbers}."
            )

    def _described(self, images):
        """Yield a slice of the images and their descriptors, chunk by chunk.

        Descriptors have shape ``(n_in_chunk, n_numbers, n_places)``, one array for each bin size.
        """
        for chunk, units in unit_chunks(images, N_DIRECTIONS * self.n_features_in_):
            directions = directions_of(units)
            yield chunk, [sift_columns(directions, **settings) for settings in self._settings()]

    def _reduced(self, images):
        """Yield a slice of the images and their reduced descriptors, chunk by chunk.

        Arrays have shape ``(n_in_chunk, 1 + n_components, n_places)``, one for each bin size; each
        column starts with a 1. Descriptors of flat places are zero.
        """
        for chunk, sizes in self._described(images):
            yield chunk, [self._reduce(columns) for columns in sizes]

    def _reduce(self, columns):
        n_images, _, n_places = columns.shape
        vectors = np.empty((n_images, 1 + len(self.components_), n_places), dtype=np.float32)
        # The values are not negative, so that their sum is 0 where the image is flat.
        sums_and_directions = np.vstack([np.ones_like(self.mean_), self.components_])
        np.matmul(sums_and_directions, columns, out=vectors)
        middle = self.components_ @ self.mean_
        vectors[:, 1:] -= middle[:, np.newaxis] * (vectors[:, :1] > 0)
        vectors[:, 0] = 1
        return vectors

    def _learn(self, images):
        random_state = check_random_state(self.random_state)
        descriptors = self._draw(images, random_state)
        order = mirrored_order(self.bins) if self.mirror else None
        mean = descriptors.mean(axis=0, dtype=np.float64)
        if self.mirror:
            mean = (mean + mean[order]) / 2
        moments = np.float64(descriptors.T @ descriptors) / len(descriptors)
        variances, directions, parity = principal_directions(moments - np.outer(mean, mean), order)
        # Directions whose variance is only rounding error are set to zero; whitening would amplify
        # their noise.
        rounding = len(moments) * np.finfo(np.float32).eps * np.trace(moments)
        directions[variances <= rounding] = 0
        # Even directions stay before odd ones, as in principal_directions.
        kept = np.sort(np.argsort(-variances, kind="stable")[: self.n_components])
        deviations = np.sqrt(variances + _OFFSET / len(variances))
        self.components_ = np.float32(directions[kept] / deviations[kept, np.newaxis])
        self.mean_, self.parity_ = np.float32(mean), parity[kept]
        self._learn_words((descriptors - self.mean_) @ self.components_.T, random_state)

    def _draw(self, images, random_state):
        """Sample descriptors as rows, without those of flat places."""
        n_places = sum(rows * columns for rows, columns in self._lattices(images.shape[1:]))
        total = len(images) * n_places
        n_drawn = min(total, self.n_descriptors)
        chosen = np.sort(sample_without_replacement(total, n_drawn, random_state=random_state))
        ends = np.searchsorted(chosen, np.arange(1, len(images)) * n_places)
        every = (
            sizes for _, arrays in self._described(images) for sizes in zip(*arrays, strict=True)
        )
        rows = [
            np.hstack(sizes).T[places % n_places]
            for sizes, places in zip(every, np.split(chosen, ends), strict=True)
        ]
        descriptors = np.concatenate(rows)
        descriptors = descriptors[descriptors.any(axis=1)]
        if len(descriptors) < self.n_words:
            raise ValueError(
                f"{type(self).__name__}: n_words={self.n_words} words cannot be learned from "
                f"{len(descriptors)} descriptors of places that are not flat ({n_drawn} of {total} "
                f"places in n_samples={len(images)} images of n_features={self.n_features_in_} "
                "pixels were drawn); use fewer words, more images or a larger n_descriptors."
            )
        return descriptors
