"""Histograms of oriented gradients (Dalal and Triggs), for batches."""

from functools import lru_cache
from math import prod
from numbers import Integral

import numpy as np

from fer_classic.base import ImageDescriptor
from fer_classic.features._chunks import chunks
from fer_classic.utils._checks import check_pair
from fer_classic.utils._validation import Interval, StrOptions

__all__ = ["HOGDescriptor", "hog_descriptor"]

_NORMS = ("L2-Hys", "L2", "L1", "L1-sqrt")
_EPS = 1e-5


@lru_cache(maxsize=16)
def _edges(orientations):
    """Return the edges of the bins, in degrees."""
    # In single precision, as in scikit-image.
    edges = 180.0 / orientations * np.arange(1, orientations)
    return edges.astype(np.float32).astype(np.float64)


@lru_cache(maxsize=16)
def _slope_edges(orientations):
    """Return the negative cotangents of these angles."""
    # In single precision, those of 45, 90 and 135 degrees are exactly -1, 0 and 1.
    return np.tan(np.deg2rad(_edges(orientations) - 90)).astype(np.float32)


def _by_degrees(down, right, orientations, rounding):
    """Return the directions of gradients in degrees, 0 to 180, and the edges of the bins.

    Roots and fractional pixels produce gradients that lie on an edge up to rounding, on a side that
    depends on the processor. Directions are rotated by their uncertainty, so that those on an edge
    always fall into the bin that starts there.
    """
    lengths = np.sqrt(down * down + right * right)
    # Rounding error of one pixel across the gradient, plus four ulps of arctan2.
    unsure = rounding / np.maximum(lengths, np.maximum(rounding, np.finfo(float).tiny))
    degrees = np.arctan2(down, right)
    degrees += unsure + 4 * np.pi * np.finfo(float).eps
    degrees *= 180 / np.pi
    # Modulo 180; numpy's operator is slow.
    degrees -= 180 * np.floor(degrees / 180)
    return degrees, _edges(orientations)


