"""Dense SIFT descriptors.

Each pixel's gradient is distributed over the two nearest of eight directions, and each direction
over the bins around a place, with weights that decrease linearly with distance. The weights are
products of one factor along rows and one along columns, so that all bins of all places are computed
by two small matrix products.
"""

from functools import lru_cache
from numbers import Integral

import numpy as np

from fer_classic.base import ImageDescriptor
from fer_classic.features._cells import cell_names
from fer_classic.features._chunks import unit_chunks
from fer_classic.units import check_depth, check_gray, to_unit
from fer_classic.utils._checks import check_pair
from fer_classic.utils._validation import Interval, validate_params

__all__ = [
    "N_DIRECTIONS",
    "PIXELS",
    "DenseSIFT",
    "check_places",
    "dense_sift",
    "directions_of",
    "lattice",
    "mirrored_order",
    "sift_columns",
]

N_DIRECTIONS = 8
# Directions per radian.
_TURN = np.float32(N_DIRECTIONS / (2 * np.pi))
_EPS = np.finfo(np.float32).eps

PIXELS = Interval(Integral, 1, 10_000, closed="both")
"""Constraint of bin sizes and strides."""

_SIFT = {
    "bin_size": [PIXELS],
    "stride": [PIXELS],
    "bins": [tuple, list],
}


def check_places(height, width, *, bin_size, bins, name):
    """Raise ValueError if the centres of the outer bins do not fit in the image.

    Parameters
    ----------
    height, width : int
        Image size.
    bin_size : int
    bins : tuple of two int
    name : str
        Name of the caller, for the message.
    """
    check_pair(bins, f"{name}: bins")
    min_shape = tuple((count - 1) * bin_size + 1 for count in bins)
    if height < min_shape[0] or width < min_shape[1]:
        raise ValueError(
            f"{name}: bins={tuple(bins)} of {bin_size} pixels require images of shape {min_shape} "
            f"or larger, got ({height}, {width}); use smaller or fewer bins or larger images."
        )


def _middles(length, bin_size, stride, n_bins):
    """Return the centres of descriptors along one axis; the remainder goes to both sides."""
    free = length - 1 - (n_bins - 1) * bin_size
    count = free // stride + 1
    return (length - 1) / 2 + (np.arange(count) - (count - 1) / 2) * stride


def lattice(shape, *, bin_size, stride, bins):
    """Return the rows and columns of the described places in images of shape ``(h, w)``."""
    pairs = zip(shape, bins, strict=True)
    return tuple(len(_middles(length, bin_size, stride, count)) for length, count in pairs)


@lru_cache(maxsize=32)
def _shares(length, bin_size, stride, n_bins):
    """Return the weights ``(n_bins * n_places, length)`` of pixels in each bin and place."""
    offsets = (np.arange(n_bins) - (n_bins - 1) / 2) * bin_size
    middles = offsets[:, np.newaxis] + _middles(length, bin_size, stride, n_bins)
    distances = np.abs(np.arange(length) - middles.reshape(-1, 1))
    return np.maximum(0, 1 - distances / bin_size).astype(np.float32)


def directions_of(images):
    """Distribute the gradient of each pixel over eight directions.

    Parameters
    ----------
    images : ndarray of shape (n, h, w), float32

    Returns
    -------
    directions : ndarray of shape (n, 8, h, w), float32
        Direction 0 increases to the right, 2 downwards. Border pixels are replicated.
    """
    n_images, height, width = images.shape
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)), mode="edge")
    right = padded[:, 1:-1, 2:] - padded[:, 1:-1, :-2]
    down = padded[:, 2:, 1:-1] - padded[:, :-2, 1:-1]
    slopes = np.sqrt(down * down + right * right)
    turns = np.arctan2(down, right)
    turns *= _TURN
    # A gradient along one direction must contribute nothing to the neighbouring ones, whatever the
    # rounding of pixels and angles, since the square roots would magnify it.
    rounding = _EPS * np.maximum(images.max(axis=(1, 2)), -images.min(axis=(1, 2)))
    rounding = np.maximum(rounding, np.finfo(np.float32).tiny)[:, np.newaxis, np.newaxis]
    unsure = rounding / np.maximum(slopes, rounding)
    unsure += 4 * np.float32(np.pi) * _EPS
    unsure *= _TURN
    whole = np.rint(turns)
    np.copyto(turns, whole, where=np.abs(turns - whole) <= unsure)
    lower = np.floor(turns)
    far = (turns - lower) * slopes
    near = slopes - far
    first = lower.astype(np.intp) % N_DIRECTIONS
    out = np.zeros((n_images, N_DIRECTIONS, height * width), dtype=np.float32)
    for direction, part in ((first, near), ((first + 1) % N_DIRECTIONS, far)):
        places = direction.reshape(n_images, 1, -1)
        np.put_along_axis(out, places, part.reshape(n_images, 1, -1), axis=1)
    return out.reshape(n_images, N_DIRECTIONS, height, width)


def sift_columns(directions, *, bin_size, stride, bins):
    """Compute the descriptors of images, one per column.

    Parameters
    ----------
    directions : ndarray of shape (n, 8, h, w), float32
        See :func:`directions_of`.
    bin_size, stride, bins
        See :func:`dense_sift`.

    Returns
    -------
    columns : ndarray of shape (n, 8 * rows * columns of bins, n_places), float32
        Values by row and column of the bin, then by direction. Unit vectors, or zeros.
    """
    n_images, n_directions, height, width = directions.shape
    down = _shares(height, bin_size, stride, bins[0])
    across = _shares(width, bin_size, stride, bins[1])
    by_column = (directions.reshape(-1, width) @ across.T).reshape(-1, height, len(across))
    sums = (down @ by_column).reshape(
        n_images, n_directions, bins[0], -1, bins[1], len(across) // bins[1]
    )
    columns = sums.transpose(0, 2, 4, 1, 3, 5)
    columns = columns.reshape(n_images, n_directions * bins[0] * bins[1], -1)
    columns /= np.maximum(columns.sum(axis=1, keepdims=True), np.finfo(np.float32).tiny)
    return np.sqrt(columns, out=columns)


