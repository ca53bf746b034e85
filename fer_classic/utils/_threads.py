"""Independent pieces of numerical work in threads."""

from concurrent.futures import ThreadPoolExecutor

from threadpoolctl import ThreadpoolController

__all__ = ["map_in_threads"]


def map_in_threads(function, items):
    """Call a function for each item, in as many threads as linear algebra may use.

    Linear algebra uses one thread in each of them. Its own threads would wait actively for each
    other, which takes most of the time if other programs keep the processor busy or if matrices
    are small; they also leave everything but matrix products to a single thread.

    Parameters
    ----------
    function : callable
        ``function(item)``; most of its time should be spent in numpy, which then runs in parallel.
    items : sequence

    Returns
    -------
    results : list
        Results in the order of the items.
    """
    if len(items) <= 1:
        return [function(item) for item in items]
    # It looks through all libraries of the process, which takes milliseconds.
    libraries = ThreadpoolController().select(user_api="blas")
    n_threads = max((each["num_threads"] for each in libraries.info()), default=1)
    with libraries.limit(limits=1), ThreadPoolExecutor(n_threads) as pool:
        return list(pool.map(function, items))