def _by_cotangents(down, right, orientations):
    """Return the negative cotangents of the directions, and those of the edges of the bins.

    They increase with the direction, do not depend on the sign of the gradient, and cost one
    division. For integers up to 255 they are separated enough that single precision keeps them on
    the right side of each edge; other gradients need :func:`_by_degrees`.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        slopes = right / -down
    np.copyto(slopes, -np.inf, where=down == 0)
    return slopes, _slope_edges(orientations)


def _orientation_bins(down, right, orientations, rounding):
    """Return the orientation bin of each gradient, uint8; no ``rounding`` for 8-bit images."""
    if rounding is None:
        directions, edges = _by_cotangents(down, right, orientations)
    else:
        directions, edges = _by_degrees(down, right, orientations, rounding)
    bins = np.zeros(down.shape, dtype=np.uint8)
    # For so few edges, counting is faster than searching.
    for edge in edges:
        bins += directions >= edge
    return bins


def _gradients(images):
    """Compute central differences along rows and columns; 0 on the border."""
    down, right = np.zeros_like(images), np.zeros_like(images)
    np.subtract(images[:, 2:], images[:, :-2], out=down[:, 1:-1])
    # In one pass over all rows and images; differences across rows are then cleared.
    np.subtract(images.reshape(-1)[2:], images.reshape(-1)[:-2], out=right.reshape(-1)[1:-1])
    right[:, :, 0] = right[:, :, -1] = 0
    return down, right


def _cell_votes(images, orientations, pixels_per_cell, rounding):
    """Return the mean gradient by cell and orientation, ``(n, rows, columns, orientations)``.

    ``rounding`` is the rounding error of the pixels of each image, ``(n, 1, 1)``; None for 8 bits.
    """
    n_images, height, width = images.shape
    cell_height, cell_width = pixels_per_cell
    rows, columns = height // cell_height, width // cell_width
    n_bins = rows * columns * orientations
    down, right = (
        np.ascontiguousarray(part[:, : rows * cell_height, : columns * cell_width])
        for part in _gradients(images)
    )
    cells = (
        np.arange(rows * cell_height)[:, np.newaxis] // cell_height * columns
        + np.arange(columns * cell_width) // cell_width
    )
    # One bincount for the whole batch: image, cell and bin are combined into one index.
    places = _orientation_bins(down, right, orientations, rounding) + cells * orientations
    places += np.arange(n_images)[:, np.newaxis, np.newaxis] * n_bins
    lengths = np.sqrt(down * down + right * right, dtype=np.float64)
    votes = np.bincount(places.ravel(), weights=lengths.ravel(), minlength=n_images * n_bins)
    votes /= cell_height * cell_width
    return votes.reshape(n_images, rows, columns, orientations)


def _normalize_blocks(blocks, norm):
    """Scale each block, the last axis, to approximately unit length; in place."""
    if norm.startswith("L1"):
        blocks /= blocks.sum(axis=-1, keepdims=True) + _EPS
        return np.sqrt(blocks, out=blocks) if norm == "L1-sqrt" else blocks

    def unit(values):
        energies = np.einsum("...i,...i->...", values, values)
        values *= (1 / np.sqrt(energies + _EPS**2))[..., np.newaxis]
        return values

    blocks = unit(blocks)
    return unit(np.minimum(blocks, 0.2, out=blocks)) if norm == "L2-Hys" else blocks


def _batch_hog(images, orientations, pixels_per_cell, cells_per_block, norm, transform_sqrt):
    if images.dtype == np.uint8 and not transform_sqrt:
        # For 8-bit images, differences and their squares are exact in single precision.
        images, rounding = images.astype(np.float32, order="C"), None
    else:
        precision = images.dtype if images.dtype.kind == "f" else np.float64
        images = images.astype(np.float64, order="C")
        if transform_sqrt:
            np.sqrt(images, out=images)
        rounding = np.abs(images).max(axis=(1, 2), keepdims=True) * np.finfo(precision).eps
    votes = _cell_votes(images, orientations, pixels_per_cell, rounding)
    windows = np.lib.stride_tricks.sliding_window_view(votes, cells_per_block, axis=(1, 2))
    # From (n, block rows, block columns, orientations, b, b): cells precede orientations.
    blocks = np.moveaxis(windows, 3, 5).copy()
    return _normalize_blocks(blocks.reshape(*blocks.shape[:3], -1), norm)


def hog_descriptor(image, **parameters):
    """Compute the histograms of oriented gradients of one image.

    Parameters
    ----------
    image : array-like of shape (h, w)
        Grey image.
    **parameters
        Parameters of :class:`HOGDescriptor`.

    Returns
    -------
    descriptor : ndarray of shape (n_features,), float32
    """
    return HOGDescriptor(**parameters).fit_transform(np.asarray(image)[np.newaxis])[0]


class HOGDescriptor(ImageDescriptor):
    """Histograms of oriented gradients.

    This transformer is stateless: ``fit`` only validates parameters and input.

    Parameters
    ----------
    orientations : int, default=8
        Number of bins over 180 degrees.
    pixels_per_cell : tuple of two int, default=(8, 8)
        Height and width of a cell. Pixels beyond the last whole cell are not used.
    cells_per_block : tuple of two int, default=(2, 2)
        Rows and columns of cells of a block, which is normalised; blocks overlap by all but one.
    block_norm : {"L2-Hys", "L2", "L1", "L1-sqrt"}, default="L2-Hys"
        Norm of the blocks; "L2-Hys" clips at 0.2 and normalises again.
    transform_sqrt : bool, default=False
        Whether to take the square root of the pixels first; they must not be negative.
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
    skimage.feature.hog : the same for one image.

    Notes
    -----
    Features are named ``hog_r2c3_r0c1_o04``: block in row 2, column 3, its cell in row 0, column 1,
    orientation bin 4. For cells of even height and width, the values equal those of
    :func:`skimage.feature.hog`; for odd sizes, scikit-image skips the last row and column of each
    cell, while here every pixel counts. Except for 8-bit images, all computations are in double
    precision, while scikit-image computes differences of float32 pixels in single precision.
    Directions that lie on the edge of a bin up to rounding fall into the bin that starts there, on
    every processor and for every dtype; in scikit-image they depend on rounding.

    References
    ----------
    Dalal, Triggs: Histograms of oriented gradients for human detection. CVPR 2005.

    Examples
    --------
    >>> import numpy as np
    >>> from fer_classic.features import HOGDescriptor
    >>> faces = np.random.default_rng(0).integers(0, 256, (3, 48, 48), dtype=np.uint8)
    >>> HOGDescriptor().fit_transform(faces).shape
    (3, 800)
    """

    _parameter_constraints = {
        "orientations": [Interval(Integral, 1, 180, closed="both")],
        "pixels_per_cell": [tuple, list],
        "cells_per_block": [tuple, list],
        "block_norm": [StrOptions(set(_NORMS))],
        "transform_sqrt": ["boolean"],
        "image_shape": [tuple, list, None],
    }

    def __init__(
        self,
        *,
        orientations=8,
        pixels_per_cell=(8, 8),
        cells_per_block=(2, 2),
        block_norm="L2-Hys",
        transform_sqrt=False,
        image_shape=None,
    ):
        self.orientations = orientations
        self.pixels_per_cell = pixels_per_cell
        self.cells_per_block = cells_per_block
        self.block_norm = block_norm
        self.transform_sqrt = transform_sqrt
        self.image_shape = image_shape

    def _check_size(self, height, width):
        check_pair(self.pixels_per_cell, "HOGDescriptor: pixels_per_cell")
        check_pair(self.cells_per_block, "HOGDescriptor: cells_per_block")
        min_shape = tuple(
            pixels * cells
            for pixels, cells in zip(self.pixels_per_cell, self.cells_per_block, strict=True)
        )
        if height < min_shape[0] or width < min_shape[1]:
            raise ValueError(
                f"HOGDescriptor: one block of cells_per_block={tuple(self.cells_per_block)} cells "
                f"of pixels_per_cell={tuple(self.pixels_per_cell)} pixels requires images of shape "
                f"{min_shape} or larger, got ({height}, {width})."
            )

    def _transform_images(self, images):
        if self.transform_sqrt and images.min() < 0:
            raise ValueError(
                "HOGDescriptor: transform_sqrt=True requires non-negative pixels, "
                f"got {images.min()}."
            )
        height, width = images.shape[1:]
        n_features = prod(
            (*self._n_blocks(height, width), *self.cells_per_block, self.orientations)
        )
        out = np.empty((len(images), n_features), dtype=np.float32)
        for chunk in chunks(len(images), height * width):
            blocks = _batch_hog(
                images[chunk],
                self.orientations,
                tuple(self.pixels_per_cell),
                tuple(self.cells_per_block),
                self.block_norm,
                self.transform_sqrt,
            )
            out[chunk] = blocks.reshape(len(blocks), -1)
        return out

    def _n_blocks(self, height, width):
        return tuple(
            size // pixels - cells + 1
            for size, pixels, cells in zip(
                (height, width), self.pixels_per_cell, self.cells_per_block, strict=True
            )
        )

    def _feature_names(self, height, width):
        block_rows, block_columns = self._n_blocks(height, width)
        return [
            f"hog_r{row}c{column}_r{cell_row}c{cell_column}_o{orientation:02d}"
            for row in range(block_rows)
            for column in range(block_columns)
            for cell_row in range(self.cells_per_block[0])
            for cell_column in range(self.cells_per_block[1])
            for orientation in range(self.orientations)
        ]

    def _feature_boxes(self, height, width):
        sides = self.pixels_per_cell[::-1]
        starts = np.indices((*self._n_blocks(height, width), *self.cells_per_block))
        rows, columns = starts[0] + starts[2], starts[1] + starts[3]
        corners = np.stack([columns, rows], axis=-1).reshape(-1, 2) * sides
        boxes = np.hstack([corners, np.broadcast_to(sides, corners.shape)])
        return np.repeat(boxes, self.orientations, axis=0)
