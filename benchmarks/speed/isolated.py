"""Functions in processes of their own, so that their memory is measured alone."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from time import perf_counter

from threadpoolctl import threadpool_limits

from benchmarks._peak_memory import PeakMemory

__all__ = ["Measured", "call_alone"]


class Measured:
    """Measure time and memory of a block.

    Attributes
    ----------
    seconds : float
        Set when the block ends.
    memory : int or None
        Bytes at the peak, above what the process held before; None where the system does not say.
    """

    def __enter__(self):
        with PeakMemory() as before:
            pass
        self._before, self._peak = before.bytes, PeakMemory().__enter__()
        self._start = perf_counter()
        return self

    def __exit__(self, *exception):
        self.seconds = perf_counter() - self._start
        self._peak.__exit__(*exception)
        self.memory = None if self._before is None else self._peak.bytes - self._before


def call_alone(function, *arguments):
    """Call a function in a fresh process, on one thread.

    Parameters
    ----------
    function : callable
        Of a module, and so is what it returns.
    *arguments
        What it gets.

    Returns
    -------
    result : object
        What the function returns.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_on_one_thread, function, arguments).result()


def _on_one_thread(function, arguments):
    with threadpool_limits(1):
        return function(*arguments)
