"""Calls by the workers of joblib: their results, limits and warnings are those of one process."""

import os
import threading
import warnings

import pytest
from joblib import parallel_config

from fer_classic.exceptions import DataWarning, FerClassicWarning, NoFaceWarning
from fer_classic.live._workers import call_workers
from fer_classic.utils._limits import limit_pixels, pixel_limit

WORKERS = [("loky", 1), ("loky", 2), ("threading", 2)]
CALLS = [(number,) for number in range(4)]


@pytest.fixture(params=WORKERS, ids=lambda param: "-".join(map(str, param)))
def workers(request):
    kind, n_jobs = request.param
    with parallel_config(kind, n_jobs=n_jobs):
        yield request.param


def warn_and_square(number):
    warnings.warn("the same for all", FerClassicWarning, stacklevel=1)
    warnings.warn(f"{number % 2}", DataWarning, stacklevel=1)
    warnings.warn(NoFaceWarning("no face", number), stacklevel=1)
    return number**2


def limit_and_process(number):
    return pixel_limit(), os.getpid(), threading.get_ident()


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.filterwarnings("ignore::fer_classic.exceptions.FerClassicWarning")
def test_results_of_all_calls(ordered, workers):
    found = list(call_workers(warn_and_square, CALLS, ordered=ordered))
    assert (found if ordered else sorted(found)) == [0, 1, 4, 9]


@pytest.mark.parametrize("workers", WORKERS[:2], indirect=True, ids=["one process", "two"])
def test_warnings_are_issued_here_and_once(workers, capfd):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert list(call_workers(warn_and_square, CALLS)) == [0, 1, 4, 9]
    found = sorted((warning.category.__name__, str(warning.message)) for warning in caught)
    assert found == [
        ("DataWarning", "0"),
        ("DataWarning", "1"),
        ("FerClassicWarning", "the same for all"),
        ("NoFaceWarning", "no face"),
    ]
    assert capfd.readouterr().err == ""


# A thread of loky may fail when the rest of the work is cancelled.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_warnings_obey_the_filters_of_this_process(workers, capfd):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        list(call_workers(warn_and_square, CALLS))
    assert capfd.readouterr().err == ""
    with pytest.raises(FerClassicWarning, match="the same for all"):
        list(call_workers(warn_and_square, CALLS))


@pytest.mark.filterwarnings("ignore::fer_classic.exceptions.FerClassicWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_who_stops_early_is_not_advised(workers):
    """All warnings that are not expected are errors in tests."""
    results = call_workers(warn_and_square, [(number,) for number in range(40)])
    assert next(results) == 0
    results.close()


def test_threads_leave_the_filters_of_their_process_alone():
    barrier = threading.Barrier(2, timeout=20)

    def meet(number):
        before = list(warnings.filters), warnings.showwarning
        barrier.wait()
        return (list(warnings.filters), warnings.showwarning) == before

    before = list(warnings.filters), warnings.showwarning
    with parallel_config("threading", n_jobs=2):
        assert list(call_workers(meet, CALLS)) == [True] * 4
    assert (list(warnings.filters), warnings.showwarning) == before


def test_they_obey_the_limit_of_pixels(workers):
    kind, n_jobs = workers
    # Started before the limit is changed, as those of a cluster.
    list(call_workers(limit_and_process, CALLS))
    with limit_pixels(1234):
        limits, processes, threads = zip(*call_workers(limit_and_process, CALLS), strict=True)
    assert set(limits) == {1234}
    assert (os.getpid() in processes) == (kind == "threading" or n_jobs == 1)
    assert (threading.get_ident() in threads) == (n_jobs == 1)
