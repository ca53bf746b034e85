"""What a command says when Ctrl-C ends it: what is done, and how to go on."""

import signal
from contextlib import contextmanager

__all__ = ["exit_code", "if_stopped"]


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
