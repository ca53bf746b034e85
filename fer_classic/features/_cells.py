"""A grid of cells over an image: which pixels each cell holds, and histograms of codes per cell."""

from functools import lru_cache

import numpy as np

from fer_classic.utils._checks import check_pair

__all__ = ["cell_histograms", "cell_members", "cell_names", "check_grid"]


def check_grid(grid, height, width, *, name):
    """Raise ValueError if it is no grid, or has more rows or columns than the image has pixels."""
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


def _bands(length, count, overlap):
    # Cells share the length as evenly as whole pixels allow and grow by the overlap on both sides.
    edges = np.linspace(0, length, count + 1)
    grow = overlap * length / count / 2
    starts = np.clip(np.rint(edges[:-1] - grow), 0, length).astype(int)
    stops = np.clip(np.rint(edges[1:] + grow), 0, length).astype(int)
    return list(zip(starts.tolist(), stops.tolist(), strict=True))


@lru_cache(maxsize=32)
def cell_members(height, width, grid, overlap):
    """List the pixels of every cell.

    Parameters
    ----------
    height, width : int
        Image size.
    grid : tuple of two int
        Rows and columns of cells.
    overlap : float
        How much wider each cell is than its share, as a fraction of the share, half on each side.

    Returns
    -------
    pixels, cells : ndarray of shape (m,), intp
        Flat index of a pixel and number of a cell that holds it. Without overlap every pixel
        stands once.
    sizes : ndarray of shape (n_cells,), float32
        Pixels in each cell.
    """
    index = np.arange(height * width).reshape(height, width)
    members = [
        index[top:bottom, left:right].ravel()
        for top, bottom in _bands(height, grid[0], overlap)
        for left, right in _bands(width, grid[1], overlap)
    ]
    sizes = np.array([len(pixels) for pixels in members])
    pixels, cells = np.concatenate(members), np.repeat(np.arange(len(members)), sizes)
    order = np.argsort(pixels, kind="stable")
    return pixels[order], cells[order], sizes.astype(np.float32)


def cell_histograms(codes, n_codes, grid, overlap):
    """Count the codes in each cell of each image.

    Parameters
    ----------
    codes : ndarray of shape (n, h, w), integer
        Codes in ``0..n_codes - 1``.
    n_codes : int
        Number of bins.
    grid, overlap
        See :func:`cell_members`.

    Returns
    -------
    shares : ndarray of shape (n, n_cells, n_codes), float32
        Share of each code in its cell; the shares of a cell sum to 1.
    """
    n_images, height, width = codes.shape
    pixels, cells, sizes = cell_members(height, width, grid, overlap)
    flat = codes.reshape(n_images, -1)
    if len(pixels) != flat.shape[1]:
        flat = flat[:, pixels]
    # One bincount for the whole batch: image, cell and code are folded into one number.
    bins = flat + (cells * n_codes)
    bins += np.arange(n_images)[:, np.newaxis] * (len(sizes) * n_codes)
    counts = np.bincount(bins.ravel(), minlength=n_images * len(sizes) * n_codes)
    counts = counts.reshape(n_images, len(sizes), n_codes).astype(np.float32)
    counts /= sizes[:, np.newaxis]
    return counts
