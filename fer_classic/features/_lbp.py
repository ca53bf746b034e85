"""Local binary patterns: how each pixel compares with the circle around it, counted per cell."""

from functools import cache, lru_cache
from numbers import Integral, Real

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from fer_classic.base import ImageDescriptor
from fer_classic.features._cells import cell_histograms, cell_names, check_grid

__all__ = ["LBPHistogram", "lbp_codes", "lbp_histogram"]

_METHODS = ("nri_uniform", "uniform", "default")
_LETTERS = {"nri_uniform": "u", "uniform": "riu", "default": "b"}
# So many images at a time that the shifted copies of a chunk stay in the processor's cache.
_CHUNK = 64

_RADIUS = Interval(Real, 0, None, closed="neither")
_CODES = {
    "points": [Interval(Integral, 2, 16, closed="both")],
    "radius": [_RADIUS, tuple, list],
    "method": [StrOptions(set(_METHODS))],
}
_HISTOGRAM = {
    **_CODES,
    "grid": [tuple, list],
    "overlap": [Interval(Real, 0, 1, closed="both")],
    "normalization": [StrOptions({"l1", "sqrt"})],
}


def _n_codes(points, method):
    return {
        "nri_uniform": points * (points - 1) + 3,
        "uniform": points + 2,
        "default": 2**points,
    }[method]


@lru_cache(maxsize=8)
def _code_table(points, method):
    """Map each pattern of ``points`` bits to its code, as scikit-image numbers them."""
    patterns = np.arange(2**points, dtype=np.uint32)
    if method == "default":
        return patterns.astype(np.intp)
    rotated = (patterns >> 1) | ((patterns & 1) << (points - 1))
    starts = patterns & ~((patterns << 1) | (patterns >> (points - 1)))
    n_ones = np.bitwise_count(patterns).astype(np.intp)
    uniform = np.bitwise_count(patterns ^ rotated) <= 2
    if method == "uniform":
        return np.where(uniform, n_ones, points + 1)
    # A uniform pattern is one run of ones: its length and where it starts say which.
    start = np.zeros(len(patterns), dtype=np.intp)
    for point in range(points):
        start[(starts >> point) & 1 == 1] = point
    codes = 1 + (n_ones - 1) * points + (points - start) % points
    codes[n_ones == 0] = 0
    codes[n_ones == points] = points * (points - 1) + 1
    codes[~uniform] = points * (points - 1) + 2
    return codes


def _circle(points, radius):
    angles = 2 * np.pi * np.arange(points) / points
    # Five decimals, as scikit-image rounds them, put the samples on the axes onto whole pixels.
    return np.round(-radius * np.sin(angles), 5), np.round(radius * np.cos(angles), 5)


def _batch_codes(images, points, radius, method):
    """Codes of a batch ``(n, h, w)``; the images must be float32 or float64."""
    _, height, width = images.shape
    reach = int(np.ceil(radius)) + 1
    padded = np.pad(images, ((0, 0), (reach, reach), (reach, reach)))

    @cache
    def across(dx):
        # Columns at dx for all rows; the points that share a dx share this interpolation.
        left = int(np.floor(dx))
        near = padded[:, :, reach + left : reach + left + width]
        if dx == left:
            return near
        far = padded[:, :, reach + left + 1 : reach + left + 1 + width]
        return near + images.dtype.type(dx - left) * (far - near)

    patterns = np.zeros(images.shape, dtype=np.uint8 if points <= 8 else np.uint32)
    for point, (dy, dx) in enumerate(zip(*_circle(points, radius), strict=True)):
        columns, top = across(float(dx)), int(np.floor(dy))
        sample = columns[:, reach + top : reach + top + height]
        if dy != top:
            # near + t * (far - near) is exact where both are equal, so flat skin counts as a tie.
            below = columns[:, reach + top + 1 : reach + top + 1 + height]
            sample = sample + images.dtype.type(dy - top) * (below - sample)
        patterns |= (sample >= images).astype(patterns.dtype) << patterns.dtype.type(point)
    return _code_table(points, method)[patterns]


