"""Principal directions that a mirror image leaves as they are or turns around.

Mirroring an image puts the numbers of a descriptor into another order. Where a descriptor and its
mirror image are equally likely, the principal directions can be chosen such that each is either
even, the same in that order, or odd, its own negative. In coordinates along them mirroring is then
a change of signs.
"""

import numpy as np

__all__ = ["principal_directions"]


def _even_and_odd(mirrored):
    """Orthonormal rows that span what the order leaves as it is, and what it turns around."""
    numbers, unit = np.arange(len(mirrored)), np.eye(len(mirrored))
    pairs = np.flatnonzero(numbers < mirrored)
    odd = (unit[pairs] - unit[mirrored[pairs]]) / np.sqrt(2)
    even = (unit[pairs] + unit[mirrored[pairs]]) / np.sqrt(2)
    return np.vstack([unit[numbers == mirrored], even]), odd


def principal_directions(moments, mirrored):
    """Directions in which descriptors vary, and how much.

    Parameters
    ----------
    moments : ndarray of shape (p, p)
        Second moments of the descriptors.
    mirrored : ndarray of shape (p,), int, or None
        Order in which mirroring puts the numbers of a descriptor; twice gives back the first
        order. The moments are averaged with those of the mirror images.

    Returns
    -------
    variances : ndarray of shape (p,)
        Second moments along the directions, 0 or more.
    directions : ndarray of shape (p, p)
        One in each row, of length 1.
    parity : ndarray of shape (p,), int
        1 for directions that mirroring leaves as they are, which come first (all of them without
        ``mirrored``), and -1 for those that it turns around.
    """
    spaces = [np.eye(len(moments))] if mirrored is None else _even_and_odd(mirrored)
    variances, directions = [], []
    for space in spaces:
        # Even and odd directions do not mix, so this averages with the mirror images.
        values, vectors = np.linalg.eigh(space @ moments @ space.T)
        variances.append(values[::-1])
        directions.append(vectors.T[::-1] @ space)
    parity = np.repeat([1, -1][: len(spaces)], [len(space) for space in spaces])
    return np.maximum(np.concatenate(variances), 0), np.vstack(directions), parity
