"""The time that the stages of a frame take."""

import time
from contextlib import contextmanager

__all__ = ["StageTimer"]


class StageTimer:
    """Times the stages of one frame, one after the other.

    Parameters
    ----------
    clock : callable, default=time.perf_counter
        Gives the time in seconds.

    Attributes
    ----------
    milliseconds : dict of str to float
        Time of each stage that has ended, in order.
    """

    def __init__(self, clock=time.perf_counter):
        self.clock = clock
        self.milliseconds = {}

    @contextmanager
    def stage(self, name):
        """Time what is done within the context; a stage that fails leaves no time.

        Parameters
        ----------
        name : str
            Name of the stage.
        """
        start = self.clock()
        yield
        self.milliseconds[name] = 1000.0 * (self.clock() - start)
