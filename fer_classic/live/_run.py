"""The loop that every live program runs."""

import math
import signal
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import numpy as np

from fer_classic.live._results import Faces, FrameResult
from fer_classic.live._timing import FrameRate, StageTimer
from fer_classic.live.sinks._group import wants_end
from fer_classic.live.sinks._protocol import Sink
from fer_classic.live.sources._cameras import frames_of, keeping_up
from fer_classic.live.sources._protocol import Source

__all__ = ["LiveStats", "StageTime", "ending_on_sigterm", "run_live"]


@dataclass(frozen=True)
class StageTime:
    """Time that a stage takes, in milliseconds a frame.

    Parameters
    ----------
    p50 : float
        The median, within 2.5 percent.
    p95 : float
        The time within which 95 of 100 frames are done, within 2.5 percent.
    """

    p50: float
    p95: float


@dataclass(frozen=True)
class LiveStats:
    """What a run amounted to.

    Parameters
    ----------
    frames : int
        Number of frames.
    faces : int
        Number of faces in all frames.
    seconds : float
        Duration of the run.
    milliseconds : dict of str to StageTime
        Time of each stage, over the frames that went through it.
    """

    frames: int
    faces: int
    seconds: float
    milliseconds: dict[str, StageTime] = field(default_factory=dict)

    @property
    def fps(self):
        """Frames a second; 0 for a run without frames."""
        return self.frames / self.seconds if self.seconds else 0.0


def run_live(
    source: Source | Iterable[tuple[int, float, np.ndarray]],
    recognizer: Any,
    sink: Sink,
    *,
    clock: Callable[[], float] = time.perf_counter,
) -> LiveStats:
    """Recognize the faces in every frame of a source and hand them to a sink.

    Parameters
    ----------
    source : Source, or iterable of (index, time, frame)
        For instance :class:`CameraSource`. It is closed at the end, however the run ends. One that
        is ``live`` is read through :class:`Latest`.
    recognizer : object with a method ``recognize(frame)``
        For instance :class:`Recognizer`. It returns a list of :class:`Face`; if that is a
        :class:`Faces`, it holds the time of each stage of the recognition.
    sink : Sink
        For instance :class:`WindowSink`. The run ends when ``write`` returns False; None, and any
        other value, goes on.
    clock : callable, default=time.perf_counter
        Gives the time in seconds.

    Returns
    -------
    stats : LiveStats
        Counts and durations.

    Notes
    -----
    ``milliseconds`` of each frame holds ``grab`` (until the source gave it), the stages of the
    recognizer (else ``recognize``), and ``draw``, the time that the sink took for the frame before,
    since that of this one is not over yet.
    """
    n_frames = n_faces = 0
    times: defaultdict[str, _Quantiles] = defaultdict(_Quantiles)
    rate = FrameRate(clock)
    drawing = StageTimer(clock)
    start = clock()
    with frames_of(keeping_up(source)) as frames, sink:
        while True:
            timer = StageTimer(clock)
            with timer.stage("grab"):
                item = next(frames, None)
            if item is None:
                break
            index, seconds, image = item
            with timer.stage("recognize"):
                faces = recognizer.recognize(image)
            stages = _stages(timer.milliseconds, faces)
            fps = rate.count()
            n_frames += 1
            n_faces += len(faces)
            times_so_far = stages | drawing.milliseconds
            result = FrameResult(index, seconds, image, faces, fps, times_so_far)
            drawing = StageTimer(clock)
            with drawing.stage("draw"):
                answer = sink.write(result)
            for stage, milliseconds in (stages | drawing.milliseconds).items():
                times[stage].add(milliseconds)
            if wants_end(answer):
                break
    stages = {stage: StageTime(spent.at(0.5), spent.at(0.95)) for stage, spent in times.items()}
    return LiveStats(n_frames, n_faces, clock() - start, stages)


@contextmanager
def ending_on_sigterm():
    """Let the signal SIGTERM end a run as Ctrl-C does, so that all is closed.

    Within the context the signal raises ``KeyboardInterrupt(signal.SIGTERM)`` in the main thread.
    In other threads, which cannot set what a signal does, the context changes nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        # None stands for what was not set from Python and cannot be set again from it.
        signal.signal(signal.SIGTERM, signal.SIG_DFL if previous is None else previous)


def _interrupt(number, frame):
    raise KeyboardInterrupt(signal.Signals(number))


def _stages(milliseconds, faces):
    """Put the stages of a recognition in the place of its whole time, where they are known."""
    if isinstance(faces, Faces):
        return {"grab": milliseconds["grab"], **faces.milliseconds}
    return milliseconds


class _Quantiles:
    """Quantiles of any number of durations, from counts in bins that are 5 percent wide."""

    _WIDTH = math.log(1.05)
    # Shorter ones, in milliseconds, are all the same; zero has no logarithm.
    _MIN_MILLISECONDS = 1e-3

    def __init__(self):
        self._counts = Counter()

    def add(self, milliseconds):
        self._counts[round(math.log(max(milliseconds, self._MIN_MILLISECONDS)) / self._WIDTH)] += 1

    def at(self, q):
        """Give the smallest duration that a part ``q`` of them does not exceed."""
        places = sorted(self._counts)
        ranks = accumulate(self._counts[place] for place in places)
        reached = q * self._counts.total()
        return next(
            math.exp(place * self._WIDTH)
            for place, rank in zip(places, ranks, strict=True)
            if rank >= reached
        )
