"""Progress reports of long computations."""

import sys
from contextlib import suppress
from threading import Event, Thread
from time import monotonic

from tqdm import tqdm

__all__ = ["Progress"]

INTERVAL = 60.0
"""Seconds between lines."""


class Progress:
    """Progress bar in a terminal, otherwise a line every minute; on standard error.

    Work that cannot be counted, such as a call of ``fit``, is reported by lines in a terminal, too.
    Lines are written by a separate thread, so that a single long call is also reported.

    Parameters
    ----------
    task : str
        Name of the task, such as ``"features"``.
    total : int, optional
        Number of units; None if unknown.
    done : int, default=0
        Units finished by an earlier run.
    unit : str, optional
        Name of the unit, such as ``"image"``; None if nothing is counted.
    bar : bool, default=True
        Whether a bar may be shown; False if results are printed during the work.
    leave : bool, default=True
        Whether the bar stays visible at the end.
    interval : float, optional
        Seconds between lines; 60 by default.

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
            # A daemon thread, so that a failed program can end.
            self._thread = Thread(target=self._report, args=(sys.stderr,), daemon=True)
            self._thread.start()
        return self

    def __exit__(self, *exc_info):
        self._ended.set()
        if self._bar.disable:
            self._thread.join()
        self._bar.close()

    def update(self, n=1):
        """Count units as finished."""
        self.done += n
        self._bar.update(n)

    def each(self, items):
        """Iterate over items, and count each as finished when the next one is requested."""
        for item in items:
            yield item
            self.update()

    def _report(self, file):
        # A closed log must not interrupt the work.
        with suppress(OSError, ValueError):
            while not self._ended.wait(self._interval):
                # This does not break other bars.
                tqdm.write(self.line(monotonic() - self._start), file=file)
                file.flush()

    def line(self, seconds):
        """Return the line that reports the progress after ``seconds``."""
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
