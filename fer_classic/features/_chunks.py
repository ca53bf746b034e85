"""Splitting of a batch into chunks that fit the processor's cache."""

from fer_classic.units import check_depth, to_unit

__all__ = ["chunks", "unit_chunks"]

# Values in one array of a chunk. Smaller chunks are dominated by the overhead of calls; for larger
# ones the arrays of a descriptor no longer fit the cache.
_VALUES = 128_000


def chunks(n_images, n_values):
    """Split a batch into slices.

    Parameters
    ----------
    n_images : int
        Length of the batch.
    n_values : int
        Values in the largest array that one image needs.

    Returns
    -------
    chunks : list of slice
        Each of at least one image.
    """
    step = max(1, _VALUES // n_values)
    return [slice(start, start + step) for start in range(0, n_images, step)]


def unit_chunks(images, n_values):
    """Iterate over the chunks of a batch, as floats in which white is 1.

    Parameters
    ----------
    images : ndarray of shape (n, h, w)
    n_values : int
        See :func:`chunks`.

    Yields
    ------
    chunk : slice
    units : ndarray of shape (n_in_chunk, h, w), float32
        See :func:`~fer_classic.units.to_unit`.

    Raises
    ------
    ValueError
        If 16-bit values of the whole batch are those of 8-bit images.
    """
    check_depth(images)
    for chunk in chunks(len(images), n_values):
        yield chunk, to_unit(images[chunk])
