"""Kernel matrix of all training rows, and its factorisation."""

import numpy as np

from fer_classic.classifiers._cholesky import factorise
from fer_classic.utils._memory import available_memory
from fer_classic.utils._threads import map_in_threads

__all__ = ["check_memory", "factor_rows", "kernel_rows"]

# Rows of the kernel matrix per chunk, so that temporaries stay small.
_BLOCK = 512


def check_memory(n_rows, dtype):
    """Raise MemoryError if the kernel matrix would not fit in the available memory.

    Parameters
    ----------
    n_rows : int
    dtype : dtype
    """
    needed, available = n_rows**2 * np.dtype(dtype).itemsize, available_memory()
    if available is not None and needed > available:
        raise MemoryError(
            f"LeastSquaresSVC: the kernel matrix of {n_rows:,} samples in {np.dtype(dtype)} takes "
            f"{needed / 1e9:.1f} GB, and {available / 1e9:.1f} GB are free; fit on fewer samples, "
            "or use cluster centres in their place (n_centers)."
        )


def kernel_rows(kernel, X):
    """Compute the part of the kernel matrix of all rows that the factorisation reads.

    Parameters
    ----------
    kernel : Kernel
    X : ndarray of shape (n, n_features)

    Returns
    -------
    K : ndarray of shape (n, n)
        Its lower triangle, and part of the upper one, plus the constant of the kernel.
    """
    K = np.empty((len(X), len(X)), dtype=X.dtype)
    squares = kernel.squares_of(X)

    def compute(start):
        rows = slice(start, start + _BLOCK)
        before = [lengths[: rows.stop] for lengths in squares]
        kernel.plus_constant(X[rows], X[: rows.stop], before, out=K[rows, : rows.stop])

    map_in_threads(compute, range(0, len(X), _BLOCK))
    return K


def factor_rows(K, ridge):
    """Compute the Cholesky factor of kernel matrix plus ridge, in place.

    Parameters
    ----------
    K : ndarray of shape (n, n)
        From :func:`kernel_rows`; overwritten.
    ridge : ndarray of shape (n,)

    Returns
    -------
    factor : ndarray of shape (n, n)
        Lower Cholesky factor in the lower triangle of K.

    Raises
    ------
    numpy.linalg.LinAlgError
        If the matrix is not positive definite in its precision.
    """
    K[np.diag_indices_from(K)] += ridge.astype(K.dtype)
    factorise(K)
    return K
