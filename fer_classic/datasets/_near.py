"""Exact search for pairs of nearly identical images, without comparing all pairs."""

from numbers import Real

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from fer_classic.units import to_uint8

__all__ = ["BLANK_STD", "MIN_CORRELATION", "find_blank", "is_near", "near_groups", "near_pairs"]

BLANK_STD = 2.0
# Below this bound most faces are similar, and the pairs would exhaust the memory.
MIN_CORRELATION = 0.9

_BLOCKS = 12
_ROWS = 1024
_CHUNK_PIXELS = 4_000_000
# Tolerance, so that rounding of the single-precision projection loses no pair.
_SLACK = 1e-4


def is_near(correlation):
    """Check whether a value is valid as a minimum correlation of near duplicates."""
    return isinstance(correlation, Real) and MIN_CORRELATION <= correlation <= 1


def find_blank(images):
    """Find blank images: the standard deviation of their pixels is below 2."""
    return np.array([to_uint8(image).std() < BLANK_STD for image in images])


def near_pairs(images, *, correlation, exclude, probes=None):
    """Find pairs of images whose pixels correlate, including mirror images.

    Parameters
    ----------
    images : ndarray of shape (n, h, w), or (n,) of arrays of shape (h, w), uint8
        Images; only images of equal size are compared.
    correlation : float
        Minimum Pearson correlation of a pair, at most 1.
    exclude : ndarray of shape (n,), bool
        Images to ignore, such as blank ones, whose correlation is noise.
    probes : ndarray of shape (n,), bool, optional
        Only pairs with at least one of these images are returned; all by default.

    Returns
    -------
    pairs : ndarray of shape (k, 2), int64
        Indices of the images, a probe first. A pair that correlates both directly and with one
        of the two mirrored occurs twice.
    correlations : ndarray of shape (k,), float64
        The correlation of each pair.

    Notes
    -----
    Images are centred and scaled to unit length, so that correlations are dot products. Candidates
    are found in a low-dimensional projection: the means over 12 x 12 blocks, scaled to be an
    orthonormal projection, plus the length of the residual as one more coordinate. These are unit
    vectors, too, and their dot product is an upper bound of the correlation. The few candidates
    above the minimum are then compared in full.
    """
    probes = np.ones(len(images), dtype=bool) if probes is None else probes
    pairs, correlations = [np.empty((0, 2), dtype=np.int64)], [np.empty(0)]
    for members in _by_shape(images, exclude):
        members = members[np.argsort(~probes[members], kind="stable")]
        batch = images[members]
        batch = np.stack(list(batch)) if batch.dtype == object else batch
        for mirrored in (False, True):
            found, values = _pairs(batch, correlation, probes[members].sum(), mirrored=mirrored)
            pairs.append(members[found])
            correlations.append(values)
    return np.concatenate(pairs), np.concatenate(correlations)


def near_groups(pairs, n_samples):
    """Compute the connected components of pairs of images.

    Parameters
    ----------
    pairs : ndarray of shape (k, 2), int
        Indices of the images of each pair.
    n_samples : int
        Number of images.

    Returns
    -------
    groups : ndarray of shape (n_samples,), int64
        Index of the group of each image.
    """
    first, second = pairs.T
    graph = coo_array((np.ones(len(pairs), dtype=bool), (first, second)), shape=(n_samples,) * 2)
    return connected_components(graph, directed=False)[1].astype(np.int64)


def _by_shape(images, exclude):
    shapes = {}
    for index in np.flatnonzero(~exclude):
        shapes.setdefault(images[index].shape, []).append(index)
    return [np.array(members) for members in shapes.values()]


def _pairs(images, correlation, n_probes, *, mirrored):
    """Pair the first images with all later ones, or with the mirror images of these."""
    summary = _summarize(images)
    others = _summarize(images[..., ::-1]) if mirrored else summary
    pairs, correlations = [np.empty((0, 2), dtype=np.int64)], [np.empty(0)]
    for start in range(0, n_probes, _ROWS):
        products = summary[start : min(start + _ROWS, n_probes)] @ others[start:].T
        # Both relations are symmetric, so the upper triangle is enough.
        first, second = np.nonzero(products >= correlation - _SLACK)
        candidates = np.column_stack([first, second])[second > first] + start
        values = _correlate(images, candidates, mirrored)
        pairs.append(candidates[values >= correlation])
        correlations.append(values[values >= correlation])
    return np.concatenate(pairs), np.concatenate(correlations)


def _summarize(images):
    n_samples, height, width = images.shape
    rows, columns = max(1, height // _BLOCKS), max(1, width // _BLOCKS)
    tall, wide = height // rows, width // columns
    summary = np.empty((n_samples, tall * wide + 1), dtype=np.float32)
    step = max(1, _CHUNK_PIXELS // (height * width))
    for start in range(0, n_samples, step):
        unit = _unit(images[start : start + step])
        blocks = unit[:, : tall * rows, : wide * columns].reshape(-1, tall, rows, wide, columns)
        means = blocks.sum(axis=(2, 4)).reshape(len(unit), -1) / np.sqrt(rows * columns)
        rest = 1.0 - np.square(means).sum(axis=1)
        summary[start : start + step] = np.column_stack([means, np.sqrt(np.maximum(rest, 0.0))])
    return summary


def _correlate(images, pairs, mirrored):
    step = max(1, _CHUNK_PIXELS // images[0].size)
    correlations = np.empty(len(pairs))
    for start in range(0, len(pairs), step):
        first, second = pairs[start : start + step].T
        others = images[second][..., ::-1] if mirrored else images[second]
        correlations[start : start + step] = np.einsum(
            "nij,nij->n", _unit(images[first]), _unit(others)
        )
    # Identical images must reach 1 despite rounding.
    return np.round(correlations, 12)


def _unit(images):
    """Centre images and scale them to unit length, in double precision."""
    images = images.astype(np.float64)
    images -= images.mean(axis=(1, 2), keepdims=True)
    return images / np.linalg.norm(images, axis=(1, 2), keepdims=True)
