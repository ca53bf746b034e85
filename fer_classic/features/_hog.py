"""Histograms of oriented gradients (Dalal and Triggs), for batches."""

from numbers import Integral

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from fer_classic.base import ImageDescriptor
from fer_classic.utils._checks import check_pair

__all__ = ["HOGDescriptor", "hog_descriptor"]

_CHUNK = 64
_NORMS = ("L2-Hys", "L2", "L1", "L1-sqrt")
_EPS = 1e-5


def _gradients(images):
    """Central differences along rows and columns; 0 on the border."""
    down, right = np.zeros_like(images), np.zeros_like(images)
    down[:, 1:-1] = images[:, 2:] - images[:, :-2]
    right[:, :, 1:-1] = images[:, :, 2:] - images[:, :, :-2]
    return down, right


def _cell_votes(images, orientations, pixels_per_cell):
    """Mean gradient by cell and orientation, ``(n, rows, columns, orientations)``."""
    n_images, height, width = images.shape
    cell_height, cell_width = pixels_per_cell
    rows, columns = height // cell_height, width // cell_width
    down, right = (
        part[:, : rows * cell_height, : columns * cell_width] for part in _gradients(images)
    )
    degrees = np.arctan2(down, right) * (180 / np.pi) % 180
    # scikit-image compares with the edges of its bins in single precision; so do we.
    edges = (180.0 / orientations * np.arange(1, orientations)).astype(np.float32)
    bins = np.searchsorted(edges.astype(np.float64), degrees.ravel(), side="right")
    cells = (
        np.arange(rows * cell_height)[:, np.newaxis] // cell_height * columns
        + np.arange(columns * cell_width) // cell_width
    )
    places = np.arange(n_images)[:, np.newaxis] * (rows * columns) + cells.ravel()
    votes = np.bincount(
        places.ravel() * orientations + bins,
        weights=np.hypot(down, right).ravel(),
        minlength=n_images * rows * columns * orientations,
    )
    votes /= cell_height * cell_width
    return votes.reshape(n_images, rows, columns, orientations)


def _normalize_blocks(blocks, norm):
    """Scale each block, the last axis, to about unit length."""
    if norm.startswith("L1"):
        blocks = blocks / (np.abs(blocks).sum(axis=-1, keepdims=True) + _EPS)
        return np.sqrt(blocks) if norm == "L1-sqrt" else blocks

    def unit(values):
        return values / np.sqrt((values**2).sum(axis=-1, keepdims=True) + _EPS**2)

    blocks = unit(blocks)
    return unit(np.minimum(blocks, 0.2)) if norm == "L2-Hys" else blocks


def _batch_hog(images, orientations, pixels_per_cell, cells_per_block, norm, transform_sqrt):
    images = images.astype(np.float64)
    if transform_sqrt:
        images = np.sqrt(images)
    votes = _cell_votes(images, orientations, pixels_per_cell)
    windows = np.lib.stride_tricks.sliding_window_view(votes, cells_per_block, axis=(1, 2))
    # (n, block rows, block columns, orientations, b, b): the cell comes before the orientation.
    windows = np.moveaxis(windows, 3, 5)
    blocks = windows.reshape(*windows.shape[:3], -1)
    return _normalize_blocks(blocks, norm).reshape(len(images), -1).astype(np.float32)


def hog_descriptor(image, **parameters):
    """Describe one image by its histograms of oriented gradients.

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

    A stateless step: ``fit`` checks parameters and input and learns nothing.

    Parameters
    ----------
    orientations : int, default=8
        Bins over 180 degrees.
    pixels_per_cell : tuple of two int, default=(8, 8)
        Height and width of a cell. Pixels right and below of the last whole cell are not used.
    cells_per_block : tuple of two int, default=(2, 2)
        Rows and columns of cells that are normalised together; blocks overlap by all but one.
    block_norm : {"L2-Hys", "L2", "L1", "L1-sqrt"}, default="L2-Hys"
        Norm of the blocks; "L2-Hys" clips at 0.2 and scales again.
    transform_sqrt : bool, default=False
        Take the square root of the pixels first; needs values of 0 and above.
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
    skimage.feature.hog : the same, one image at a time.

    Notes
    -----
    Features are named ``hog_r2c3_r0c1_o04``: block in row 2, column 3, its cell in row 0, column 1,
    orientation bin 4. The values are those of :func:`skimage.feature.hog` for cells of even height
    and width; for odd ones scikit-image leaves out the last row and column of each cell, here every
    pixel counts.

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
        least = tuple(
            pixels * cells
            for pixels, cells in zip(self.pixels_per_cell, self.cells_per_block, strict=True)
        )
        if height < least[0] or width < least[1]:
            raise ValueError(
                f"HOGDescriptor: one block of cells_per_block={tuple(self.cells_per_block)} cells "
                f"of pixels_per_cell={tuple(self.pixels_per_cell)} pixels needs images of shape "
                f"{least} or larger, got ({height}, {width})."
            )

    def _transform_images(self, images):
        if self.transform_sqrt and images.min() < 0:
            raise ValueError(
                "HOGDescriptor: transform_sqrt=True needs pixels of 0 and above, "
                f"got {images.min()}."
            )
        parts = [
            _batch_hog(
                images[start : start + _CHUNK],
                self.orientations,
                tuple(self.pixels_per_cell),
                tuple(self.cells_per_block),
                self.block_norm,
                self.transform_sqrt,
            )
            for start in range(0, len(images), _CHUNK)
        ]
        return np.concatenate(parts)

    def _feature_names(self, height, width):
        block_rows, block_columns = (
            size // pixels - cells + 1
            for size, pixels, cells in zip(
                (height, width), self.pixels_per_cell, self.cells_per_block, strict=True
            )
        )
        return [
            f"hog_r{row}c{column}_r{cell_row}c{cell_column}_o{orientation:02d}"
            for row in range(block_rows)
            for column in range(block_columns)
            for cell_row in range(self.cells_per_block[0])
            for cell_column in range(self.cells_per_block[1])
            for orientation in range(self.orientations)
        ]
