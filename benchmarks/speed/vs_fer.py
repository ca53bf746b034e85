"""Recognition in frames against the ``fer`` package."""

from time import perf_counter

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.speed.clips import moving_faces
from benchmarks.speed.fer_package import FerPackageError, fer_package
from benchmarks.speed.pipelines import one_thread_of_opencv
from benchmarks.speed.timings import Row
from fer_classic.live import Recognizer, StreamRecognizer, make_frame_detector
from fer_classic.persistence import load_bundled

__all__ = ["time_against_fer"]

_SIZE = (640, 480)
_FACES = (1, 5)
_FRAMES = 90
# As the programs do by default; and in each frame, as the fer package does.
_EVERY = {5: "", 1: ", detection in each frame"}


def time_against_fer(repeats, python):
    """Time recognition in frames with the bundled model against the ``fer`` package.

    Parameters
    ----------
    repeats : int
        How often the two go through the frames, in turn.
    python : str or path
        The interpreter of the environment in which it is installed.

    Yields
    ------
    row : Row
        Spreads are the 95th percentile over the median.

    Raises
    ------
    FerPackageError
        If the package is not there, or finds no face in half of the frames or more.
    """
    model, card = load_bundled()
    recognizer = Recognizer(model, card=card, detector=make_frame_detector())
    for n_faces in _FACES:
        frames = moving_faces(_SIZE, n_faces, _FRAMES)
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
        name = f"{_SIZE[0]}x{_SIZE[1]}, {n_faces} face{'s' * (n_faces > 1)}"
        for every, remark in _EVERY.items():
            yield Row(
                "frames",
                name + remark,
                f"fer {version}",
                "frame",
                *(float(np.median(run)) for run in (ours[every], theirs)),
                *(float(np.quantile(r, 0.95) / np.median(r)) for r in (ours[every], theirs)),
                *([len(frames), *frames[0].shape] for _ in range(2)),
            )


def _recognize(recognizer, every, frames):
    """Seconds of each frame."""
    stream, seconds = StreamRecognizer(recognizer, detect_every=every), []
    with threadpool_limits(1), one_thread_of_opencv():
        for frame in frames:
            start = perf_counter()
            stream.recognize(frame)
            seconds.append(perf_counter() - start)
    return seconds