def _as_float(images):
    # float32 holds all 8- and 16-bit grey values exactly; wider types keep their precision.
    exact = images.dtype.itemsize <= 2 or images.dtype == np.float32
    return images.astype(np.float32 if exact else np.float64, copy=False)


@validate_params(
    {"image": ["array-like"], **_CODES, "radius": [_RADIUS]}, prefer_skip_nested_validation=True
)
def lbp_codes(image, *, points=8, radius=1, method="nri_uniform"):
    """Code each pixel by the signs of its neighbours on a circle, relative to itself.

    Parameters
    ----------
    image : array-like of shape (h, w)
        Grey image of any unit.
    points : int, default=8
        Neighbours on the circle, 2 to 16, counted anticlockwise from the right.
    radius : float, default=1
        Radius of the circle, in pixels.
    method : {"nri_uniform", "uniform", "default"}, default="nri_uniform"
        "nri_uniform": one code for each pattern with at most two changes around the circle, one
        for all others: ``points * (points - 1) + 3`` codes, which keep orientation (u2 in the
        literature). "uniform": the number of ones, rotation-invariant, ``points + 2`` codes.
        "default": all ``2 ** points`` patterns.

    Returns
    -------
    codes : ndarray of shape (h, w), intp

    See Also
    --------
    skimage.feature.local_binary_pattern : the same codes, one image at a time.

    Notes
    -----
    Samples between pixels are interpolated bilinearly, outside the image they are 0. A neighbour
    equal to the pixel counts as 1. scikit-image interpolates by a weighted sum whose rounding
    decides such ties in flat areas; here equal neighbours always tie.

    References
    ----------
    Ojala, Pietikäinen, Mäenpää: Multiresolution gray-scale and rotation invariant texture
    classification with local binary patterns. IEEE TPAMI 24(7), 2002.
    """
    image = np.asarray(image)
    if image.ndim != 2:
        raise ValueError(f"lbp_codes expects a grey image of shape (h, w), got {image.shape}.")
    return _batch_codes(_as_float(image)[np.newaxis], points, radius, method)[0]


def _radii(radius, name):
    radii = tuple(radius) if isinstance(radius, tuple | list) else (radius,)
    if not radii or not all(_RADIUS.is_satisfied_by(one) for one in radii):
        raise ValueError(f"{name}: every radius must be a number above 0, got radius={radius!r}.")
    return radii


def _normalize(shares, normalization):
    return np.sqrt(shares, out=shares) if normalization == "sqrt" else shares


@validate_params({"image": ["array-like"], **_HISTOGRAM}, prefer_skip_nested_validation=True)
def lbp_histogram(
    image,
    *,
    points=8,
    radius=1,
    grid=(7, 7),
    overlap=0.0,
    method="nri_uniform",
    normalization="sqrt",
):
    """Describe one image by the histograms of its LBP codes in a grid of cells.

    Parameters
    ----------
    image : array-like of shape (h, w)
        Grey image of any unit.
    points, radius, method
        See :func:`lbp_codes`; several radii give one set of histograms each.
    grid : tuple of two int, default=(7, 7)
        Rows and columns of cells.
    overlap : float, default=0.0
        How much wider than its share each cell is, as a fraction of the share; in [0, 1].
    normalization : {"l1", "sqrt"}, default="sqrt"
        "l1": the bins of a cell sum to 1. "sqrt": their square roots, which makes Euclidean
        distances those of Hellinger.

    Returns
    -------
    histogram : ndarray of shape (n_radii * rows * columns * n_codes,), float32

    See Also
    --------
    LBPHistogram : the same for batches, as a pipeline step.

    Notes
    -----
    The codes are computed on the whole image and then counted per cell, so that cell borders leave
    no trace.

    References
    ----------
    Ahonen, Hadid, Pietikäinen: Face description with local binary patterns. IEEE TPAMI 28(12),
    2006. Shan, Gong, McOwan: Facial expression recognition based on local binary patterns. Image
    and Vision Computing 27(6), 2009.
    """
    parts = []
    for one_radius in _radii(radius, "lbp_histogram"):
        codes = lbp_codes(image, points=points, radius=one_radius, method=method)
        check_grid(grid, *codes.shape, name="lbp_histogram")
        n_codes = _n_codes(points, method)
        shares = cell_histograms(codes[np.newaxis], n_codes, tuple(grid), overlap)
        parts.append(_normalize(shares, normalization).ravel())
    return np.concatenate(parts)


