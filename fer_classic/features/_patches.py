"""Encoding of an image by a dictionary of small patches that is learned from faces.

The response of an atom is its product with a patch whose brightness and contrast are normalised and
whose pixels are decorrelated. The dictionary can be closed under mirroring, so that it contains
the mirror image of each learned atom: the responses of a mirrored face then need no encoding of
their own.
"""

from numbers import Integral, Real

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.utils import check_random_state
from sklearn.utils.random import sample_without_replacement

from fer_classic.base import LearnedDescriptor
from fer_classic.features._cells import cell_names
from fer_classic.features._chunks import unit_chunks
from fer_classic.features._directions import principal_directions
from fer_classic.features._responses import WindowedResponses
from fer_classic.features._spherical import scale_to_unit, spherical_k_means
from fer_classic.features._windows import check_windows
from fer_classic.units import check_depth, to_unit
from fer_classic.utils._checks import check_pair
from fer_classic.utils._validation import Interval, StrOptions

__all__ = ["PatchDictionary"]


class PatchDictionary(LearnedDescriptor):
    """Responses of learned patches, averaged over overlapping windows.

    ``fit`` learns the patches (atoms) from unlabelled images.

    Parameters
    ----------
    patch_size : int or tuple of two int, default=6
        Height and width of a patch, in pixels.
    n_atoms : int, default=400
        Number of patches in the dictionary.
    stride : int, default=1
        Pixels between encoded patches; the encoding time is proportional to ``1 / stride ** 2``.
    threshold : float, default=0.25
        A response is ``max(0, cosine - threshold)``.
    grid : tuple of two int, default=(6, 6)
        Rows and columns of windows.
    overlap : float, default=1.0
        Enlargement of each window, as a fraction of its size without overlap; in [0, 1].
    normalization : {"sqrt"} or None, default=None
        "sqrt" takes the square root of the averages.
    mirror : bool, default=True
        Whether the dictionary contains the mirror image of each atom, and features are averages
        over the face and its mirror image.
    contrast_offset : float, default=100.0
        Variance, in squared grey levels (0-255), at which a patch has half weight in whitening; at
        most 1e9.
    whitening_offset : float, default=0.1
        Added to the variances before whitening; 1e-12 to 1e9.
    n_patches : int, default=200_000
        Number of random patches to learn from.
    max_iter : int, default=10
        Maximum number of iterations of k-means.
    random_state : int, RandomState instance or None, default=None
        Samples the patches and the initial atoms; pass an int for reproducible results.
    image_shape : tuple of two int, optional
        ``(h, w)`` of the images in flat rows; None takes batches ``(n, h, w)``.

    Attributes
    ----------
    atoms_ : ndarray of shape (n_atoms, height * width), float32
        Whitened patches of unit length; ``atoms_ @ whitening_`` are the filters.
    whitening_ : ndarray of shape (height * width, height * width), float32
        Subtracts the mean of a patch and decorrelates its pixels: principal directions of
        patches, divided by the standard deviations along them.
    parity_ : ndarray of shape (height * width,), int
        1 for directions that are invariant under mirroring, -1 for those that change sign; all 1
        without ``mirror``.
    n_iter_ : int
        Number of iterations of k-means.
    image_shape_ : tuple of two int
        Size of the images seen in ``fit``.
    n_features_in_ : int
        Number of pixels of one image.

    Notes
    -----
    Features are named ``patch_r2c3_a017``: window in row 2 and column 3 of the grid, atom 17.

    Each patch is centred, whitened and scaled to unit length; the response to flat patches is 0. To
    learn the whitening, patches are first divided by ``sqrt(variance + contrast_offset)``; for
    encoding this factor cancels. The whitening is about 0 instead of the mean patch, so that flat
    patches stay 0, and it is the same for mirrored patches. Atoms are learned by spherical k-means.

    With ``mirror``, a face and its mirror image have the same features if the patches lie
    symmetrically: if the image is ``patch width + stride * k`` pixels wide, or an even number more.

    References
    ----------
    Coates, Ng, Lee: An analysis of single-layer networks in unsupervised feature learning. AISTATS
    2011. Coates, Ng: The importance of encoding versus training with sparse coding and vector
    quantization. ICML 2011.

    Examples
    --------
    >>> import numpy as np
    >>> from fer_classic.features import PatchDictionary
    >>> faces = np.random.default_rng(0).integers(0, 256, (3, 48, 48), dtype=np.uint8)
    >>> PatchDictionary(n_atoms=20, random_state=0).fit_transform(faces).shape
    (3, 720)
    """

    _parameter_constraints = {
        "patch_size": [Interval(Integral, 1, None, closed="left"), tuple, list],
        "n_atoms": [Interval(Integral, 1, None, closed="left")],
        "stride": [Interval(Integral, 1, None, closed="left")],
        "threshold": [Interval(Real, 0, 1, closed="left")],
        "grid": [tuple, list],
        "overlap": [Interval(Real, 0, 1, closed="both")],
        "normalization": [StrOptions({"sqrt"}), None],
        "mirror": ["boolean"],
        # Numbers far beyond these leave only NaN or zeros in single precision.
        "contrast_offset": [Interval(Real, 0, 1e9, closed="both")],
        "whitening_offset": [Interval(Real, 1e-12, 1e9, closed="both")],
        "n_patches": [Interval(Integral, 1, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
        "image_shape": [tuple, list, None],
    }

    def __init__(
        self,
        *,
        patch_size=6,
        n_atoms=400,
        stride=1,
        threshold=0.25,
        grid=(6, 6),
        overlap=1.0,
        normalization=None,
        mirror=True,
        contrast_offset=100.0,
        whitening_offset=0.1,
        n_patches=200_000,
        max_iter=10,
        random_state=None,
        image_shape=None,
    ):
        self.patch_size = patch_size
        self.n_atoms = n_atoms
        self.stride = stride
        self.threshold = threshold
        self.grid = grid
        self.overlap = overlap
        self.normalization = normalization
        self.mirror = mirror
        self.contrast_offset = contrast_offset
        self.whitening_offset = whitening_offset
        self.n_patches = n_patches
        self.max_iter = max_iter
        self.random_state = random_state
        self.image_shape = image_shape

    def _sides(self):
        size = self.patch_size
        return (size, size) if isinstance(size, Integral) else tuple(size)

    def _mirrored(self):
        """Return the permutation of the pixels of a patch under mirroring, or None."""
        if not self.mirror:
            return None
        height, width = self._sides()
        return np.arange(height * width).reshape(height, width)[:, ::-1].ravel()

    def _places(self, images):
        """Return the view ``(n, rows, columns, height, width)`` of the encoded patches."""
        patches = sliding_window_view(images, self._sides(), axis=(1, 2))
        # The remainder of the stride is split between both sides.
        top, left = ((length - 1) % self.stride // 2 for length in patches.shape[1:3])
        return patches[:, top :: self.stride, left :: self.stride]

    def _check_size(self, height, width):
        sides = self._sides()
        check_pair(sides, "PatchDictionary: patch_size")
        if sides == (1, 1):
            raise ValueError(
                f"PatchDictionary: patches of one pixel have no contrast, got patch_size="
                f"{self.patch_size!r}; use 2 or more."
            )
        if sides[0] > height or sides[1] > width:
            raise ValueError(
                f"PatchDictionary: patches of patch_size={sides} do not fit images of shape "
                f"({height}, {width}), n_features={height * width} pixels; use smaller patches or "
                "larger images."
            )
        lattice = self._places(np.empty((1, height, width), dtype=bool)).shape[1:3]
        check_windows(self.grid, lattice, name="PatchDictionary")

    def _learn(self, images):
        random_state = check_random_state(self.random_state)
        patches = self._draw(images, random_state)
        moments = np.float64(patches.T @ patches) / len(patches)
        variances, directions, self.parity_ = principal_directions(moments, self._mirrored())
        whitening = directions / np.sqrt(variances + self.whitening_offset)[:, np.newaxis]
        whitening -= whitening.mean(axis=1, keepdims=True)
        self.whitening_ = whitening.astype(np.float32)
        self.atoms_, self.n_iter_ = spherical_k_means(
            scale_to_unit(patches @ self.whitening_.T),
            self.n_atoms,
            signs=self.parity_ if self.mirror else None,
            max_iter=self.max_iter,
            random_state=random_state,
        )

    def _draw(self, images, random_state):
        """Sample patches as rows, with mean 0 and normalised contrast, without flat ones."""
        check_depth(images)
        every = sliding_window_view(images, self._sides(), axis=(1, 2))
        places = every.shape[:3]
        total = int(np.prod(places))
        n_drawn = min(total, self.n_patches)
        chosen = sample_without_replacement(total, n_drawn, random_state=random_state)
        patches = 255 * to_unit(every[np.unravel_index(np.sort(chosen), places)])
        patches = patches.reshape(len(patches), -1)
        patches = patches[np.ptp(patches, axis=1) > 0]
        if len(patches) < self.n_atoms:
            raise ValueError(
                f"PatchDictionary: n_atoms={self.n_atoms} atoms cannot be learned from "
                f"{len(patches)} patches that are not flat ({n_drawn} of {total} in n_samples="
                f"{len(images)} images were drawn); use fewer atoms, more images or a larger "
                "n_patches."
            )
        patches -= patches.mean(axis=1, keepdims=True)
        variances = np.mean(patches**2, axis=1, keepdims=True)
        patches /= np.sqrt(variances + self.contrast_offset)
        return patches

    def _transform_images(self, images):
        lattice = self._places(images).shape[1:3]
        responses = WindowedResponses(
            self.atoms_,
            self.parity_ if self.mirror else None,
            threshold=self.threshold,
            lattice=lattice,
            grids=[self.grid],
            overlap=self.overlap,
        )
        n_coordinates, n_places = len(self.parity_), np.prod(lattice)
        vectors = np.ones((1 + n_coordinates, n_places), dtype=np.float32)
        out = np.empty((len(images), np.prod(self.grid), self.n_atoms), dtype=np.float32)
        for chunk, units in unit_chunks(images, self.n_features_in_):
            for patches, features in zip(self._places(units), out[chunk], strict=True):
                # Copied, so that each pixel of all patches is a row. Whitening subtracts the mean;
                # with their middle pixels subtracted, flat patches are exactly 0.
                pixels = patches.transpose(2, 3, 0, 1).reshape(n_coordinates, -1)
                pixels = pixels - pixels[len(pixels) // 2]
                np.matmul(self.whitening_, pixels, out=vectors[1:])
                scale_to_unit(vectors[1:], axis=0)
                features[...] = responses(vectors)
        if self.normalization == "sqrt":
            np.sqrt(out, out=out)
        return out.reshape(len(images), -1)

    def _feature_names(self, height, width):
        return [
            f"patch_{cell}_a{atom:03d}"
            for cell in cell_names(self.grid)
            for atom in range(self.n_atoms)
        ]
