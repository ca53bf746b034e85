"""Dense SIFT: which way the grey values rise around each place of a lattice.

Each pixel's gradient is shared out between the two nearest of eight directions, and each
direction's pixels between the bins around a place, by weights that fall off linearly with distance.
The weights are products of one along rows and one along columns, so that all bins of all places
are two small matrix products, and no pixel is visited twice.
"""

from functools import lru_cache
from numbers import Integral

import numpy as np

from fer_classic.base import ImageDescriptor
from fer_classic.features._cells import cell_names
from fer_classic.features._chunks import chunks
from fer_classic.units import to_unit
from fer_classic.utils._checks import check_pair
from fer_classic.utils._validation import Interval, validate_params

__all__ = [
    "N_DIRECTIONS",
    "DenseSIFT",
    "check_places",
    "dense_sift",
    "directions_of",
    "lattice",
    "mirrored_order",
    "sift_columns",
]

N_DIRECTIONS = 8
# Directions in one radian.
_TURN = np.float32(N_DIRECTIONS / (2 * np.pi))
_EPS = np.finfo(np.float32).eps

_SIFT = {
    "bin_size": [Interval(Integral, 1, None, closed="left")],
    "stride": [Interval(Integral, 1, None, closed="left")],
    "bins": [tuple, list],
}


def check_places(height, width, *, bin_size, bins, name):
    """Raise ValueError if the middles of the outer bins lie further apart than the image is wide.

    Parameters
    ----------
    height, width : int
        Image size.
    bin_size : int
    bins : tuple of two int
    name : str
        Who asks.
    """
    check_pair(bins, f"{name}: bins")
    least = tuple((count - 1) * bin_size + 1 for count in bins)
    if height < least[0] or width < least[1]:
        raise ValueError(
            f"{name}: bins={tuple(bins)} of {bin_size} pixels need images of shape {least} or "
            f"larger, got ({height}, {width}); use smaller or fewer bins or larger images."
        )


def _middles(length, bin_size, stride, n_bins):
    """Middles of the descriptors along one axis; what the stride leaves over goes to both sides."""
    free = length - 1 - (n_bins - 1) * bin_size
    count = free // stride + 1
    return (length - 1) / 2 + (np.arange(count) - (count - 1) / 2) * stride


def lattice(shape, *, bin_size, stride, bins):
    """Rows and columns of the places that are described in images of a shape ``(h, w)``."""
    pairs = zip(shape, bins, strict=True)
    return tuple(len(_middles(length, bin_size, stride, count)) for length, count in pairs)


@lru_cache(maxsize=32)
def _shares(length, bin_size, stride, n_bins):
    """Weights ``(n_bins * n_places, length)`` of the pixels of a line in each bin of each place."""
    offsets = (np.arange(n_bins) - (n_bins - 1) / 2) * bin_size
    middles = offsets[:, np.newaxis] + _middles(length, bin_size, stride, n_bins)
    distances = np.abs(np.arange(length) - middles.reshape(-1, 1))
    return np.maximum(0, 1 - distances / bin_size).astype(np.float32)


