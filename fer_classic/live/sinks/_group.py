"""Sinks that have no output of their own: several in one, and none."""

import contextlib

import numpy as np

__all__ = ["MultiSink", "NullSink", "wants_end"]


class NullSink:
    """Takes frames and does nothing with them."""

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        return None

    def write(self, result):
        """Go on.

        Parameters
        ----------
        result : FrameResult
            A frame and its faces.

        Returns
        -------
        go_on : bool
            Always True.
        """
        return True


class MultiSink:
    """Hands each frame to several sinks.

    Parameters
    ----------
    *sinks : context manager with a method ``write(result)``
        They are opened in this order and closed in the reverse one, each of them whatever happens
        to the others.
    """

    def __init__(self, *sinks):
        self.sinks = sinks

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            for sink in self.sinks:
                stack.enter_context(sink)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exc_info):
        return self._stack.__exit__(*exc_info)

    def write(self, result):
        """Hand a frame to every sink.

        Parameters
        ----------
        result : FrameResult
            A frame and its faces.

        Returns
        -------
        go_on : bool
            False if any sink returned False; the others got the frame all the same.
        """
        answers = [sink.write(result) for sink in self.sinks]
        return not any(map(wants_end, answers))


def wants_end(answer):
    """Say whether what a sink returned ends the run: only False does, also that of NumPy.

    A method that returns nothing, or the number of characters that it wrote, goes on.
    """
    return isinstance(answer, bool | np.bool_) and not answer
