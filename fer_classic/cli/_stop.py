"""What a command says when Ctrl-C ends it: what is done, and how to go on."""

from contextlib import contextmanager

__all__ = ["if_stopped"]


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
