"""Numbers of threads on which a result does not depend."""

from contextlib import contextmanager
from dataclasses import dataclass

from threadpoolctl import threadpool_info, threadpool_limits

__all__ = ["Threads", "deterministic_threads"]

# Numbers in the training part, such as those of the drawn faces; more gain from threads.
_FEW_NUMBERS = 10_000_000


@dataclass(frozen=True)
class Threads:
    """Threads of a fit.

    Parameters
    ----------
    number : int
        The largest number of threads of a numerical library.
    deterministic : bool
        Whether it is the same on every machine and for every number of jobs.
    """

    number: int
    deterministic: bool


@contextmanager
def deterministic_threads(model, values):
    """Compute on one thread in this block, if the training part is small.

    With another number of threads, sums are added in another order: in float32 the scores of the
    ``svm_*`` recipes then differ by about 1e-5.

    Parameters
    ----------
    model : estimator
        Unfitted. A network, which learns in epochs, gains from threads on small data, too.
    values : ndarray of shape (n, ...)
        Training part.

    Yields
    ------
    threads : Threads
    """
    names = (name.rpartition("__")[2] for name in model.get_params())
    deterministic = "checkpoint_dir" not in names and values.size <= _FEW_NUMBERS
    with threadpool_limits(1 if deterministic else None):
        numbers = [pool["num_threads"] for pool in threadpool_info()]
        yield Threads(max(numbers, default=1), deterministic)
