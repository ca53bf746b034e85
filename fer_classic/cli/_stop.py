"""How Ctrl-C ends a command: it says what is done and how to go on, and ends at once."""

import atexit
import os
import signal
import sys
from contextlib import contextmanager, suppress

__all__ = ["exit_code", "if_stopped", "leave_with", "prepare_to_leave"]

# The exit code of a program that was interrupted.
_codes: list[int] = []


def prepare_to_leave():
    """Let a program that is interrupted end without unloading its libraries.

    Unloading takes seconds on a busy machine, and Python would abort if a thread returned from a
    library meanwhile. Call this first: what is registered first is called last, after what ends
    workers and removes temporary files.
    """
    atexit.register(_leave)


def leave_with(code):
    """Set the exit code with which a program that :func:`prepare_to_leave` has prepared ends.

    Parameters
    ----------
    code : int
    """
    _codes.append(code)


def _leave():
    if _codes:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(_codes[-1])


def exit_code(stop):
    """Give the exit code of a program that a ``KeyboardInterrupt`` ends.

    Parameters
    ----------
    stop : KeyboardInterrupt
        Its argument is the signal, SIGINT where it has none.

    Returns
    -------
    code : int
        130 after Ctrl-C, 143 after SIGTERM.
    """
    return 128 + (stop.args[0] if stop.args else signal.SIGINT)


@contextmanager
def if_stopped(describe):
    """Add to a ``KeyboardInterrupt`` that leaves this block what the user should know.

    The program prints it, see :func:`~fer_classic.cli.main`.

    Parameters
    ----------
    describe : callable
        Gives a sentence without its full stop, or None.
    """
    try:
        yield
    except KeyboardInterrupt as stop:
        sentence = describe()
        if sentence:
            stop.add_note(sentence)
        raise
