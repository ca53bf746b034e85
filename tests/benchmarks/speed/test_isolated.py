import os

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from benchmarks.speed.isolated import Measured, call_alone


def threads():
    np.ones((2, 2)) @ np.ones((2, 2))
    return os.getpid(), [pool["num_threads"] for pool in threadpool_info()]


def test_a_process_of_its_own_on_one_thread():
    pid, counts = call_alone(threads)
    assert pid != os.getpid()
    assert counts
    assert set(counts) == {1}


def test_an_error_comes_through():
    with pytest.raises(ValueError, match="invalid literal"):
        call_alone(int, "x")


def test_memory_above_what_is_held_already():
    held = np.ones(10_000_000)
    with Measured() as quiet:
        pass
    with Measured() as loud:
        np.ones(25_000_000)
    assert 0 <= quiet.seconds <= loud.seconds
    if quiet.memory is None:
        pytest.skip("the system does not report the memory of a process")
    assert quiet.memory < 20e6 < held.nbytes
    assert 190e6 < loud.memory < 280e6
