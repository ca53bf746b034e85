"""Calls of a function by the workers of joblib, as if they were made in this process."""

import os
import platform
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from joblib import Parallel, delayed

from fer_classic.utils._limits import limit_pixels, pixel_limit

__all__ = ["call_workers"]


def call_workers(
    function: Callable, calls: Iterable[tuple], *, ordered: bool = True
) -> Iterator[Any]:
    """Call a function by the workers of joblib.

    They obey the limit of pixels of this process, also on other computers. Their warnings are
    issued here, under the filters of this process, each once: every worker, and every copy of an
    object, would repeat what is said once.

    Parameters
    ----------
    function : callable
    calls : iterable of tuple
        The arguments of each call.
    ordered : bool, default=True
        Whether results come in the order of the calls, and not as they are done.

    Yields
    ------
    result : object
        What a call returned.
    """
    tasks = (delayed(_call)(_place(), pixel_limit(), function, arguments) for arguments in calls)
    parallel = Parallel(return_as="generator" if ordered else "generator_unordered")
    seen = set()
    with _closed(parallel(tasks)) as results:
        for result, caught in results:
            for warning in caught:
                key = type(warning), str(warning)
                if key not in seen:
                    seen.add(key)
                    # Of who has called the function that makes use of this one.
                    warnings.warn(warning, stacklevel=3)
            yield result


@contextmanager
def _closed(results):
    """Close a generator of joblib here: the garbage collector may do that in another thread."""
    try:
        yield results
    finally:
        with warnings.catch_warnings():
            # Advice for a caller that stops early.
            warnings.filterwarnings("ignore", r"\d+ tasks ", UserWarning)
            results.close()


def _place():
    """Identify this process, among those of many computers, and its thread."""
    return (platform.node(), os.getpid()), threading.get_ident()


def _call(caller, max_pixels, function, arguments):
    """Give the result of a call, and the warnings on the way."""
    limited = nullcontext() if pixel_limit() == max_pixels else limit_pixels(max_pixels)
    (process, thread), (its_process, its_thread) = _place(), caller
    with limited:
        if process == its_process and thread != its_thread:
            # The threads of a process share their filters: none may change them, and what is
            # warned in one is issued in that process.
            return function(*arguments), []
        with warnings.catch_warnings(record=True) as caught:
            result = function(*arguments)
        return result, [warning.message for warning in caught]