def mirrored_order(bins):
    """Return the permutation of the values of a descriptor under mirroring of the image."""
    numbers = np.arange(bins[0] * bins[1] * N_DIRECTIONS).reshape(*bins, N_DIRECTIONS)
    turned = (N_DIRECTIONS // 2 - np.arange(N_DIRECTIONS)) % N_DIRECTIONS
    return numbers[:, ::-1, turned].ravel()


@validate_params({"image": ["array-like"], **_SIFT}, prefer_skip_nested_validation=True)
def dense_sift(image, *, bin_size=5, stride=2, bins=(4, 4)):
    """Compute the dense SIFT descriptors of one image.

    Parameters
    ----------
    image : array-like of shape (h, w)
        Grey image in any range.
    bin_size : int, default=5
        Pixels between the centres of bins.
    stride : int, default=2
        Pixels between places. The lattice is centred in the image.
    bins : tuple of two int, default=(4, 4)
        Rows and columns of bins around each place.

    Returns
    -------
    places : ndarray of shape (n_places, 2), float64
        Row and column of each place, row by row; integers or half-integers.
    descriptors : ndarray of shape (n_places, 8 * rows * columns), float32
        By row and column of the bin, then by direction: 0 increases to the right, 2 downwards.
        Vectors of unit length; zeros where the image is flat.

    Raises
    ------
    ValueError
        If the image is smaller than one descriptor.

    Notes
    -----
    Descriptors are square roots of values that sum to 1 ("RootSIFT"), which replaces the clipping
    of the original. Directions are not relative to a dominant orientation, so that a smile and a
    frown differ. Pixels are weighted by their distance to the centre of their bin; all bins have
    equal weight.

    References
    ----------
    Lowe: Distinctive image features from scale-invariant keypoints. IJCV 60(2), 2004. Arandjelović,
    Zisserman: Three things everyone should know to improve object retrieval. CVPR 2012.
    """
    image = np.asarray(image)
    check_gray(image, name="dense_sift")
    check_depth(image)
    check_places(*image.shape, bin_size=bin_size, bins=bins, name="dense_sift")
    axes = [
        _middles(length, bin_size, stride, count)
        for length, count in zip(image.shape, bins, strict=True)
    ]
    places = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)
    directions = directions_of(to_unit(image[np.newaxis]))
    columns = sift_columns(directions, bin_size=bin_size, stride=stride, bins=tuple(bins))[0]
    return places, np.ascontiguousarray(columns.T)


class DenseSIFT(ImageDescriptor):
    """Dense SIFT descriptors of all places of a lattice, concatenated.

    This transformer is stateless: ``fit`` only validates parameters and input.

    Parameters
    ----------
    bin_size : int, default=5
        Pixels between the centres of bins.
    stride : int, default=8
        Pixels between places.
    bins : tuple of two int, default=(4, 4)
        Rows and columns of bins around each place.
    image_shape : tuple of two int, optional
        ``(h, w)`` of the images in flat rows; None takes batches ``(n, h, w)``.

    Attributes
    ----------
    image_shape_ : tuple of two int
        Size of the images seen in ``fit``.
    n_features_in_ : int
        Number of pixels of one image.

    See Also
    --------
    dense_sift : function for one image.
    BagOfVisualWords : a much shorter encoding of such descriptors.

    Notes
    -----
    Features are named ``sift_r3c5_b1x2_o7``: place in row 3 and column 5 of the lattice, bin in row
    1 and column 2, direction 7.

    Examples
    --------
    >>> import numpy as np
    >>> from fer_classic.features import DenseSIFT
    >>> faces = np.random.default_rng(0).integers(0, 256, (3, 48, 48), dtype=np.uint8)
    >>> DenseSIFT().fit_transform(faces).shape
    (3, 3200)
    """

    _parameter_constraints = {**_SIFT, "image_shape": [tuple, list, None]}

    def __init__(self, *, bin_size=5, stride=8, bins=(4, 4), image_shape=None):
        self.bin_size = bin_size
        self.stride = stride
        self.bins = bins
        self.image_shape = image_shape

    def _check_size(self, height, width):
        check_places(height, width, bin_size=self.bin_size, bins=self.bins, name="DenseSIFT")

    def _transform_images(self, images):
        settings = {"bin_size": self.bin_size, "stride": self.stride, "bins": tuple(self.bins)}
        n_places = np.prod(lattice(images.shape[1:], **settings))
        size = N_DIRECTIONS * self.bins[0] * self.bins[1]
        out = np.empty((len(images), n_places, size), dtype=np.float32)
        for chunk, units in unit_chunks(images, N_DIRECTIONS * images[0].size):
            out[chunk] = sift_columns(directions_of(units), **settings).swapaxes(1, 2)
        return out.reshape(len(images), -1)

    def _feature_names(self, height, width):
        rows, columns = lattice(
            (height, width), bin_size=self.bin_size, stride=self.stride, bins=self.bins
        )
        return [
            f"sift_{place}_b{row}x{column}_o{direction}"
            for place in cell_names((rows, columns))
            for row in range(self.bins[0])
            for column in range(self.bins[1])
            for direction in range(N_DIRECTIONS)
        ]
