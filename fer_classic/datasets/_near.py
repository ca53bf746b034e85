"""Groups of images that show nearly the same pixels, found exactly and without all-pairs cost."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

__all__ = ["near_groups"]

_BLOCKS = 12
_ROWS = 1024
_CHUNK_PIXELS = 4_000_000
# The projection is in single precision; this keeps its rounding from losing a pair.
_SLACK = 1e-4


def near_groups(images, *, correlation, exclude):
    """Group images by the correlation of their pixels, mirror images included.

    Parameters
    ----------
    images : ndarray of shape (n, h, w), or (n,) of arrays of shape (h, w), uint8
        Images; only those of one size are compared.
    correlation : float
        Two images belong together from this Pearson correlation on, at most 1.
    exclude : ndarray of shape (n,), bool
        Images to leave alone, such as blank ones, whose correlation is noise.

    Returns
    -------
    groups : ndarray of shape (n,), int64
        Id of the group of each image; groups are closed under "belongs together".

    Notes
    -----
    Images are centred and scaled to unit length, so that a correlation is a dot product. Their
    means over 12 x 12 blocks, as an orthonormal projection, with the length of the rest as one
    more coordinate, are unit vectors too, and no pair is farther apart than in full. So each pair
    with the wanted correlation has at least that dot product there too; the few pairs that have
    it are then compared in full.
    """
    n_samples = len(images)
    pairs = [np.empty((0, 2), dtype=np.int64)]
    for members in _by_shape(images, exclude):
        batch = images[members]
        batch = np.stack(list(batch)) if batch.dtype == object else batch
        pairs.append(members[_pairs(batch, correlation, mirrored=False)])
        pairs.append(members[_pairs(batch, correlation, mirrored=True)])
    first, second = np.concatenate(pairs).T
    graph = coo_array((np.ones(len(first), dtype=bool), (first, second)), shape=(n_samples,) * 2)
    return connected_components(graph, directed=False)[1].astype(np.int64)


def _by_shape(images, exclude):
    shapes = {}
    for index in np.flatnonzero(~exclude):
        shapes.setdefault(images[index].shape, []).append(index)
    return [np.array(members) for members in shapes.values()]


def _pairs(images, correlation, *, mirrored):
    """Give the pairs ``(k, 2)`` of images, or of one and the mirror image of the other."""
    summary = _summarize(images)
    others = _summarize(images[..., ::-1]) if mirrored else summary
    found = [np.empty((0, 2), dtype=np.int64)]
    for start in range(0, len(images), _ROWS):
        products = summary[start : start + _ROWS] @ others[start:].T
        # Both relations are symmetric, so half of the table is enough.
        first, second = np.nonzero(products >= correlation - _SLACK)
        candidates = np.column_stack([first, second])[second > first] + start
        found.append(candidates[_correlate(images, candidates, mirrored) >= correlation])
    return np.concatenate(found)


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
