"""Spherical k-means: atoms are unit vectors, and rows belong to the atom they point along most."""

import numpy as np
from scipy.sparse import csr_array

__all__ = ["scale_to_unit", "spherical_k_means"]

# Squares of shorter vectors would underflow in float32.
_SHORTEST = np.float32(np.sqrt(np.finfo(np.float32).tiny))
# Rows whose products with all atoms are held at a time.
_BLOCK = 4096


def scale_to_unit(vectors, axis=1):
    """Divide vectors by their lengths, in place; those of zeros stay zero, tiny ones short.

    Parameters
    ----------
    vectors : ndarray of shape (n, p), float32
    axis : int, default=1
        Along which a vector lies.

    Returns
    -------
    vectors : the same array
    """
    lengths = np.sqrt(np.einsum("ij,ij->i" if axis else "ij,ij->j", vectors, vectors))
    vectors /= np.expand_dims(np.maximum(lengths, _SHORTEST), axis)
    return vectors


def spherical_k_means(rows, n_atoms, *, signs=None, max_iter, random_state):
    """Learn unit vectors along which rows point.

    Parameters
    ----------
    rows : ndarray of shape (n, p), float32
        Unit vectors; ``n_atoms`` of them or more.
    n_atoms : int
    signs : ndarray of shape (p,), optional
        ``rows * signs`` are the mirror images of the rows. A row then belongs to the atom along
        which it or its mirror image points most: atoms stand for their mirror images too.
    max_iter : int
        At most so many rounds of assigning rows and moving atoms; it ends when no row changes.
    random_state : RandomState instance

    Returns
    -------
    atoms : ndarray of shape (n_atoms, p), float32
        Unit vectors.
    n_iter : int
        Rounds that were run.

    Notes
    -----
    Atoms start at random rows. Each moves to the direction of the sum of its rows and itself, so
    one without rows stays where it is.

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
    """Return for each row the number of the atom with the largest product."""
    nearest = np.empty(len(rows), dtype=np.intp)
    for start in range(0, len(rows), _BLOCK):
        block = slice(start, start + _BLOCK)
        nearest[block] = (rows[block] @ atoms.T).argmax(axis=1)
    return nearest
