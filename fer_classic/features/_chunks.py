"""Cutting a batch into chunks that fit the processor's cache."""

__all__ = ["chunks"]

# Numbers in one array of a chunk. Fewer, and the calls cost as much as the work; more, and the
# handful of arrays that a descriptor keeps at a time no longer fits the cache.
_VALUES = 48_000


def chunks(n_images, n_values):
    """Cut a batch into slices.

    Parameters
    ----------
    n_images : int
        Length of the batch.
    n_values : int
        Numbers in the largest array that one image needs.

    Returns
    -------
    chunks : list of slice
        Of one image or more each.
    """
    step = max(1, _VALUES // n_values)
    return [slice(start, start + step) for start in range(0, n_images, step)]
