"""Overlapping windows over a lattice, symmetric about its centre."""

import numpy as np

from fer_classic.utils._checks import check_pair

__all__ = ["check_windows", "window_averages", "window_cuts", "windows"]


def check_windows(grid, lattice, *, name):
    """Raise ValueError if the grid is invalid or has more windows than the lattice has places.

    Parameters
    ----------
    grid : tuple of two int
        Rows and columns of windows.
    lattice : tuple of two int
        Rows and columns of places.
    name : str
        Name of the caller, for the message.
    """
    check_pair(grid, f"{name}: grid")
    if grid[0] > lattice[0] or grid[1] > lattice[1]:
        raise ValueError(
            f"{name}: grid={tuple(grid)} has more windows than the image has places "
            f"({lattice[0]} x {lattice[1]}); use at most grid={tuple(lattice)}, larger images or "
            "a smaller stride."
        )


def windows(length, count, overlap):
    """Return the start and stop of the windows along one axis.

    Parameters
    ----------
    length : int
        Number of places along the axis.
    count : int
        Number of windows; at most ``length``.
    overlap : float
        Enlargement of each window, as a fraction of its size without overlap.

    Returns
    -------
    windows : list of tuples of two int
        First place, and last place plus one. Without overlap, windows cover all places; a place
        in the middle between two windows belongs to both.
    """
    share = length / count
    middles = (np.arange(count) + 0.5) * share
    # Rounded half down, with a tolerance for rounding errors; the stops mirror the starts.
    starts = np.ceil(middles - share * (1 + overlap) / 2 - 0.5 - 1e-9).astype(int)
    starts = np.maximum(starts, 0)
    return list(zip(starts.tolist(), (length - starts[::-1]).tolist(), strict=True))


def window_cuts(grids):
    """Return all places where windows start or stop along one axis, sorted.

    Parameters
    ----------
    grids : iterable of lists of tuples of two int
        From :func:`windows`.

    Returns
    -------
    cuts : list of int
    """
    return sorted({edge for windows in grids for window in windows for edge in window})


def window_averages(windows, cuts):
    """Return the matrix that averages over windows, given the sums over the parts of an axis.

    Parameters
    ----------
    windows : list of tuples of two int
        From :func:`windows`.
    cuts : sequence of int
        Starts of the parts, then the end of the axis; windows start and stop at cuts.

    Returns
    -------
    averages : ndarray of shape (n_windows, n_parts), float32
    """
    parts = np.array(cuts[:-1])
    members = np.array([(parts >= start) & (parts < stop) for start, stop in windows])
    lengths = np.array([stop - start for start, stop in windows])
    return (members / lengths[:, np.newaxis]).astype(np.float32)
