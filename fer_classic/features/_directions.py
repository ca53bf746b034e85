"""Principal directions that are even or odd under mirroring.

Mirroring an image permutes the values of a descriptor. If a descriptor and its mirror image are
equally likely, the principal directions can be chosen such that each is either even (invariant
under the permutation) or odd (negated by it). In coordinates along them, mirroring is a change of
signs.
"""

import numpy as np

__all__ = ["principal_directions"]


def _even_and_odd(mirrored):
    """Return orthonormal bases of the even and the odd subspace of the permutation."""
    numbers, unit = np.arange(len(mirrored)), np.eye(len(mirrored))
    pairs = np.flatnonzero(numbers < mirrored)
    odd = (unit[pairs] - unit[mirrored[pairs]]) / np.sqrt(2)
    even = (unit[pairs] + unit[mirrored[pairs]]) / np.sqrt(2)
    return np.vstack([unit[numbers == mirrored], even]), odd


def principal_directions(moments, mirrored):
    """Compute the principal directions of descriptors and the variances along them.

    Parameters
    ----------
    moments : ndarray of shape (p, p)
        Second moments of the descriptors.
    mirrored : ndarray of shape (p,), int, or None
        Permutation of the values of a descriptor under mirroring, which is its own inverse. The
        moments are averaged with those of the mirror images.

    Returns
    -------
    variances : ndarray of shape (p,)
        Second moments along the directions, non-negative.
    directions : ndarray of shape (p, p)
        Unit vectors as rows.
    parity : ndarray of shape (p,), int
        1 for even directions, which come first (all of them without ``mirrored``), -1 for odd
        ones.
    """
    spaces = [np.eye(len(moments))] if mirrored is None else _even_and_odd(mirrored)
    variances, directions = [], []
    for space in spaces:
        # Even and odd directions are decoupled, which averages with the mirror images.
        values, vectors = np.linalg.eigh(space @ moments @ space.T)
        variances.append(values[::-1])
        directions.append(vectors.T[::-1] @ space)
    parity = np.repeat([1, -1][: len(spaces)], [len(space) for space in spaces])
    return np.maximum(np.concatenate(variances), 0), np.vstack(directions), parity
