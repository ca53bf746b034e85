"""Histograms of codes in a grid of cells."""

from functools import lru_cache

import numpy as np

from fer_classic.features._windows import windows
from fer_classic.utils._checks import check_pair

__all__ = ["cell_bands", "cell_boxes", "cell_histograms", "cell_names", "check_grid"]


def check_grid(grid, height, width, *, name):
    """Raise ValueError if the grid is invalid or has more cells than the image has pixels."""
    check_pair(grid, f"{name}: grid")
    rows, columns = grid
    if rows > height or columns > width:
        raise ValueError(
            f"{name}: grid={tuple(grid)} has more cells than an image of shape ({height}, {width}) "
            f"has pixels; use at most grid=({height}, {width}) or larger images."
        )


def cell_names(grid):
    """``["r0c0", "r0c1", ...]``, row by row."""
    return [f"r{row}c{column}" for row in range(grid[0]) for column in range(grid[1])]


def cell_boxes(height, width, grid, overlap=0.0):
    """Boxes ``x, y, w, h`` of the cells, row by row, ``(n_cells, 4)`` int."""
    boxes = [
        (left, top, right - left, bottom - top)
        for top, bottom in zip(*cell_bands(height, grid[0], overlap), strict=True)
        for left, right in zip(*cell_bands(width, grid[1], overlap), strict=True)
    ]
    return np.array(boxes)


def cell_bands(length, count, overlap=0.0):
    """Return the starts and the stops of the cells along one axis, as arrays of int."""
    starts, stops = np.transpose(windows(length, count, overlap))
    if not overlap:
        # Cells divide the axis: a place in the middle between two of them belongs to the second.
        stops = np.append(starts[1:], length)
    return starts, stops


def _strips(length, count, overlap):
    """Split one axis wherever a cell starts or stops.

    Returns
    -------
    strips : ndarray of shape (length,), intp
        Index of the strip of each place.
    members : ndarray of shape (count, n_strips), float32
        1 if a strip is part of a cell, else 0.
    lengths : ndarray of shape (count,), intp
        Number of places in each cell.
    """
    starts, stops = cell_bands(length, count, overlap)
    edges = np.unique([starts, stops])
    strips = np.searchsorted(edges, np.arange(length), side="right") - 1
    members = (starts[:, np.newaxis] <= edges[:-1]) & (edges[:-1] < stops[:, np.newaxis])
    return strips, members.astype(np.float32), stops - starts


@lru_cache(maxsize=32)
def _tiles(height, width, grid, overlap):
    """Split an image into tiles by the strips of both axes.

    Returns
    -------
    tiles : ndarray of shape (height * width,), intp
        Index of the tile of each pixel, row by row.
    in_rows, in_columns : ndarray of shape (n_cells, n_strips), float32
        See :func:`_strips`.
    sizes : ndarray of shape (grid[0], grid[1], 1), float32
        Number of pixels in each cell.
    """
    down, in_rows, heights = _strips(height, grid[0], overlap)
    right, in_columns, widths = _strips(width, grid[1], overlap)
    tiles = down[:, np.newaxis] * in_columns.shape[1] + right
    sizes = np.multiply.outer(heights, widths)[..., np.newaxis]
    return tiles.ravel(), in_rows, in_columns, sizes.astype(np.float32)


def cell_histograms(codes, n_codes, grid, overlap):
    """Count the codes in each cell of each image.

    Each pixel is counted once, in its tile. A cell is a rectangle of tiles, which overlapping cells
    share; its counts are the sums over its tiles.

    Parameters
    ----------
    codes : ndarray of shape (n, h, w), intp
        Codes in ``0..n_codes - 1``.
    n_codes : int
        Number of bins.
    grid : tuple of two int
        Rows and columns of cells.
    overlap : float
        Enlargement of each cell, as a fraction of its size without overlap, half on each side.

    Returns
    -------
    shares : ndarray of shape (n, n_cells, n_codes), float32
        Relative frequency of each code; those of a cell sum to 1.
    """
    n_images, height, width = codes.shape
    tiles, in_rows, in_columns, sizes = _tiles(height, width, grid, overlap)
    (rows, n_down), (columns, n_across) = in_rows.shape, in_columns.shape
    n_bins = n_down * n_across * n_codes
    # One bincount for the whole batch: image, tile and code are combined into one index.
    bins = codes.reshape(n_images, -1) + tiles * n_codes
    bins += np.arange(n_images)[:, np.newaxis] * n_bins
    counts = np.bincount(bins.ravel(), minlength=n_images * n_bins).astype(np.float32)
    if overlap:
        counts = in_rows @ counts.reshape(n_images, n_down, -1)
        counts = in_columns @ counts.reshape(n_images, rows, n_across, -1)
    counts = counts.reshape(n_images, rows, columns, n_codes)
    counts /= sizes
    return counts.reshape(n_images, -1, n_codes)