class LBPHistogram(ImageDescriptor):
    """Histograms of local binary patterns in a grid of cells.

    A stateless step: ``fit`` checks parameters and input and learns nothing.

    Parameters
    ----------
    points : int, default=8
        Neighbours on the circle, 2 to 16.
    radius : float or tuple of float, default=1
        Radius of the circle in pixels, or several radii.
    grid : tuple of two int, default=(7, 7)
        Rows and columns of cells.
    overlap : float, default=0.0
        How much wider than its share each cell is, as a fraction of the share; in [0, 1].
    method : {"nri_uniform", "uniform", "default"}, default="nri_uniform"
        Which patterns get a bin of their own; see :func:`lbp_codes`.
    normalization : {"l1", "sqrt"}, default="sqrt"
        Bins that sum to 1 in each cell, or their square roots.
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
    lbp_histogram : the same for one image.

    Notes
    -----
    Features are named ``lbp_r3c5_u58``: cell in row 3, column 5 of the grid, uniform code 58; with
    several radii ``lbp2_r3c5_u58`` for radius 2.

    Examples
    --------
    >>> import numpy as np
    >>> from fer_classic.features import LBPHistogram
    >>> faces = np.random.default_rng(0).integers(0, 256, (3, 48, 48), dtype=np.uint8)
    >>> LBPHistogram().fit_transform(faces).shape
    (3, 2891)
    """

    _parameter_constraints = {**_HISTOGRAM, "image_shape": [tuple, list, None]}

    def __init__(
        self,
        *,
        points=8,
        radius=1,
        grid=(7, 7),
        overlap=0.0,
        method="nri_uniform",
        normalization="sqrt",
        image_shape=None,
    ):
        self.points = points
        self.radius = radius
        self.grid = grid
        self.overlap = overlap
        self.method = method
        self.normalization = normalization
        self.image_shape = image_shape

    def _check_size(self, height, width):
        check_grid(self.grid, height, width, name="LBPHistogram")
        _radii(self.radius, "LBPHistogram")

    def _transform_images(self, images):
        n_codes = _n_codes(self.points, self.method)
        radii = _radii(self.radius, "LBPHistogram")
        n_cells = self.grid[0] * self.grid[1]
        out = np.empty((len(images), len(radii), n_cells, n_codes), dtype=np.float32)
        for start in range(0, len(images), _CHUNK):
            chunk = _as_float(images[start : start + _CHUNK])
            for place, radius in enumerate(radii):
                codes = _batch_codes(chunk, self.points, radius, self.method)
                shares = cell_histograms(codes, n_codes, tuple(self.grid), self.overlap)
                out[start : start + _CHUNK, place] = _normalize(shares, self.normalization)
        return out.reshape(len(images), -1)

    def _feature_names(self, height, width):
        radii = _radii(self.radius, "LBPHistogram")
        marks = [""] if len(radii) == 1 else [f"{radius:g}" for radius in radii]
        letter, n_codes = _LETTERS[self.method], _n_codes(self.points, self.method)
        return [
            f"lbp{mark}_{cell}_{letter}{code}"
            for mark in marks
            for cell in cell_names(self.grid)
            for code in range(n_codes)
        ]
