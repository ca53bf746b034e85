"""The time that the stages of a frame take, and how many frames there are in a second."""

import time
from collections import deque
from contextlib import contextmanager

__all__ = ["FrameRate", "StageTimer"]

# Frames over which the rate is averaged: long enough to read it, short enough to follow.
_RATE_FRAMES = 30


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


class FrameRate:
    """Frames a second, over the last 30 frames.

    Parameters
    ----------
    clock : callable, default=time.perf_counter
        Gives the time in seconds.
    """

    def __init__(self, clock=time.perf_counter):
        self.clock = clock
        self._stamps = deque(maxlen=_RATE_FRAMES)

    def count(self):
        """Count a frame that is done now.

        Returns
        -------
        fps : float or None
            Frames a second; None for the first frame.
        """
        self._stamps.append(self.clock())
        elapsed = self._stamps[-1] - self._stamps[0]
        return (len(self._stamps) - 1) / elapsed if elapsed > 0 else None
