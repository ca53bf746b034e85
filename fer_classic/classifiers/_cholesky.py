"""Cholesky factorisation in place and by blocks.

One call of LAPACK would do for small matrices; in single precision it was seen to crash, in
OpenBLAS's threaded ``spotrf``, on a 28,709 x 28,709 kernel matrix. Here the large products go
through ``numpy.matmul`` and LAPACK sees small blocks only, with temporaries of one block column.
That is a little slower.
"""

import numpy as np
from scipy.linalg import solve_triangular

__all__ = ["factorise", "solve", "solve_lower"]

_BLOCK = 512


def _blocks(n):
    return [slice(start, min(start + _BLOCK, n)) for start in range(0, n, _BLOCK)]


def factorise(K):
    """Replace the lower half of a positive definite matrix by its Cholesky factor.

    Parameters
    ----------
    K : ndarray of shape (n, n), float32 or float64
        Overwritten: ``L`` with ``L @ L.T == K`` in its lower half, rubbish above the diagonal.

    Raises
    ------
    numpy.linalg.LinAlgError
        If the matrix is not positive definite in its precision.
    """
    for block in _blocks(len(K)):
        done = slice(0, block.start)
        below = slice(block.stop, None)
        K[block.start :, block] -= K[block.start :, done] @ K[block, done].T
        K[block, block] = np.linalg.cholesky(K[block, block])
        K[below, block] = solve_triangular(
            K[block, block], K[below, block].T, lower=True, check_finite=False
        ).T


def solve_lower(L, targets):
    """Solve ``L @ x == targets`` for the lower factor L, block by block.

    Parameters
    ----------
    L : ndarray of shape (n, n)
        Lower factor; what is above the diagonal is not read.
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
