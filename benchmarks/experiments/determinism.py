"""On what a result depends besides the data, the parameters and the seed."""

from sklearn.frozen import FrozenEstimator
from threadpoolctl import threadpool_info

from fer_classic.utils._parts import model_parts

__all__ = ["is_deterministic", "n_threads"]


def is_deterministic(model):
    """Whether other numbers of threads give the same predictions, and scores within 1e-6.

    Parameters
    ----------
    model : estimator
        Fitted.

    Returns
    -------
    deterministic : bool
        False if the fit has trained a network: torch adds in another order with another number of
        threads, and the differences grow from step to step.
    """
    parts = list(model_parts(model))
    frozen = {id(part.estimator) for part in parts if isinstance(part, FrozenEstimator)}
    return not any(hasattr(part, "history_") and id(part) not in frozen for part in parts)


def n_threads():
    """Count the threads of the numerical libraries in this process.

    Returns
    -------
    n_threads : int
        The largest number of any of them.
    """
    return max((pool["num_threads"] for pool in threadpool_info()), default=1)
