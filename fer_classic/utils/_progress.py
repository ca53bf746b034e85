"""What a person sees of long work, with a terminal and without one."""

import sys
from contextlib import suppress
from threading import Event, Thread
from time import monotonic

from tqdm import tqdm

__all__ = ["Progress"]

INTERVAL = 60.0
"""Seconds from one line to the next."""


class Progress:
    """A bar where there is a terminal, elsewhere a line every minute; on standard error.

    Work that cannot be counted, such as a call of ``fit``, gets lines in a terminal as well. They
    come from a thread of their own, so that one call may take as long as it does.

    Parameters
    ----------
    task : str
        What is being done, such as ``"features"``.
    total : int, optional
        Number of units; None if it is not known.
    done : int, default=0
        Units that an earlier run has finished.
    unit : str, optional
        What is counted, such as ``"image"``; None if nothing is.
    bar : bool, default=True
        Whether there may be a bar: not where results are printed while the work goes on.
    leave : bool, default=True
        Whether the bar stays when the work has ended.
    interval : float, optional
        Seconds from one line to the next; 60 by default.

    Examples
    --------
    >>> from fer_classic.utils._progress import Progress
    >>> with Progress("drawing", total=2, unit="face") as progress:
    ...     for _ in range(2):
    ...         progress.update()
    """

    def __init__(self, task, *, total=None, done=0, unit=None, bar=True, leave=True, interval=None):
        self.task, self.total, self.done, self.unit = task, total, done, unit
        self._bar_options = {"leave": leave, "disable": None if bar and unit else True}
        self._interval = INTERVAL if interval is None else interval

    def __enter__(self):
        self._start, self._ended = monotonic(), Event()
        self._bar = tqdm(
            desc=self.task,
            total=self.total,
            initial=self.done,
            unit=self.unit or "it",
            file=sys.stderr,
            **self._bar_options,
        )
        if self._bar.disable:
            # A thread that must not keep a program alive whose work has failed.
            self._thread = Thread(target=self._tell, args=(sys.stderr,), daemon=True)
            self._thread.start()
        return self

    def __exit__(self, *exc_info):
        self._ended.set()
        if self._bar.disable:
            self._thread.join()
        self._bar.close()

    def update(self, n=1):
        """Note that units are finished."""
        self.done += n
        self._bar.update(n)

    def each(self, items):
        """Give items, and note each as finished when the next one is asked for."""
        for item in items:
            yield item
            self.update()

    def _tell(self, file):
        # Who cannot be told, as the log is gone, must not disturb the work.
        with suppress(OSError, ValueError):
            while not self._ended.wait(self._interval):
                # This leaves the bars of others whole.
                tqdm.write(self.line(monotonic() - self._start), file=file)
                file.flush()

    def line(self, seconds):
        """Say how far the work is after so many seconds."""
        count = ""
        if self.unit:
            of = "" if self.total is None else f" of {self.total:,}"
            plural = "" if (self.total or self.done) == 1 else "s"
            count = f"{self.done:,}{of} {self.unit}{plural}, "
        return f"{self.task}: {count}{_duration(seconds)}"


def _duration(seconds):
    minutes, hours = int(seconds // 60), int(seconds // 3600)
    if hours:
        return f"{hours} h {minutes - 60 * hours} min"
    return f"{minutes} min" if minutes else f"{int(seconds)} s"
