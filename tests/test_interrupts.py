"""Ctrl-C ends a command without a traceback; ``tests.interrupts`` tries them all."""

import os
import sys

import pytest

from tests.interrupts import interrupt

# The signal comes when the processes have been started, and none has imported what it needs.
PROGRAM = """
import os, signal, sys, threading, time
from fer_classic.utils import _cluster


class Interrupted(_cluster.Parallel):
    def __call__(self, calls):
        ready = super().__call__(calls)
        threading.Timer(0.1, os.killpg, (os.getpgid(0), signal.SIGINT)).start()
        return ready


_cluster.Parallel = Interrupted
try:
    with _cluster.working(n_jobs=2):
        time.sleep(30)
except KeyboardInterrupt:
    sys.exit("stopped")
"""


@pytest.mark.skipif(os.name != "posix", reason="Windows has no groups of processes")
def test_workers_that_are_starting_say_nothing(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)
    path = os.pathsep.join([str(tmp_path), *sys.path])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", path)
        _, _, lines = interrupt(["program"], lambda process: False, pause=0)
    assert lines == ["stopped"]
