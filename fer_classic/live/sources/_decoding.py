"""The frames of a video file up to its real end, and how long the file says that it is."""

import math
import time
from dataclasses import dataclass

from fer_classic.utils._opencv import cv2

__all__ = ["Tally", "VideoFacts", "grabbed", "read_facts"]

# Failures in succession after which a video has ended: 40 seconds of 25 frames each. At a real end
# they take a few hundredths of a second together.
_MAX_FAILURES = 1000
# Frames that are waited for beyond that because the file promises them.
_MAX_PROMISED = 100_000
# Part of the promised time that may be missing, since it is an estimate in many files.
_MISSING = 0.1


@dataclass(frozen=True)
class VideoFacts:
    """What a video file says of itself; each of them may be an estimate of the container.

    Parameters
    ----------
    fps : float or None
        Mean number of frames a second.
    n_frames : int or None
        Number of frames.
    seconds : float or None
        Duration.
    """

    fps: float | None
    n_frames: int | None
    seconds: float | None

    @property
    def n_promised(self):
        """Number of frames to be expected; 0 if nothing is said about it."""
        return self.n_frames or round((self.seconds or 0) * (self.fps or 0))


class Tally:
    """Counts the frames of a video, those included that are missing.

    Attributes
    ----------
    n_frames : int
        Number of frames up to the last one that was grabbed.
    n_decoded : int
        Number of those that could be decoded.
    """

    def __init__(self):
        self.n_frames = self.n_decoded = 0
        self._first_missing = None
        self._seconds = self._offset = self._longest = 0.0

    def grabbed(self, index, seconds, video):
        """Count a frame that was grabbed just now."""
        if self.n_frames == 0:
            self._offset = _offset(video)
        elif index == self.n_frames:
            self._longest = max(self._longest, seconds - self._seconds)
        self.n_frames, self._seconds = index + 1, seconds

    def decoded(self, index):
        """Count a frame that could be decoded."""
        if self._first_missing is None and index > self.n_decoded:
            self._first_missing = self.n_decoded
        self.n_decoded += 1

    def damage(self, name, promised, interval):
        """Say what is missing once a video has ended.

        Parameters
        ----------
        name : str
            The video.
        promised : float or None
            Its duration in seconds, as the file says.
        interval : float
            Mean seconds from one frame to the next. The last frame may be shown for as long as any
            other was.

        Returns
        -------
        damage : str or None
        """
        sentences = []
        if n_missing := self.n_frames - self.n_decoded:
            first = self.n_decoded if self._first_missing is None else self._first_missing
            sentences.append(
                f"{n_missing} of {self.n_frames} frames of {name} cannot be decoded and are left "
                f"out, the first of them frame {first}."
            )
        end = self._seconds + max(interval, self._longest)
        if promised is not None and promised - self._offset - end > _MISSING * promised:
            sentences.append(
                f"{name} ended after {self.n_decoded} frames, at {end:.2f} of {promised:.2f} "
                "seconds; it is damaged, was cut off, or its sound goes on for longer."
            )
        return " ".join(sentences) or None


def read_facts(video, path=None):
    """Read what a video says of itself.

    Parameters
    ----------
    video : cv2.VideoCapture
        An open video.
    path : pathlib.Path, optional
        Its file, if it is one.

    Returns
    -------
    facts : VideoFacts
    """
    rate = video.get(cv2.CAP_PROP_FPS)
    count = video.get(cv2.CAP_PROP_FRAME_COUNT)
    # A file without a rate gives the ticks of its clock, at least 1000 a second, and its length in
    # such ticks in place of frames.
    has_ticks = rate >= 1000
    has_count = 0 < count < math.inf
    fps = rate if rate > 0 and not has_ticks else None
    n_frames = int(count) if has_count and not has_ticks else None
    seconds = count / rate if has_count and 0 < rate < math.inf else None
    if seconds is not None and path is not None and _is_mp4(path):
        # The count includes frames that an edit list hides, as a cut without re-encoding leaves
        # them. The bit rate is the size of the file over its duration, which excludes them.
        kilobits = video.get(cv2.CAP_PROP_BITRATE)
        if kilobits > 0:
            seconds = min(seconds, 8 * path.stat().st_size / (1000 * kilobits))
    return VideoFacts(fps, n_frames, seconds)


def grabbed(video, n_promised=0, *, timeout=math.inf, clock=time.perf_counter):
    """Grab every frame of a video that can be decoded.

    A grab fails at the end of the file and at a damaged frame alike; only after the latter may the
    next one succeed. The end is reached after 1000 failures in succession, but not before the
    number of frames that the file promises, as far as that is below 100,000 more.

    Parameters
    ----------
    video : cv2.VideoCapture
        A newly opened video.
    n_promised : int, default=0
        Number of frames as the file says.
    timeout : float, default=inf
        Seconds of failures in succession after which the end is reached in any case.
    clock : callable, default=time.perf_counter
        Gives the time in seconds.

    Yields
    ------
    index : int
        Number of the frame; a damaged one is counted.
    stamp : float
        Its time stamp in milliseconds.
    """
    index = 0
    while True:
        start = clock()
        last = index + _MAX_FAILURES + min(max(n_promised - index, 0), _MAX_PROMISED)
        while not video.grab():
            index += 1
            if index >= last or clock() - start > timeout:
                return
        yield index, video.get(cv2.CAP_PROP_POS_MSEC)
        index += 1


def _offset(video):
    """Seconds by which a video begins later than its file; 0 if the backend does not know."""
    rate, stamp = video.get(cv2.CAP_PROP_FPS), video.get(cv2.CAP_PROP_PTS)
    if not (rate > 0 and 0 <= stamp < math.inf):
        return 0.0
    return max(0.0, stamp / rate - video.get(cv2.CAP_PROP_POS_MSEC) / 1000)


def _is_mp4(path):
    with path.open("rb") as file:
        return file.read(8)[4:] == b"ftyp"
