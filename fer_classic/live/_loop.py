"""The loop that every live program runs."""

import time
from collections import deque
from dataclasses import dataclass

from fer_classic.live._results import LiveFrame

__all__ = ["LiveStats", "run_live"]

# Frames over which the rate is averaged: long enough to read it, short enough to follow.
_RATE_FRAMES = 30


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
    """

    frames: int
    faces: int
    seconds: float

    @property
    def fps(self):
        """Frames a second; 0 for a run without frames."""
        return self.frames / self.seconds if self.seconds else 0.0


def run_live(source, recognizer, sink, *, clock=time.perf_counter):
    """Recognize the faces in every frame of a source and hand them to a sink.

    Parameters
    ----------
    source : iterable of (index, time, frame)
        For instance :class:`CameraSource`. It is closed at the end, however the run ends.
    recognizer : object with a method ``recognize(frame)``
        For instance :class:`Recognizer`.
    sink : context manager with a method ``write(live_frame)``
        For instance :class:`WindowSink`. The run ends when ``write`` returns False.
    clock : callable, default=time.perf_counter
        Gives the time in seconds.

    Returns
    -------
    stats : LiveStats
        Counts and duration.
    """
    n_frames = n_faces = 0
    start = clock()
    stamps = deque(maxlen=_RATE_FRAMES)
    frames = iter(source)
    try:
        with sink:
            for index, seconds, image in frames:
                faces = recognizer.recognize(image)
                stamps.append(clock())
                n_frames += 1
                n_faces += len(faces)
                if not sink.write(LiveFrame(index, seconds, image, faces, _rate(stamps))):
                    break
    finally:
        # A camera stays taken until its generator is closed; a plain list has nothing to close.
        if hasattr(frames, "close"):
            frames.close()
    return LiveStats(n_frames, n_faces, clock() - start)


def _rate(stamps):
    elapsed = stamps[-1] - stamps[0]
    return (len(stamps) - 1) / elapsed if elapsed > 0 else None
