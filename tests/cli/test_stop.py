import subprocess
import sys

import pytest

PROGRAM = """
import atexit, sys
from fer_classic.cli._stop import leave_with, prepare_to_leave

class Library:
    def __del__(self):
        print("unloaded")

prepare_to_leave()
atexit.register(print, "cleaned up")
library = Library()
{leave}
sys.exit(1)
"""


@pytest.mark.parametrize(
    ("leave", "code", "lines"),
    [
        ("leave_with(130)", 130, ["cleaned up"]),
        ("", 1, ["cleaned up", "unloaded"]),
    ],
)
def test_an_interrupted_program_cleans_up_and_unloads_nothing(leave, code, lines):
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(leave=leave)], stdout=subprocess.PIPE, text=True
    )
    assert run.returncode == code
    assert run.stdout.splitlines() == lines
