"""Pairs of images that show nearly the same pixels, found exactly and without all-pairs cost."""

from numbers import Real

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from fer_classic.units import to_uint8

__all__ = ["BLANK_STD", "LEAST_CORRELATION", "find_blank", "is_near", "near_groups", "near_pairs"]

BLANK_STD = 2.0
# Under this bound every face resembles every other, and the pairs would fill the memory.
LEAST_CORRELATION = 0.9

_BLOCKS = 12
_ROWS = 1024
_CHUNK_PIXELS = 4_000_000
# The projection is in single precision; this keeps its rounding from losing a pair.
_SLACK = 1e-4


def is_near(correlation):
    """Tell whether a value is a correlation from which on images may be called nearly the same."""
    return isinstance(correlation, Real) and LEAST_CORRELATION <= correlation <= 1


def find_blank(images):
    """Tell which images show nothing: their pixels have a standard deviation under 2."""
    return np.array([to_uint8(image).std() < BLANK_STD for image in images])


def near_pairs(images, *, correlation, exclude, probes=None):
    """Find the pairs of images whose pixels correlate, mirror images included.

    Parameters
    ----------
    images : ndarray of shape (n, h, w), or (n,) of arrays of shape (h, w), uint8
        Images; only those of one size are compared.
    correlation : float
        Two images are a pair from this Pearson correlation on, at most 1.
    exclude : ndarray of shape (n,), bool
        Images to leave alone, such as blank ones, whose correlation is noise.
    probes : ndarray of shape (n,), bool, optional
        Only pairs with at least one of these images are looked for; all by default.

    Returns
    -------
    pairs : ndarray of shape (k, 2), int64
        Positions of the images, a probe first. A pair that is near as it is and also with one of
        the two mirrored is there twice.
    correlations : ndarray of shape (k,), float64
        The correlation of each pair.

    Notes
    -----
    Images are centred and scaled to unit length, so that a correlation is a dot product. Their
    means over 12 x 12 blocks, as an orthonormal projection, with the length of the rest as one
    more coordinate, are unit vectors too, and no pair is farther apart than in full. So each pair
    with the wanted correlation has at least that dot product there too; the few pairs that have
    it are then compared in full.
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
    """Group images that are joined by pairs.

    Parameters
    ----------
    pairs : ndarray of shape (k, 2), int
        Positions of images that belong together.
    n_samples : int
        Number of images.

    Returns
    -------
    groups : ndarray of shape (n_samples,), int64
        Id of the group of each image; groups are closed under "belongs together".
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
    """Pair the first images with those behind them, or with the mirror images of those."""
    summary = _summarize(images)
    others = _summarize(images[..., ::-1]) if mirrored else summary
    pairs, correlations = [np.empty((0, 2), dtype=np.int64)], [np.empty(0)]
    for start in range(0, n_probes, _ROWS):
        products = summary[start : min(start + _ROWS, n_probes)] @ others[start:].T
        # Both relations are symmetric, so half of the table is enough.
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
    # Identical images must reach 1 in spite of rounding.
    return np.round(correlations, 12)


def _unit(images):
    """Centre images and scale them to unit length, in double precision."""
    images = images.astype(np.float64)
    images -= images.mean(axis=(1, 2), keepdims=True)
    return images / np.linalg.norm(images, axis=(1, 2), keepdims=True)
