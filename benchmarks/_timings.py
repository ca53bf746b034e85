"""What a timing is, and how two functions are timed fairly."""

from dataclasses import dataclass, field
from statistics import median
from time import perf_counter

__all__ = ["Row", "make_row", "take_turns"]


@dataclass(frozen=True)
class Row:
    """One comparison.

    Parameters
    ----------
    part, subject, against : str
        What was timed, and against what.
    unit : str
        What the seconds are for.
    seconds, seconds_against : float
        Medians.
    spread, spread_against : float
        Slowest over fastest repetition; of frames, the 95th percentile over the median.
    shape, shape_against : list of int
        Of the images that went in; empty where there are none.
    stages : dict of str to list of two float
        Median and 95th percentile of each stage of ours, in milliseconds; empty where it is one.
    overlap : list of two float
        Median and 5th percentile of the overlap (intersection over union) of the boxes of ours with
        those that are detected in each frame; empty where there are no boxes.
    """

    part: str
    subject: str
    against: str
    unit: str
    seconds: float
    seconds_against: float
    spread: float
    spread_against: float
    shape: list
    shape_against: list
    stages: dict = field(default_factory=dict)
    overlap: list = field(default_factory=list)

    @property
    def ratio(self):
        """Their time over ours."""
        return self.seconds_against / self.seconds


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


def make_row(part, subject, against, unit, pair, shapes=((), ())):
    sizes = [shape[0] if shape else 1 for shape in shapes]
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
    )
