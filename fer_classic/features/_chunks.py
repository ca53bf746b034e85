"""Splitting of a batch into chunks that fit the processor's cache."""

__all__ = ["chunks"]

# Values in one array of a chunk. Smaller chunks are dominated by the overhead of calls; for larger
# ones the arrays of a descriptor no longer fit the cache.
_VALUES = 48_000


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
