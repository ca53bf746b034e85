"""Histograms of local binary patterns in a grid of cells."""

from math import ceil, prod
from numbers import Real

import numpy as np

from fer_classic.base import ImageDescriptor
from fer_classic.features._cells import cell_boxes, cell_histograms, cell_names, check_grid
from fer_classic.features._chunks import chunks
from fer_classic.features._lbp_codes import (
    CODES,
    RADIUS,
    as_float,
    batch_codes,
    count_codes,
    lbp_codes,
)
from fer_classic.utils._validation import Interval, StrOptions, validate_params

__all__ = ["LBPHistogram", "lbp_histogram"]

_LETTERS = {"nri_uniform": "u", "uniform": "riu", "default": "b"}

_HISTOGRAM = {
    **CODES,
    "radius": [RADIUS, tuple, list],
    "grid": [tuple, list],
    "overlap": [Interval(Real, 0, 1, closed="both")],
    "normalization": [StrOptions({"l1", "sqrt"})],
}


def _radii(radius, name):
    radii = tuple(radius) if isinstance(radius, tuple | list) else (radius,)
    if not radii or not all(RADIUS.is_satisfied_by(one) for one in radii):
        raise ValueError(
            f"{name}: every radius must be a positive number of at most {RADIUS.right} pixels, got "
            f"radius={radius!r}."
        )
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
    """Compute the histograms of LBP codes of one image in a grid of cells.

    Parameters
    ----------
    image : array-like of shape (h, w)
        Grey image in any range.
    points, radius, method
        See :func:`lbp_codes`; several radii give one set of histograms each.
    grid : tuple of two int, default=(7, 7)
        Rows and columns of cells.
    overlap : float, default=0.0
        Enlargement of each cell, as a fraction of its size without overlap; in [0, 1]. Borders
        are rounded to whole pixels, halves outwards.
    normalization : {"l1", "sqrt"}, default="sqrt"
        "l1": the bins of a cell sum to 1. "sqrt": their square roots, so that Euclidean
        distances become Hellinger distances.

    Returns
    -------
    histogram : ndarray of shape (n_radii * rows * columns * n_codes,), float32

    See Also
    --------
    LBPHistogram : transformer for batches.

    Notes
    -----
    Codes are computed on the whole image and then counted per cell, so that cell borders do not
    affect them.

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
        n_codes = count_codes(points, method)
        shares = cell_histograms(codes[np.newaxis], n_codes, tuple(grid), overlap)
        parts.append(_normalize(shares, normalization).ravel())
    return np.concatenate(parts)


class LBPHistogram(ImageDescriptor):
    """Histograms of local binary patterns in a grid of cells.

    This transformer is stateless: ``fit`` only validates parameters and input.

    Parameters
    ----------
    points : int, default=8
        Number of neighbours on the circle, 2 to 16.
    radius : float or tuple of float, default=1
        Radius of the circle in pixels, at most 1000, or several radii.
    grid : tuple of two int, default=(7, 7)
        Rows and columns of cells.
    overlap : float, default=0.0
        Enlargement of each cell, as a fraction of its size without overlap; in [0, 1]. Borders
        are rounded to whole pixels, halves outwards.
    method : {"nri_uniform", "uniform", "default"}, default="nri_uniform"
        Patterns that have their own bin; see :func:`lbp_codes`.
    normalization : {"l1", "sqrt"}, default="sqrt"
        Bins that sum to 1 in each cell, or their square roots.
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
    lbp_histogram : function for one image.

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
        n_codes = count_codes(self.points, self.method)
        radii = _radii(self.radius, "LBPHistogram")
        n_cells = self.grid[0] * self.grid[1]
        out = np.empty((len(images), len(radii), n_cells, n_codes), dtype=np.float32)
        # Codes are computed on images that are padded by the radius.
        n_padded = prod(side + ceil(max(radii)) for side in images.shape[1:])
        for chunk in chunks(len(images), max(n_padded, n_cells * n_codes)):
            pixels = as_float(images[chunk])
            for place, radius in enumerate(radii):
                codes = batch_codes(pixels, self.points, radius, self.method)
                shares = cell_histograms(codes, n_codes, tuple(self.grid), self.overlap)
                out[chunk, place] = _normalize(shares, self.normalization)
        return out.reshape(len(images), -1)

    def _feature_names(self, height, width):
        radii = _radii(self.radius, "LBPHistogram")
        marks = [""] if len(radii) == 1 else [f"{radius:g}" for radius in radii]
        letter, n_codes = _LETTERS[self.method], count_codes(self.points, self.method)
        return [
            f"lbp{mark}_{cell}_{letter}{code}"
            for mark in marks
            for cell in cell_names(self.grid)
            for code in range(n_codes)
        ]

    def _feature_boxes(self, height, width):
        cells = cell_boxes(height, width, self.grid, self.overlap)
        n_radii = len(_radii(self.radius, "LBPHistogram"))
        n_codes = count_codes(self.points, self.method)
        return np.tile(np.repeat(cells, n_codes, axis=0), (n_radii, 1))
