"""Rectified responses of atoms on a lattice, averaged over overlapping windows."""

from itertools import pairwise

import numpy as np

from fer_classic.features._windows import window_averages, window_cuts, windows

__all__ = ["WindowedResponses"]

# Responses per chunk: 512 KiB, which stay in the cache between the steps below.
_BLOCK = 2**17


class WindowedResponses:
    """Averages of ``max(0, product - threshold)`` over windows, image by image.

    Parameters
    ----------
    atoms : ndarray of shape (n_atoms, p), float32
    parity : ndarray of shape (p,), or None
        Signs of the coordinates under mirroring, 1 before -1. Averages are then taken over the
        image and its mirror image. If None, over the image alone.
    threshold : float
    lattice : tuple of two int
        Rows and columns of places.
    grids : sequence of tuples of two int
        Rows and columns of windows; several grids make a pyramid.
    overlap : float
        Enlargement of each window, as a fraction of its size without overlap.

    Notes
    -----
    Let ``even`` and ``odd`` be the products over the coordinates of either parity. The products
    with an atom and with its mirror image are then ``even + odd`` and ``even - odd``. The response
    of an atom on the mirrored face equals that of its mirror image on the face, at the mirrored
    place.
    """

    def __init__(self, atoms, parity, *, threshold, lattice, grids, overlap):
        height, self._width = lattice
        n_atoms, n_coordinates = atoms.shape
        self._mirror = parity is not None
        n_even = np.count_nonzero(parity == 1) if self._mirror else n_coordinates
        # The vectors start with a 1, which subtracts the threshold from the products.
        first = np.full((1, n_atoms), -threshold, dtype=np.float32)
        self._even_atoms = np.vstack([first, atoms.T[:n_even]])
        self._odd_atoms = atoms.T[n_even:].copy()
        # An array of zeros, as numpy's comparison with a scalar is four times slower.
        self._zeros = np.zeros(n_atoms, dtype=np.float32)

        rows = [windows(height, grid[0], overlap) for grid in grids]
        columns = [windows(self._width, grid[1], overlap) for grid in grids]
        max_rows = max(1, _BLOCK // (self._width * n_atoms))
        parts = pairwise(window_cuts(rows))
        self._cuts = [*(cut for part in parts for cut in range(*part, max_rows)), height]
        self._down = [window_averages(grid, self._cuts) for grid in rows]
        self._across = [window_averages(grid, range(self._width + 1)) for grid in columns]

        n_places = max(np.diff(self._cuts)) * self._width
        self._buffers = np.empty((3, n_places, n_atoms), dtype=np.float32)
        self._sums = np.empty(
            (1 + self._mirror, len(self._cuts) - 1, self._width * n_atoms), dtype=np.float32
        )

    def __call__(self, vectors):
        """Return the averages for the vectors of one image.

        Parameters
        ----------
        vectors : ndarray of shape (1 + p, n_places), float32
            One column per place, row by row; each starts with a 1.

        Returns
        -------
        averages : ndarray of shape (n_windows, n_atoms), float32
            Ordered by grid, then row by row.
        """
        n_atoms = len(self._zeros)
        for part, (start, stop) in enumerate(pairwise(self._cuts)):
            self._add_up(vectors[:, start * self._width : stop * self._width].T, part)
        averages = []
        for down, across in zip(self._down, self._across, strict=True):
            by_row = (down @ self._sums).reshape(len(self._sums), -1, self._width, n_atoms)
            seen = (by_row[0] + by_row[1, :, ::-1]) / 2 if self._mirror else by_row[0]
            averages.append((across @ seen).reshape(-1, n_atoms))
        return np.concatenate(averages)

    def _add_up(self, places, part):
        """Sum the responses of some rows of places over the rows."""
        even, odd, responses = self._buffers[:, : len(places)]
        n_even = len(self._even_atoms)
        np.matmul(places[:, :n_even], self._even_atoms, out=even)
        if self._mirror:
            np.matmul(places[:, n_even:], self._odd_atoms, out=odd)
        else:
            odd[...] = 0
        n_rows = len(places) // self._width
        ones = np.ones(n_rows, dtype=np.float32)
        for combine, sums in zip((np.add, np.subtract), self._sums, strict=False):
            combine(even, odd, out=responses)
            np.maximum(responses, self._zeros, out=responses)
            np.dot(ones, responses.reshape(n_rows, -1), out=sums[part])
