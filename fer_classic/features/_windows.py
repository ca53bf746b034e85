"""Overlapping windows over a lattice of places, symmetric about its middle."""

import numpy as np

from fer_classic.utils._checks import check_pair

__all__ = ["check_windows", "window_averages", "window_cuts", "windows"]


def check_windows(grid, lattice, *, name):
    """Raise ValueError if it is no grid, or has more rows or columns than there are places.

    Parameters
    ----------
    grid : tuple of two int
        Rows and columns of windows.
    lattice : tuple of two int
        Rows and columns of places.
    name : str
        Who asks.
    """
    check_pair(grid, f"{name}: grid")
    if grid[0] > lattice[0] or grid[1] > lattice[1]:
        raise ValueError(
            f"{name}: grid={tuple(grid)} has more windows than the image has places "
            f"({lattice[0]} x {lattice[1]}); use at most grid={tuple(lattice)}, larger images or "
            "a smaller stride."
        )


def windows(length, count, overlap):
    """Where windows along one axis start and stop.

    Parameters
    ----------
    length : int
        Places along the axis.
    count : int
        Windows; at most ``length``.
    overlap : float
        How much wider than its share each window is, as a fraction of the share.

    Returns
    -------
    windows : list of tuples of two int
        First place and the place after the last. Windows without overlap leave no place out; two
        share one where it lies in the middle between them.
    """
    share = length / count
    middles = (np.arange(count) + 0.5) * share
    # Rounded half down, with room for rounding errors; the other ends mirror these.
    starts = np.ceil(middles - share * (1 + overlap) / 2 - 0.5 - 1e-9).astype(int)
    starts = np.maximum(starts, 0)
    return list(zip(starts.tolist(), (length - starts[::-1]).tolist(), strict=True))


def window_cuts(grids):
    """All places where windows start or stop along one axis, in order.

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
    """Matrix that averages over windows, given the sums over the parts of an axis.

    Parameters
    ----------
    windows : list of tuples of two int
        From :func:`windows`.
    cuts : sequence of int
        Where parts start, and last where the axis ends; windows start and stop at cuts.

    Returns
    -------
    averages : ndarray of shape (n_windows, n_parts), float32
    """
    parts = np.array(cuts[:-1])
    members = np.array([(parts >= start) & (parts < stop) for start, stop in windows])
    lengths = np.array([stop - start for start, stop in windows])
    return (members / lengths[:, np.newaxis]).astype(np.float32)
