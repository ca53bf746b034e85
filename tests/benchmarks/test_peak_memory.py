import numpy as np
import pytest

from benchmarks._peak_memory import PeakMemory


def test_the_peak_of_a_block():
    with PeakMemory() as quiet:
        pass
    with PeakMemory() as loud:
        np.ones(25_000_000)
    if quiet.bytes is None:
        pytest.skip("the system does not report the memory of a process")
    assert loud.bytes >= quiet.bytes + 100e6


def test_where_the_peak_cannot_be_forgotten(tmp_path):
    with PeakMemory(reset=tmp_path / "none" / "clear_refs") as memory:
        pass
    assert memory.bytes is None or memory.bytes > 1e6
