"""Independent pieces of numerical work in threads."""

from concurrent.futures import ThreadPoolExecutor

from threadpoolctl import threadpool_info, threadpool_limits

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
    if len(items) == 1:
        return [function(items[0])]
    counts = [each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"]
    n_threads = max(counts, default=1)
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(n_threads) as pool:
        return list(pool.map(function, items))
