import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from fer_classic.utils._threads import map_in_threads


def blas_threads():
    np.ones((2, 2)) @ np.ones((2, 2))
    return {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}


@pytest.mark.parametrize("n_items", [0, 1, 9])
def test_results_are_in_order(n_items):
    assert map_in_threads(lambda k: k * k, range(n_items)) == [k * k for k in range(n_items)]


def test_linear_algebra_uses_one_thread_in_each():
    before = blas_threads()
    assert map_in_threads(lambda _: blas_threads(), range(4)) == [{1}] * 4
    assert blas_threads() == before


@pytest.mark.parametrize("n_threads", [1, 3])
def test_as_many_threads_as_linear_algebra_may_use(n_threads):
    # All must be there at once to pass.
    together = threading.Barrier(n_threads)
    with threadpool_limits(n_threads, user_api="blas"):
        map_in_threads(lambda _: together.wait(timeout=30), range(2 * n_threads))


def test_errors_reach_the_caller():
    with pytest.raises(ZeroDivisionError):
        map_in_threads(lambda k: 1 / k, range(3))


@pytest.mark.parametrize("n_items", [0, 1])
def test_libraries_are_not_searched_for_a_single_item(n_items, monkeypatch):
    monkeypatch.setattr("fer_classic.utils._threads.ThreadpoolController", None)
    assert map_in_threads(abs, range(n_items)) == list(range(n_items))
