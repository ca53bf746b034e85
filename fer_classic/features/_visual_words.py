"""Bag of visual words of dense SIFT descriptors."""

from numbers import Real

import numpy as np

from fer_classic.features._cells import cell_names
from fer_classic.features._reduced_sift import ReducedSIFT
from fer_classic.features._responses import WindowedResponses
from fer_classic.features._spherical import scale_to_unit, spherical_k_means
from fer_classic.utils._validation import Interval, StrOptions

__all__ = ["BagOfVisualWords"]


class BagOfVisualWords(ReducedSIFT):
    """Bag of visual words: responses of words to dense SIFT descriptors, averaged over windows.

    ``fit`` learns the words from unlabelled images.

    Parameters
    ----------
    bin_sizes : tuple of int, default=(3,)
        Bin sizes of the descriptors, in pixels; features are averages over the sizes.
    stride : int, default=2
        Pixels between descriptors.
    bins : tuple of two int, default=(4, 4)
        Rows and columns of bins of a descriptor.
    n_components : int, default=80
        Number of principal components of the descriptors.
    n_words : int, default=400
        Number of words in the vocabulary.
    threshold : float, default=0.25
        A response is ``max(0, cosine - threshold)``.
    grids : tuple of tuples of two int, default=((6, 6),)
        Rows and columns of windows; ``((1, 1), (2, 2), (4, 4))`` is a spatial pyramid.
    overlap : float, default=1.0
        Enlargement of each window, as a fraction of its size without overlap; in [0, 1].
    normalization : {"sqrt"} or None, default="sqrt"
        "sqrt" takes the square root of the averages.
    mirror : bool, default=True
        Whether the vocabulary contains the mirror image of each word, and features are averages
        over the face and its mirror image.
    n_descriptors : int, default=200_000
        Number of random descriptors to learn from.
    max_iter : int, default=10
        Maximum number of iterations of k-means.
    random_state : int, RandomState instance or None, default=None
        Samples the descriptors and the initial words; pass an int for reproducible results.
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
    words_ : ndarray of shape (n_words, n_components), float32
        Reduced descriptors of unit length.
    n_iter_ : int
        Number of iterations of k-means.
    image_shape_ : tuple of two int
        Size of the images seen in ``fit``.
    n_features_in_ : int
        Number of pixels of one image.

    See Also
    --------
    dense_sift : the descriptors.
    PatchDictionary : similar, for patches instead of descriptors.

    Notes
    -----
    Features are named ``word6x6_r2c3_w017``: grid of 6 x 6 windows, window in row 2 and column 3,
    word 17. Descriptors are centred, reduced, whitened and scaled to unit length; the response to
    flat places is 0. Words are learned by spherical k-means. With ``mirror``, a face and its mirror
    image have the same features.

    References
    ----------
    Ionescu, Popescu, Grozea: Local learning to improve bag of visual words model for facial
    expression recognition. ICML 2013 workshop. Lazebnik, Schmid, Ponce: Beyond bags of features:
    spatial pyramid matching for recognizing natural scene categories. CVPR 2006.

    Examples
    --------
    >>> import numpy as np
    >>> from fer_classic.features import BagOfVisualWords
    >>> faces = np.random.default_rng(0).integers(0, 256, (3, 48, 48), dtype=np.uint8)
    >>> BagOfVisualWords(n_words=20, random_state=0).fit_transform(faces).shape
    (3, 720)
    """

    _parameter_constraints = {
        **ReducedSIFT._parameter_constraints,
        "threshold": [Interval(Real, 0, 1, closed="left")],
        "normalization": [StrOptions({"sqrt"}), None],
    }

    def __init__(
        self,
        *,
        bin_sizes=(3,),
        stride=2,
        bins=(4, 4),
        n_components=80,
        n_words=400,
        threshold=0.25,
        grids=((6, 6),),
        overlap=1.0,
        normalization="sqrt",
        mirror=True,
        n_descriptors=200_000,
        max_iter=10,
        random_state=None,
        image_shape=None,
    ):
        self.bin_sizes = bin_sizes
        self.stride = stride
        self.bins = bins
        self.n_components = n_components
        self.n_words = n_words
        self.threshold = threshold
        self.grids = grids
        self.overlap = overlap
        self.normalization = normalization
        self.mirror = mirror
        self.n_descriptors = n_descriptors
        self.max_iter = max_iter
        self.random_state = random_state
        self.image_shape = image_shape

    def _learn_words(self, vectors, random_state):
        self.words_, self.n_iter_ = spherical_k_means(
            scale_to_unit(vectors),
            self.n_words,
            signs=self.parity_ if self.mirror else None,
            max_iter=self.max_iter,
            random_state=random_state,
        )

    def _transform_images(self, images):
        encoders = [
            WindowedResponses(
                self.words_,
                self.parity_ if self.mirror else None,
                threshold=self.threshold,
                lattice=lattice,
                grids=self.grids,
                overlap=self.overlap,
            )
            for lattice in self._lattices(images.shape[1:])
        ]
        n_windows = sum(rows * columns for rows, columns in self.grids)
        out = np.zeros((len(images), n_windows, self.n_words), dtype=np.float32)
        for chunk, sizes in self._reduced(images):
            for descriptors, encode in zip(sizes, encoders, strict=True):
                for vectors, features in zip(descriptors, out[chunk], strict=True):
                    scale_to_unit(vectors[1:], axis=0)
                    features += encode(vectors)
        out /= len(self.bin_sizes)
        if self.normalization == "sqrt":
            np.sqrt(out, out=out)
        return out.reshape(len(images), -1)

    def _feature_names(self, height, width):
        return [
            f"word{rows}x{columns}_{window}_w{word:03d}"
            for rows, columns in self.grids
            for window in cell_names((rows, columns))
            for word in range(self.n_words)
        ]
