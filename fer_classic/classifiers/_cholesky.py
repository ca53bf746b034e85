"""Blocked, in-place Cholesky factorisation.

A single call of LAPACK suffices for small matrices, but in single precision OpenBLAS's threaded
``spotrf`` crashed on a 28,709 x 28,709 kernel matrix. Here the large products use ``numpy.matmul``,
LAPACK only gets small blocks, and temporaries are a few blocks. This is slightly slower.
"""

from functools import partial

import numpy as np
from scipy.linalg import solve_triangular

from fer_classic.utils._threads import map_in_threads

__all__ = ["factorise", "solve", "solve_lower"]

_BLOCK = 512


def _blocks(n, first=0):
    return [slice(start, min(start + _BLOCK, n)) for start in range(first, n, _BLOCK)]


def factorise(K):
    """Compute the Cholesky factor of a positive definite matrix, in place.

    Parameters
    ----------
    K : ndarray of shape (n, n), float32 or float64
        Overwritten by ``L`` with ``L @ L.T == K``; undefined above the diagonal.

    Raises
    ------
    numpy.linalg.LinAlgError
        If the matrix is not positive definite in its precision.
    """
    for block in _blocks(len(K)):
        done = slice(0, block.start)
        K[block, block] -= K[block, done] @ K[block, done].T
        K[block, block] = np.linalg.cholesky(K[block, block])
        map_in_threads(partial(_eliminate, K, block), _blocks(len(K), block.stop))


def _eliminate(K, block, rows):
    """Compute the factor in some rows below the block on the diagonal."""
    done = slice(0, block.start)
    K[rows, block] -= K[rows, done] @ K[block, done].T
    K[rows, block] = solve_triangular(
        K[block, block], K[rows, block].T, lower=True, check_finite=False
    ).T


def solve_lower(L, targets):
    """Solve ``L @ x == targets`` for the lower factor L, by blocks.

    Parameters
    ----------
    L : ndarray of shape (n, n)
        Lower factor; values above the diagonal are not read.
    targets : ndarray of shape (n, k)

    Returns
    -------
    x : ndarray of shape (n, k)
    """
    x = np.array(targets, dtype=L.dtype)
    for block in _blocks(len(L)):
        x[block] -= L[block, : block.start] @ x[: block.start]
        x[block] = solve_triangular(L[block, block], x[block], lower=True, check_finite=False)
    return x


def solve(L, targets):
    """Solve ``L @ L.T @ x == targets``; see :func:`solve_lower`."""
    x = solve_lower(L, targets)
    for block in reversed(_blocks(len(L))):
        x[block] -= L[block.stop :, block].T @ x[block.stop :]
        x[block] = solve_triangular(
            L[block, block], x[block], lower=True, trans="T", check_finite=False
        )
    return x