def directions_of(images):
    """Share the gradient of each pixel out between eight directions.

    Parameters
    ----------
    images : ndarray of shape (n, h, w), float32

    Returns
    -------
    directions : ndarray of shape (n, 8, h, w), float32
        Direction 0 rises to the right, 2 downwards. Images go on beyond their borders as they end.
    """
    n_images, height, width = images.shape
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)), mode="edge")
    right = padded[:, 1:-1, 2:] - padded[:, 1:-1, :-2]
    down = padded[:, 2:, 1:-1] - padded[:, :-2, 1:-1]
    slopes = np.sqrt(down * down + right * right)
    turns = np.arctan2(down, right)
    turns *= _TURN
    # A gradient along one of the directions gives its neighbours nothing, however pixels and angles
    # are rounded; the roots of shares would magnify what it gave.
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
    """Describe the places of one image, one in each column.

    Parameters
    ----------
    directions : ndarray of shape (8, h, w), float32
        See :func:`directions_of`.
    bin_size, stride, bins
        See :func:`dense_sift`.

    Returns
    -------
    columns : ndarray of shape (8 * rows * columns of bins, n_places), float32
        Numbers by row and column of the bin, then by direction. Vectors of length 1, or of zeros.
    """
    n_directions, height, width = directions.shape
    down = _shares(height, bin_size, stride, bins[0])
    across = _shares(width, bin_size, stride, bins[1])
    sums = down @ (directions.reshape(-1, width) @ across.T).reshape(n_directions, height, -1)
    sums = sums.reshape(n_directions, bins[0], -1, bins[1], across.shape[0] // bins[1])
    columns = sums.transpose(1, 3, 0, 2, 4).reshape(n_directions * bins[0] * bins[1], -1)
    columns /= np.maximum(columns.sum(axis=0), np.finfo(np.float32).tiny)
    return np.sqrt(columns, out=columns)


def mirrored_order(bins):
    """Order in which mirroring an image puts the numbers of a descriptor."""
    numbers = np.arange(bins[0] * bins[1] * N_DIRECTIONS).reshape(*bins, N_DIRECTIONS)
    turned = (N_DIRECTIONS // 2 - np.arange(N_DIRECTIONS)) % N_DIRECTIONS
    return numbers[:, ::-1, turned].ravel()


@validate_params({"image": ["array-like"], **_SIFT}, prefer_skip_nested_validation=True)
def dense_sift(image, *, bin_size=5, stride=2, bins=(4, 4)):
    """Describe the places of a lattice by the directions in which the grey values around rise.

    Parameters
    ----------
    image : array-like of shape (h, w)
        Grey image of any unit.
    bin_size : int, default=5
        Pixels from the middle of a bin to the next.
    stride : int, default=2
        Pixels from a place to the next. The lattice lies in the middle of the image.
    bins : tuple of two int, default=(4, 4)
        Rows and columns of bins around each place.

    Returns
    -------
    places : ndarray of shape (n_places, 2), float64
        Row and column of each place, row by row; whole or half pixels.
    descriptors : ndarray of shape (n_places, 8 * rows * columns), float32
        By row and column of the bin, then by direction: 0 rises to the right, 2 downwards. Vectors
        of length 1; zeros where the image is flat.

    Raises
    ------
    ValueError
        If the image is smaller than the bins of one place.

    Notes
    -----
    Square roots of shares that sum to 1 ("RootSIFT"), which replace the clipping of the original.
    Directions are not relative to a main one, so a smile and a frown differ. Pixels count the less
    the further they lie from the middle of their bin, but bins count alike.

    References
    ----------
    Lowe: Distinctive image features from scale-invariant keypoints. IJCV 60(2), 2004. Arandjelović,
    Zisserman: Three things everyone should know to improve object retrieval. CVPR 2012.
    """
    image = np.asarray(image)
    if image.ndim != 2:
        raise ValueError(f"dense_sift expects a grey image of shape (h, w), got {image.shape}.")
    check_places(*image.shape, bin_size=bin_size, bins=bins, name="dense_sift")
    axes = [
        _middles(length, bin_size, stride, count)
        for length, count in zip(image.shape, bins, strict=True)
    ]
    places = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)
    directions = directions_of(to_unit(image[np.newaxis]))[0]
    columns = sift_columns(directions, bin_size=bin_size, stride=stride, bins=tuple(bins))
    return places, np.ascontiguousarray(columns.T)


class DenseSIFT(ImageDescriptor):
    """Dense SIFT descriptors of the places of a lattice, one after the other.

    A stateless step: ``fit`` checks parameters and input and learns nothing.

    Parameters
    ----------
    bin_size : int, default=5
        Pixels from the middle of a bin to the next.
    stride : int, default=8
        Pixels from a place to the next.
    bins : tuple of two int, default=(4, 4)
        Rows and columns of bins around each place.
    image_shape : tuple of two int, optional
        ``(h, w)`` of the images in flat rows; None takes batches ``(n, h, w)``.

    Attributes
    ----------
    image_shape_ : tuple of two int
        Size of the images seen in ``fit``.
    n_features_in_ : int
        Pixels of one image.

    See Also
    --------
    dense_sift : the same for one image.
    BagOfVisualWords : a summary of many such descriptors, and far shorter.

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
        for chunk in chunks(len(images), N_DIRECTIONS * images[0].size):
            every = directions_of(to_unit(images[chunk]))
            for directions, descriptors in zip(every, out[chunk], strict=True):
                descriptors[...] = sift_columns(directions, **settings).T
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
