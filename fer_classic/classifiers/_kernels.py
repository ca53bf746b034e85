"""Kernels of rows, averaged over blocks of columns."""

from itertools import pairwise
from numbers import Integral

import numpy as np

from fer_classic.utils._groups import check_groups

__all__ = ["Kernel", "kernel_widths", "split_columns"]

# Maximum number of rows for the median distance.
_MEDIAN_ROWS = 2000
# Columns of a kernel that are computed at a time where it is only summed up; those of some hundred
# rows stay in the cache.
_TILE = 4096


class Kernel:
    """Weighted mean of one kernel per block of columns.

    Parameters
    ----------
    kind : {"rbf", "linear"}
        ``exp(-gamma d^2)``, or ``gamma`` times the scalar product.
    blocks : list of slice
        Columns of each block.
    gammas : ndarray of shape (n_blocks,)
        Kernel coefficient of each block.
    weights : ndarray of shape (n_blocks,)
        Weight of each block; they sum to 1.
    """

    def __init__(self, kind, blocks, gammas, weights):
        self.kind, self.blocks, self.gammas, self.weights = kind, blocks, gammas, weights

    @property
    def constant(self):
        """What :meth:`plus_constant` adds: 1 for a linear kernel, otherwise 0."""
        return 1.0 if self.kind == "linear" else 0.0

    def squares_of(self, B):
        """Compute the squared lengths of rows in each block, to be reused between calls."""
        return [_squares(B[:, block]) for block in self.blocks]

    def __call__(self, A, B, squares=None, out=None):
        """Compute the kernel between the rows of A and those of B.

        Parameters
        ----------
        A : ndarray of shape (m, n_features)
        B : ndarray of shape (n, n_features)
        squares : list of ndarray, optional
            Result of :meth:`squares_of` for B, if already computed.
        out : ndarray of shape (m, n), optional
            Output array.

        Returns
        -------
        kernel : ndarray of shape (m, n)
        """
        squares = self.squares_of(B) if squares is None else squares
        for k, (block, gamma) in enumerate(zip(self.blocks, self.gammas, strict=True)):
            part = self._block(A[:, block], B[:, block], gamma, squares[k], None if k else out)
            if len(self.blocks) > 1:
                part *= part.dtype.type(self.weights[k])
            out = np.add(out, part, out=out) if k else part
        return out

    def plus_constant(self, A, B, squares=None, out=None):
        """Compute the kernel plus its constant, of which linear systems are made.

        Parameters and the result are those of a call.

        Notes
        -----
        The constant of the linear kernel lets the system solve for the intercept. Otherwise the
        mean of standardised rows would give away each row that is left out: it is the negative sum
        of the others, and with more features than rows, scores of small ridges would reveal its
        label.
        """
        values = self(A, B, squares, out)
        if self.constant:
            values += values.dtype.type(self.constant)
        return values

    def sums(self, A, B, weights, squares):
        """Compute ``kernel(A, B) @ weights``; only a part of the kernel is in memory at a time.

        Parameters
        ----------
        A : ndarray of shape (m, n_features)
        B : ndarray of shape (n, n_features)
        weights : ndarray of shape (n, n_outputs)
        squares : list of ndarray
            Result of :meth:`squares_of` for B.

        Returns
        -------
        sums : ndarray of shape (m, n_outputs)
        """
        sums = 0
        for start in range(0, len(B), _TILE):
            rows = slice(start, start + _TILE)
            sums = sums + self(A, B[rows], [part[rows] for part in squares]) @ weights[rows]
        return sums

    def coefficients(self, B, weights):
        """Compute the weights of features that replace a linear kernel.

        Parameters
        ----------
        B : ndarray of shape (n, n_features)
        weights : ndarray of shape (n, n_outputs)
            Weights of the rows of B.

        Returns
        -------
        coefficients : ndarray of shape (n_outputs, n_features)
            ``A @ coefficients.T`` is ``kernel(A, B) @ weights``.
        """
        coefficients = weights.T @ B
        for block, gamma, weight in zip(self.blocks, self.gammas, self.weights, strict=True):
            coefficients[:, block] *= coefficients.dtype.type(weight * gamma)
        return coefficients

    def gradient(self, upstream, A, B, values=None):
        """Compute the gradient of ``(upstream * kernel(A, B)).sum()`` in the rows of B.

        Parameters
        ----------
        upstream : ndarray of shape (m, n)
            Derivatives with respect to the values of the kernel.
        A : ndarray of shape (m, n_features)
        B : ndarray of shape (n, n_features)
        values : ndarray of shape (m, n), optional
            The kernel of A and B, if already computed.

        Returns
        -------
        gradient : ndarray of shape (n, n_features)
        """
        gradient = np.empty_like(B)
        for block, gamma, weight in zip(self.blocks, self.gammas, self.weights, strict=True):
            a, b, pull = A[:, block], B[:, block], upstream
            if self.kind == "rbf":
                # Values of a single block need not be computed again.
                known = values is not None and len(self.blocks) == 1
                pull = upstream * (values if known else self._block(a, b, gamma, _squares(b), None))
                pull *= 2
                gradient[:, block] = pull.T @ a - pull.sum(axis=0)[:, np.newaxis] * b
            else:
                gradient[:, block] = pull.T @ a
            gradient[:, block] *= B.dtype.type(weight * gamma)
        return gradient

    def _block(self, A, B, gamma, squares, out):
        if self.kind == "rbf":
            out = _squared_distances(A, B, squares, out)
            out *= -out.dtype.type(gamma)
            return np.exp(out, out=out)
        out = np.matmul(A, B.T, out=out)
        out *= out.dtype.type(gamma)
        return out


