"""Recognition in frames against the ``fer`` package."""

from time import perf_counter

import numpy as np

from benchmarks._threads import one_thread
from benchmarks.speed.clips import Clips
from benchmarks.speed.fer_package import FerPackageError, fer_package
from benchmarks.speed.timings import Row, timing_of_frames
from fer_classic.live import Recognizer, StreamRecognizer, make_frame_detector
from fer_classic.persistence import load_bundled

__all__ = ["time_against_fer"]

_CLIPS = Clips(sizes=((640, 480),))
# As the programs do by default; and in each frame, as the fer package does.
_EVERY = {5: "", 1: ", detection in each frame"}


def time_against_fer(repeats, python, *, clips=_CLIPS):
    """Time recognition in frames with the bundled ``svm_fast`` against the ``fer`` package.

    Parameters
    ----------
    repeats : int
        How often the two go through the frames, in turn.
    python : str or path
        The interpreter of the environment in which it is installed.
    clips : Clips, optional

    Yields
    ------
    row : Row
        Spreads are the 95th percentile over the median.

    Raises
    ------
    FerPackageError
        If the package is not there, or finds no face in half of the frames or more.
    """
    model, card = load_bundled("svm_fast")
    recognizer = Recognizer(model, card=card, detector=make_frame_detector())
    for name, frames in clips:
        ours, theirs, found = {every: [] for every in _EVERY}, [], []
        with fer_package(frames, python) as (recognize, version):
            # The first turn loads what is loaded once, and is not counted.
            for turn in range(1 + repeats):
                mine = {every: _recognize(recognizer, every, frames) for every in _EVERY}
                seconds, found = recognize()
                if turn:
                    theirs += seconds
                    for every in _EVERY:
                        ours[every] += mine[every]
        if np.count_nonzero(found) <= len(frames) / 2:
            raise FerPackageError(
                f"the fer package finds a face in {np.count_nonzero(found)} of {len(frames)} "
                "frames only, so its time says nothing."
            )
        for every, remark in _EVERY.items():
            yield Row(
                part="frames",
                subject=name + remark,
                against=f"fer {version}",
                unit="frame",
                ours=timing_of_frames(ours[every], frames),
                theirs=timing_of_frames(theirs, frames),
            )


def _recognize(recognizer, every, frames):
    """Seconds of each frame."""
    stream, seconds = StreamRecognizer(recognizer, detect_every=every), []
    with one_thread():
        for frame in frames:
            start = perf_counter()
            stream.recognize(frame)
            seconds.append(perf_counter() - start)
    return seconds
