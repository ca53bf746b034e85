"""Fisher vectors of dense SIFT descriptors."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from fer_classic.features._cells import cell_names
from fer_classic.features._reduced_sift import ReducedSIFT
from fer_classic.features._spherical import scale_to_unit
from fer_classic.features._windows import windows

__all__ = ["FisherVectors"]


class _Windows:
    """The places of each window, in lattices that follow each other.

    Parameters
    ----------
    lattices : sequence of tuples of two int
        Rows and columns of places.
    grids : sequence of tuples of two int
        Rows and columns of windows.
    overlap : float
        Enlargement of each window, as a fraction of its size without overlap.

    Attributes
    ----------
    places : list of ndarray of int
        Positions of the places of each window, ordered by grid, then row by row.
    shares : list of ndarray of shape (n_places, 1), float32
        Their weights in the average over the places of a lattice, then over the lattices.
    mirrored : list of int
        For each window, the one that has its place in the mirrored image.
    """

    def __init__(self, lattices, grids, overlap):
        self.places, self.shares, self.mirrored = [], [], []
        starts = np.cumsum([0, *(rows * columns for rows, columns in lattices)])
        for grid in grids:
            order = len(self.places) + np.arange(grid[0] * grid[1]).reshape(grid)
            self.mirrored += order[:, ::-1].ravel().tolist()
            positions = [
                _positions(lattice, grid, overlap, start)
                for lattice, start in zip(lattices, starts[:-1], strict=True)
            ]
            for parts in zip(*positions, strict=True):
                shares = [np.full(part.size, 1 / part.size, np.float32) for part in parts]
                self.places.append(np.concatenate(parts))
                self.shares.append(np.concatenate(shares)[:, np.newaxis] / len(lattices))


def _positions(lattice, grid, overlap, start):
    """Positions of the places of each window in a lattice that begins at a position."""
    rows, columns = (
        [np.arange(*window) for window in windows(length, count, overlap)]
        for length, count in zip(lattice, grid, strict=True)
    )
    numbers = start + np.arange(lattice[0] * lattice[1]).reshape(lattice)
    return [numbers[np.ix_(row, column)].ravel() for row in rows for column in columns]


class FisherVectors(ReducedSIFT):
    """Fisher vectors of dense SIFT descriptors, one for each window.

    ``fit`` learns the Gaussian mixture from unlabelled images.

    Parameters
    ----------
    bin_sizes : tuple of int, default=(3, 5, 7)
        Bin sizes of the descriptors, in pixels; features are averages over the sizes.
    stride : int, default=3
        Pixels between descriptors.
    bins : tuple of two int, default=(4, 4)
        Rows and columns of bins of a descriptor.
    n_components : int, default=64
        Number of principal components of the descriptors.
    n_words : int, default=16
        Number of Gaussians in the mixture.
    grids : tuple of tuples of two int, default=((3, 3),)
        Rows and columns of windows; ``((1, 1), (2, 2), (4, 4))`` is a spatial pyramid.
    overlap : float, default=1.0
        Enlargement of each window, as a fraction of its size without overlap; in [0, 1].
    improved : bool, default=True
        Whether to take signed square roots and to scale the features of each face to unit length.
    mirror : bool, default=True
        Whether Fisher vectors are averages over the face and its mirror image.
    n_descriptors : int, default=50_000
        Number of random descriptors to learn from.
    max_iter : int, default=50
        Maximum number of EM iterations.
    random_state : int, RandomState instance or None, default=None
        Samples the descriptors and the initial means; pass an int for reproducible results.
    image_shape : tuple of two int, optional
        ``(h, w)`` of the images in flat rows; None takes batches ``(n, h, w)``.

    Attributes
    ----------
    mean_ : ndarray of shape (n_numbers,), float32
        Mean descriptor.
    components_ : ndarray of shape (n_components, n_numbers), float32
        Principal directions of the descriptors, divided by the standard deviations along them.
    parity_ : ndarray of shape (n_components,), int
        1 for directions that are invariant under mirroring, -1 for those that change sign; all 1
        without ``mirror``.
    weights_ : ndarray of shape (n_words,), float32
        Weight of each Gaussian.
    means_, variances_ : ndarray of shape (n_words, n_components), float32
        Mean and variance of each Gaussian along each direction.
    n_iter_ : int
        Number of EM iterations.
    image_shape_ : tuple of two int
        Size of the images seen in ``fit``.
    n_features_in_ : int
        Number of pixels of one image.

    See Also
    --------
    skimage.feature.fisher_vector : the same for one window.
    BagOfVisualWords : descriptors encoded by their responses to words.

    Notes
    -----
    Features are named ``fisher3x3_r2c1_w07_weight``, ``..._mean12`` and ``..._variance12``: grid of
    3 x 3 windows, window in row 2 and column 1, Gaussian 7, principal direction 12. With
    ``mirror``, a face and its mirror image have the same features.

    References
    ----------
    Perronnin, Sánchez, Mensink: Improving the Fisher kernel for large-scale image classification.
    ECCV 2010.

    Examples
    --------
    >>> import numpy as np
    >>> from fer_classic.features import FisherVectors
    >>> faces = np.random.default_rng(0).integers(0, 256, (3, 48, 48), dtype=np.uint8)
    >>> FisherVectors(n_words=4, n_components=10, random_state=0).fit_transform(faces).shape
    (3, 756)
    """

    _parameter_constraints = {**ReducedSIFT._parameter_constraints, "improved": ["boolean"]}

    def __init__(
        self,
        *,
        bin_sizes=(3, 5, 7),
        stride=3,
        bins=(4, 4),
        n_components=64,
        n_words=16,
        grids=((3, 3),),
        overlap=1.0,
        improved=True,
        mirror=True,
        n_descriptors=50_000,
        max_iter=50,
        random_state=None,
        image_shape=None,
    ):
        self.bin_sizes = bin_sizes
        self.stride = stride
        self.bins = bins
        self.n_components = n_components
        self.n_words = n_words
        self.grids = grids
        self.overlap = overlap
        self.improved = improved
        self.mirror = mirror
        self.n_descriptors = n_descriptors
        self.max_iter = max_iter
        self.random_state = random_state
        self.image_shape = image_shape

    def _learn_words(self, vectors, random_state):
        mixture = GaussianMixture(
            self.n_words,
            covariance_type="diag",
            max_iter=self.max_iter,
            random_state=random_state,
        )
        with warnings.catch_warnings():
            # A mixture that has not fully converged describes faces equally well.
            warnings.simplefilter("ignore", ConvergenceWarning)
            try:
                mixture.fit(vectors)
            except ValueError:
                raise ValueError(
                    f"FisherVectors: {self.n_words} Gaussians (n_words) cannot be fitted to "
                    f"{len(np.unique(vectors, axis=0))} distinct descriptors; use fewer words or "
                    "more varied images."
                ) from None
        self.n_iter_ = mixture.n_iter_
        self.weights_ = mixture.weights_.astype(np.float32)
        self.means_ = mixture.means_.astype(np.float32)
        self.variances_ = mixture.covariances_.astype(np.float32)

    def _transform_images(self, images):
        layout = _Windows(self._lattices(images.shape[1:]), self.grids, self.overlap)
        n_numbers = self.n_words * (1 + 2 * self.n_components)
        out = np.empty((len(images), len(layout.places), n_numbers), dtype=np.float32)
        for chunk, sizes in self._reduced(images):
            features = out[chunk]
            self._put_gradients(self._moments(np.concatenate(sizes, axis=2), layout), features)
            if self.improved:
                np.copysign(np.sqrt(np.abs(features)), features, out=features)
                scale_to_unit(features.reshape(len(features), -1))
        return out.reshape(len(images), -1)

    def _moments(self, vectors, layout):
        """Return the mean moments by window and Gaussian, ``(n, n_windows, n_words, 1 + 2 p)``.

        Moments of the vectors of all places, weighted by the probability of the Gaussian: the
        probabilities, and their products with the vectors and with the squared vectors.
        """
        powers = np.concatenate([vectors, vectors[:, 1:] ** 2], axis=1)
        weights = self._probabilities(powers)
        # One place per row, so that those of a window are copied quickly.
        weights, powers = (
            np.ascontiguousarray(array.swapaxes(1, 2)) for array in (weights, powers)
        )
        signs = np.ones(powers.shape[2], dtype=np.float32)
        signs[1 : 1 + self.n_components] = self.parity_
        moments = np.zeros(
            (len(powers), len(layout.places), self.n_words, powers.shape[2]), dtype=np.float32
        )
        for image, window_moments in enumerate(moments):
            for window, places in enumerate(layout.places):
                window_weights = weights[image].take(places, axis=0)
                window_weights *= layout.shares[window]
                views = window_weights.T @ powers[image].take(places, axis=0)
                window_moments[window] += views[: self.n_words]
                if self.mirror:
                    window_moments[layout.mirrored[window]] += signs * views[self.n_words :]
        if self.mirror:
            moments /= 2
        return moments

    def _probabilities(self, powers):
        """Return the probability of each Gaussian by place, ``(n, n_words, n_places)``.

        With ``mirror``, those of the places of the mirrored face follow, ``2 * n_words`` in all.
        """
        precisions = 1 / self.variances_
        constants = np.log(self.weights_) + 0.5 * np.log(precisions).sum(axis=1)
        constants -= 0.5 * (self.means_**2 * precisions).sum(axis=1)
        views = [np.abs(self.parity_), self.parity_] if self.mirror else [np.abs(self.parity_)]
        coefficients = [
            np.column_stack([constants, self.means_ * precisions * signs, -0.5 * precisions])
            for signs in views
        ]
        logs = np.float32(coefficients).reshape(-1, powers.shape[1]) @ powers
        by_view = logs.reshape(len(powers), len(views), self.n_words, -1)
        by_view -= by_view.max(axis=2, keepdims=True)
        np.exp(by_view, out=by_view)
        by_view /= by_view.sum(axis=2, keepdims=True)
        return logs

    def _put_gradients(self, moments, out):
        """Put the normalised gradients of the mean log-likelihood into ``(n, n_windows, ...)``.

        By the weights of all Gaussians, then by their means, then by their variances.
        """
        total, first, second = np.split(moments, [1, 1 + self.n_components], axis=3)
        by_weight, by_mean, by_variance = np.split(
            out, [self.n_words, self.n_words * (1 + self.n_components)], axis=2
        )
        by_mean, by_variance = (part.reshape(first.shape) for part in (by_mean, by_variance))
        weights, means, variances = self.weights_[:, np.newaxis], self.means_, self.variances_
        # Shares are renormalised, so that that of a single Gaussian is exactly 1; the square root
        # of improved features would otherwise magnify its rounding error.
        shares = total / total.sum(axis=2, keepdims=True)
        by_weight[...] = ((shares - weights) / np.sqrt(weights))[..., 0]
        scales = 1 / np.sqrt(weights * variances)
        np.multiply(first, scales, out=by_mean)
        by_mean -= total * (means * scales)
        scales = 1 / (np.sqrt(2 * weights) * variances)
        np.multiply(first, 2 * means * scales, out=by_variance)
        by_variance -= second * scales
        by_variance += total * ((variances - means**2) * scales)

    def _feature_names(self, height, width):
        words = [f"w{word:02d}" for word in range(self.n_words)]
        endings = [f"{word}_weight" for word in words] + [
            f"{word}_{kind}{component:02d}"
            for kind in ("mean", "variance")
            for word in words
            for component in range(self.n_components)
        ]
        return [
            f"fisher{rows}x{columns}_{window}_{ending}"
            for rows, columns in self.grids
            for window in cell_names((rows, columns))
            for ending in endings
        ]
