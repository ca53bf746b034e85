"""Spherical k-means."""

import numpy as np
from scipy.sparse import csr_array

__all__ = ["MIN_NORM", "scale_to_unit", "spherical_k_means"]

# Squares of shorter vectors would underflow in float32.
MIN_NORM = np.float32(np.sqrt(np.finfo(np.float32).tiny))
# Rows per chunk, for the products with all atoms.
_BLOCK = 4096


def scale_to_unit(vectors, axis=1):
    """Divide vectors by their lengths, in place; zeros stay zero, tiny vectors stay short.

    Parameters
    ----------
    vectors : ndarray of shape (n, p), float32
    axis : int, default=1
        Axis of the vectors.

    Returns
    -------
    vectors : the same array
    """
    lengths = np.sqrt(np.einsum("ij,ij->i" if axis else "ij,ij->j", vectors, vectors))
    vectors /= np.expand_dims(np.maximum(lengths, MIN_NORM), axis)
    return vectors


def spherical_k_means(rows, n_atoms, *, signs=None, max_iter, random_state):
    """Cluster rows by cosine similarity.

    Parameters
    ----------
    rows : ndarray of shape (n, p), float32
        Unit vectors, at least ``n_atoms``.
    n_atoms : int
    signs : ndarray of shape (p,), optional
        If given, ``rows * signs`` are the mirror images of the rows. A row is then assigned to the
        atom with the largest product with it or its mirror image.
    max_iter : int
        Maximum number of iterations; the algorithm stops when no assignment changes.
    random_state : RandomState instance

    Returns
    -------
    atoms : ndarray of shape (n_atoms, p), float32
        Unit vectors, the cluster centres.
    n_iter : int
        Number of iterations.

    Notes
    -----
    Atoms are initialised with random rows. Each is updated to the direction of the sum of its rows
    and itself, so that an atom without rows stays unchanged.

    References
    ----------
    Coates, Ng: Learning feature representations with k-means. Neural Networks: Tricks of the
    Trade, 2012.
    """
    atoms = rows[random_state.choice(len(rows), n_atoms, replace=False)]
    views = np.ones((1, rows.shape[1])) if signs is None else np.stack([signs**2, signs])
    views = views.astype(rows.dtype)
    n_iter, seen, before = 0, [], None
    while n_iter < max_iter and not np.array_equal(seen, before):
        before = seen
        seen = _nearest(rows, np.vstack([atoms * view for view in views]))
        members = csr_array(
            (np.ones(len(rows), dtype=rows.dtype), (seen, np.arange(len(rows)))),
            shape=(len(views) * n_atoms, len(rows)),
        )
        sums = (members @ rows).reshape(len(views), n_atoms, -1)
        atoms = scale_to_unit(atoms + (sums * views[:, np.newaxis]).sum(axis=0))
        n_iter += 1
    return atoms, n_iter


def _nearest(rows, atoms):
    """Return the index of the atom with the largest product for each row."""
    nearest = np.empty(len(rows), dtype=np.intp)
    for start in range(0, len(rows), _BLOCK):
        block = slice(start, start + _BLOCK)
        nearest[block] = (rows[block] @ atoms.T).argmax(axis=1)
    return nearest
