"""What a timing is, and how two functions are timed fairly."""

from dataclasses import dataclass, field
from statistics import median
from time import perf_counter

__all__ = ["Row", "make_row", "skipped_row", "take_turns"]


@dataclass(frozen=True)
class Row:
    """One comparison.

    Parameters
    ----------
    part, subject, against : str
        What was timed, and against what.
    unit : str
        What the seconds are for.
    seconds, seconds_against : float or None
        Medians; None for what was skipped.
    spread, spread_against : float
        Slowest over fastest repetition; of frames, the 95th percentile over the median.
    shape, shape_against : list of int
        Of the images that went in; empty where there are none.
    bytes, bytes_against : int or None
        Of what came out.
    memory, memory_against : int or None
        Bytes of memory at the peak, above what the process held before.
    accuracy, accuracy_against : float or None
        Share of faces that are named rightly.
    stages : dict of str to list of two float
        Median and 95th percentile of each stage of ours, in milliseconds; empty where it is one.
    overlap : list of two float
        Median and 5th percentile of the overlap (intersection over union) of the boxes of ours with
        those that are detected in each frame; empty where there are no boxes.
    reason : str
        Why it was skipped; empty if it was not.
    """

    part: str
    subject: str
    against: str
    unit: str
    seconds: float | None = None
    seconds_against: float | None = None
    spread: float | None = None
    spread_against: float | None = None
    shape: list = field(default_factory=list)
    shape_against: list = field(default_factory=list)
    bytes: int | None = None
    bytes_against: int | None = None
    memory: int | None = None
    memory_against: int | None = None
    accuracy: float | None = None
    accuracy_against: float | None = None
    stages: dict = field(default_factory=dict)
    overlap: list = field(default_factory=list)
    reason: str = ""

    @property
    def ratio(self):
        """Their time over ours; None for what was skipped."""
        return None if self.reason else self.seconds_against / self.seconds


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


def make_row(part, subject, against, unit, pair, shapes=((), ()), **more):
    """Make a row of the seconds of two functions; ``more`` are further fields."""
    sizes = [shape[0] if unit == "face" else 1 for shape in shapes]
    ours, theirs = ([s / size for s in run] for run, size in zip(pair, sizes, strict=True))
    return Row(
        part,
        subject,
        against,
        unit,
        median(ours),
        median(theirs),
        max(ours) / min(ours),
        max(theirs) / min(theirs),
        *map(list, shapes),
        **more,
    )


def skipped_row(part, subject, against, unit, reason):
    """Make a row of a comparison that was not made."""
    return Row(part, subject, against, unit, reason=reason)