def split_columns(blocks, n_features):
    """Convert a number of blocks, or their widths, to slices.

    Parameters
    ----------
    blocks : int or tuple of int
        Number of blocks of equal width, or the width of each.
    n_features : int
        Number of columns.

    Returns
    -------
    slices : list of slice

    Raises
    ------
    ValueError
        If the columns cannot be split in this way.
    """
    if isinstance(blocks, tuple | list):
        widths = list(blocks)
        legal = all(isinstance(w, Integral) and w >= 1 for w in widths)
        legal = legal and sum(widths) == n_features
    else:
        widths = [n_features // blocks] * blocks
        legal = n_features % blocks == 0
    if not legal:
        raise ValueError(
            f"blocks={blocks!r} does not split rows of {n_features} features; pass a number that "
            "divides it, or positive widths that sum to it."
        )
    edges = np.cumsum([0, *widths]).tolist()
    return [slice(*pair) for pair in pairwise(edges)]


def kernel_widths(kind, gamma, parts):
    """Compute the kernel coefficient of each block.

    Parameters
    ----------
    kind : {"rbf", "linear"}
    gamma : "median" or float
        Coefficient of the RBF kernel; "median" is 2 over the median squared distance.
    parts : list of ndarray of shape (n, n_columns)
        Training rows, block by block.

    Returns
    -------
    gammas : ndarray of shape (n_blocks,)
    """
    if kind == "linear":
        # Divided by the mean squared length of a row, so that alpha does not depend on the scale.
        lengths = [float((part * part).sum(axis=1).mean()) for part in parts]
        return 1.0 / np.maximum(lengths, np.finfo(parts[0].dtype).tiny)
    if gamma != "median":
        return np.full(len(parts), float(gamma))
    medians = np.array([_median_squared_distance(part) for part in parts])
    return np.where(medians > 0, 2.0 / np.where(medians > 0, medians, 1.0), 1.0)


def _squares(X):
    return np.einsum("ij,ij->i", X, X)


def _squared_distances(A, B, squares, out=None):
    """Compute squared Euclidean distances, clipped at 0; ``squares`` are those of B."""
    out = np.matmul(A, B.T, out=out)
    out *= -2
    out += _squares(A)[:, np.newaxis]
    out += squares
    return np.maximum(out, 0, out=out)


def _median_squared_distance(X):
    """Compute the median squared distance of at most 2,000 evenly spaced rows."""
    rows = X[np.linspace(0, len(X) - 1, min(len(X), _MEDIAN_ROWS)).astype(int)]
    distances = _squared_distances(rows, rows, _squares(rows))
    # Distances of equal rows are 0 up to rounding, which must not determine gamma.
    groups = check_groups(None, rows, held_out=False)
    distances[groups[:, np.newaxis] == groups] = 0
    return float(np.median(distances[np.triu_indices(len(rows), k=1)])) if len(rows) > 1 else 0.0
