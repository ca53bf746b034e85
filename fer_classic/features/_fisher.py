"""Fisher vectors of dense SIFT descriptors."""

import warnings
from itertools import pairwise

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from fer_classic.features._cells import cell_names
from fer_classic.features._reduced_sift import ReducedSIFT
from fer_classic.features._spherical import scale_to_unit
from fer_classic.features._windows import window_averages, window_cuts, windows

__all__ = ["FisherVectors"]


class _Windows:
    """Averages of products over the windows of a lattice, for a chunk of images.

    Parameters
    ----------
    lattice : tuple of two int
        Rows and columns of places.
    grids : sequence of tuples of two int
        Rows and columns of windows.
    overlap : float
        Enlargement of each window, as a fraction of its size without overlap.
    """

    def __init__(self, lattice, grids, overlap):
        rows = [windows(lattice[0], grid[0], overlap) for grid in grids]
        columns = [windows(lattice[1], grid[1], overlap) for grid in grids]
        down, across = window_cuts(rows), window_cuts(columns)
        self._tiles = [
            (slice(*high), slice(*wide)) for high in pairwise(down) for wide in pairwise(across)
        ]
        self._down = [window_averages(high, down) for high in rows]
        self._across = [window_averages(wide, across) for wide in columns]

    def __call__(self, weights, powers):
        """Average ``outer(weights, powers)`` over the places of each window.

        Parameters
        ----------
        weights : ndarray of shape (n, rows, columns, a), float32
        powers : ndarray of shape (n, rows, columns, b), float32

        Returns
        -------
        averages : list of ndarray of shape (rows, columns of windows, n, a, b), float32
            One for each grid.
        """
        shape = len(weights), weights.shape[-1], powers.shape[-1]
        # One sum per tile; overlapping windows share tiles.
        sums = np.empty((len(self._tiles), *shape), dtype=np.float32)
        for tile, out in zip(self._tiles, sums, strict=True):
            first = weights[:, *tile].reshape(shape[0], -1, shape[1])
            second = powers[:, *tile].reshape(shape[0], -1, shape[2])
            np.matmul(first.swapaxes(1, 2), second, out=out)
        averages = []
        for down, across in zip(self._down, self._across, strict=True):
            by_row = down @ sums.reshape(down.shape[1], -1)
            both = across @ by_row.reshape(len(down), across.shape[1], -1)
            averages.append(both.reshape(len(down), len(across), *shape))
        return averages


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
        lattices = self._lattices(images.shape[1:])
        averages = [_Windows(lattice, self.grids, self.overlap) for lattice in lattices]
        n_windows = sum(rows * columns for rows, columns in self.grids)
        n_numbers = self.n_words * (1 + 2 * self.n_components)
        out = np.empty((len(images), n_windows * n_numbers), dtype=np.float32)
        for chunk, sizes in self._reduced(images):
            parts = zip(sizes, lattices, averages, strict=True)
            moments = sum(self._moments(*part) for part in parts) / np.float32(len(sizes))
            features = self._gradients(moments).reshape(-1, out.shape[1])
            if self.improved:
                features = np.copysign(np.sqrt(np.abs(features)), features)
                scale_to_unit(features)
            out[chunk] = features
        return out

    def _signs(self):
        """Return the signs of the coordinates of the face and its mirror image, ``(1 or 2, p)``."""
        views = [np.abs(self.parity_), self.parity_]
        return np.float32(views if self.mirror else views[:1])

    def _moments(self, vectors, lattice, averages):
        """Return the mean moments by window and Gaussian, ``(n, n_windows, n_words, 1 + 2 p)``.

        Moments of the vectors of all places, weighted by the probability of the Gaussian: the
        probabilities, and their products with the vectors and with the squared vectors.
        """
        signs = self._signs()
        vectors = vectors.swapaxes(1, 2)
        powers = np.concatenate([vectors, vectors[..., 1:] ** 2], axis=-1)
        weights = self._probabilities(powers.reshape(-1, powers.shape[-1]), signs)
        places = len(vectors), *lattice
        means = []
        for both in averages(weights.reshape(*places, -1), powers.reshape(*places, -1)):
            views = both.reshape(*both.shape[:3], len(signs), self.n_words, -1)
            face = views[:, :, :, 0]
            if self.mirror:
                # The left of the mirrored face is the right of the face.
                mirrored = views[:, ::-1, :, 1]
                mirrored[..., 1 : 1 + self.n_components] *= signs[1]
                face = (face + mirrored) / 2
            means.append(face.reshape(-1, *face.shape[2:]))
        return np.concatenate(means).swapaxes(0, 1)

    def _probabilities(self, powers, signs):
        """Return the probability of each Gaussian by place, ``(n_places, n_views, n_words)``."""
        precisions = 1 / self.variances_
        constants = np.log(self.weights_) + 0.5 * np.log(precisions).sum(axis=1)
        constants -= 0.5 * (self.means_**2 * precisions).sum(axis=1)
        slopes = self.means_ * precisions * signs[:, np.newaxis]
        values, squares = np.split(powers[:, 1:], 2, axis=1)
        logs = (values @ slopes.reshape(-1, slopes.shape[-1]).T).reshape(-1, *slopes.shape[:2])
        logs += (constants - 0.5 * (squares @ precisions.T))[:, np.newaxis]
        logs -= logs.max(axis=2, keepdims=True)
        probabilities = np.exp(logs, out=logs)
        probabilities /= probabilities.sum(axis=2, keepdims=True)
        return probabilities

    def _gradients(self, moments):
        """Return normalised gradients of the mean log-likelihood by weights, means, variances."""
        # Renormalise, so that the probability of a single Gaussian is exactly 1; the square root
        # below would otherwise magnify its rounding error.
        moments = moments / moments[..., :1].sum(axis=2, keepdims=True)
        total, first, second = np.split(moments, [1, 1 + self.n_components], axis=-1)
        weights = self.weights_[:, np.newaxis]
        by_mean = (first - total * self.means_) / np.sqrt(weights * self.variances_)
        by_variance = 2 * first * self.means_ - second + total * (self.variances_ - self.means_**2)
        by_variance /= np.sqrt(2 * weights) * self.variances_
        parts = ((total - weights) / np.sqrt(weights), by_mean, by_variance)
        return np.concatenate([part.reshape(*moments.shape[:2], -1) for part in parts], axis=2)

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
