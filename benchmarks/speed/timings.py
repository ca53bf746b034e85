"""What a timing is, and how two functions are timed fairly."""

from dataclasses import asdict, dataclass, field, fields
from statistics import median
from time import perf_counter

import numpy as np

from benchmarks._rows import read_rows

__all__ = ["Row", "Timing", "read_timings", "take_turns", "timing_of", "timing_of_frames"]


@dataclass(frozen=True)
class Timing:
    """What a function took.

    Parameters
    ----------
    seconds : float
        Median, for one unit.
    spread : float
        Slowest over fastest repetition; of frames, the 95th percentile over the median.
    shape : list of int
        Of the images that went in; empty where there are none.
    bytes : int or None
        Of what came out.
    memory : int or None
        Bytes of memory at the peak, above what the process held before.
    accuracy : float or None
        Share of faces whose expression is named correctly.
    """

    seconds: float
    spread: float
    shape: list = field(default_factory=list)
    bytes: int | None = None
    memory: int | None = None
    accuracy: float | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One comparison.

    Parameters
    ----------
    part, subject, against : str
        What was timed, and against what.
    unit : str
        What the seconds are for.
    ours, theirs : Timing or None
        What the two took; None for what was skipped.
    stages : dict of str to list of two float
        Median and 95th percentile of each stage of ours, in milliseconds; empty where it is one.
    overlap : list of two float
        Median and 5th percentile of the overlap (intersection over union) of the boxes of ours with
        those that are detected in each frame; empty where there are no boxes.
    lost : int or None
        Of requests to a service, those without the answer that was due.
    reason : str
        Why it was skipped; empty if it was not.
    """

    part: str
    subject: str
    against: str
    unit: str
    ours: Timing | None = None
    theirs: Timing | None = None
    stages: dict = field(default_factory=dict)
    overlap: list = field(default_factory=list)
    lost: int | None = None
    reason: str = ""

    @property
    def ratio(self):
        """Their time over ours; None for what was skipped."""
        return None if self.reason else self.theirs.seconds / self.ours.seconds

    def as_record(self):
        """Give all fields in one table: those of theirs end with ``_against``.

        Returns
        -------
        record : dict
        """
        record = {name: getattr(self, name) for name in ("part", "subject", "against", "unit")}
        pair = [_EMPTY if timing is None else asdict(timing) for timing in (self.ours, self.theirs)]
        for name in _EMPTY:
            record |= {name: pair[0][name], f"{name}_against": pair[1][name]}
        rest = {
            name: getattr(self, name) for name in ("stages", "overlap", "lost", "reason", "ratio")
        }
        return record | rest

    @classmethod
    def from_record(cls, record):
        """Make a row of a table; one of an older version may lack fields.

        Raises
        ------
        KeyError, TypeError
            If it lacks the names of the row or, without a reason, its seconds.
        """
        names = ("part", "subject", "against", "unit", "stages", "overlap", "lost", "reason")
        row = {name: record[name] for name in names if name in record}
        if not row.get("reason"):
            for whose, end in (("ours", ""), ("theirs", "_against")):
                values = {k: record[k + end] for k in _EMPTY if k + end in record}
                row[whose] = Timing(**{"spread": None} | values)
        return cls(**row)


_EMPTY = {f.name: [] if f.name == "shape" else None for f in fields(Timing)}


def read_timings(path, parts):
    """Read the rows that a file holds; those of an older version lack some fields.

    Parameters
    ----------
    path : pathlib.Path
        The file; none has no rows.
    parts : collection of str
        Parts of the program; rows of others are dropped.

    Returns
    -------
    records : list of dict

    Raises
    ------
    DataFormatError
        If a line is no such row.
    """

    def convert(record):
        known = record["part"] in parts
        return record | Row.from_record(record).as_record() if known else None

    return read_rows(path, convert, of="timings")


def take_turns(ours, theirs, repeats):
    """Time two functions in turn; returns the seconds of each, one for each repetition."""
    ours(), theirs()
    seconds = []
    for _ in range(repeats):
        for function in (ours, theirs):
            start = perf_counter()
            function()
            seconds.append(perf_counter() - start)
    return seconds[::2], seconds[1::2]


def timing_of(seconds, *, n_units=1, shape=(), **more):
    """Sum up the seconds of the repetitions of a function.

    Parameters
    ----------
    seconds : list of float
        Of each repetition.
    n_units : int, default=1
        What a repetition works on, such as the faces of a batch.
    shape : sequence of int
        Of the images that went in.
    **more
        Further fields of :class:`Timing`.

    Returns
    -------
    timing : Timing
    """
    return Timing(median(seconds) / n_units, max(seconds) / min(seconds), list(shape), **more)


def timing_of_frames(seconds, frames):
    """Sum up the seconds of each frame of a clip."""
    middle, late = np.quantile(seconds, [0.5, 0.95])
    return Timing(float(middle), float(late / middle), [len(frames), *frames[0].shape])
