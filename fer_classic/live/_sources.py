"""Where frames come from: iterables of ``(index, time in seconds, frame)``.

Each source also says whether it is ``live``, that is, does not wait for its reader (see
:class:`Latest`), and its ``fps`` and ``n_frames``, None where they cannot be known.
"""

import glob
import math
import re
import warnings
from contextlib import contextmanager
from functools import cached_property
from itertools import islice
from pathlib import Path

from fer_classic.exceptions import (
    FerClassicError,
    FerClassicWarning,
    SourceError,
    UnknownNameError,
)
from fer_classic.live._capture import CameraSource, StreamSource, opened
from fer_classic.utils import IMAGE_SUFFIXES, read_image
from fer_classic.utils._opencv import cv2

__all__ = ["ArraySource", "ImageSource", "VideoSource", "frame_times", "open_source"]

_DEFAULT_FPS = 25.0
_STREAMS = ("http", "https", "rtmp", "rtmps", "rtp", "rtsp", "rtsps", "srt", "tcp", "udp")
# Part of the promised frames that may be missing: of some files the number is an estimate.
_MISSING = 0.1


class ArraySource:
    """Frames that are in memory.

    Parameters
    ----------
    frames : iterable of ndarray
        Grey, BGR or BGRA frames.
    fps : float, default=25.0
        Frames a second, from which their times follow.
    """

    live = False

    def __init__(self, frames, *, fps=_DEFAULT_FPS):
        self.frames = frames
        self.fps = fps

    @property
    def n_frames(self):
        """Number of frames; None if they come from a generator."""
        return len(self.frames) if hasattr(self.frames, "__len__") else None

    def __iter__(self):
        for index, frame in enumerate(self.frames):
            yield index, index / self.fps, frame


class ImageSource:
    """Image files, in the order in which people number them: ``img2.png`` before ``img10.png``.

    Parameters
    ----------
    where : str or path-like
        A folder (without its subfolders), a file, or a pattern such as ``"shots/*/cam_?.png"``, in
        which ``**`` stands for any folders. From a folder the visible files with a usual image
        ending are taken, by a pattern every file.
    fps : float, default=25.0
        Images a second, from which their times follow.
    start : int, default=0
        Number of the first image to give, counted from 0.

    Raises
    ------
    SourceError
        While iterating: if there is no image, or one of them cannot be read. Leaving it out would
        leave a gap that nobody notices.
    """

    live = False

    def __init__(self, where, *, fps=_DEFAULT_FPS, start=0):
        self.where = where
        self.fps = fps
        self.start = _check_start(start)

    @cached_property
    def paths(self):
        """Files of the images, in order, as a list of pathlib.Path."""
        where = Path(self.where)
        if where.is_dir():
            paths = [path for path in where.iterdir() if _is_image(path)]
        elif where.is_file():
            paths = [where]
        else:
            found = map(Path, glob.glob(str(self.where), recursive=True))
            paths = [path for path in found if path.is_file()]
        if not paths:
            if where.is_dir():
                remedy = f"for those in subfolders give a pattern such as '{where}/**/*.png'"
                raise SourceError(f"no images in the folder {where}; {remedy}.")
            raise SourceError(f"no such image, folder or pattern with files: {where}")
        return sorted(paths, key=_natural)

    @property
    def n_frames(self):
        """Number of images, those before ``start`` included."""
        return len(self.paths)

    def __iter__(self):
        for index, path in islice(enumerate(self.paths), self.start, None):
            try:
                image = read_image(path)
            except FerClassicError as error:
                raise SourceError(f"image {index} of {self.where}: {error}") from error
            yield index, index / self.fps, image


class VideoSource:
    """A video file; it ends with the file.

    Parameters
    ----------
    path : str or path-like
        The file.
    start : int, default=0
        Number of the first frame to give, counted from 0. The frames before it are decoded and
        passed over, since a jump to a frame is not exact in many files.
    capture : callable, default=cv2.VideoCapture
        Opens a video: ``capture(path)``.

    Raises
    ------
    SourceError
        While iterating, and from the attributes: if there is no such file, or no frame in it that
        can be decoded.

    Warns
    -----
    FerClassicWarning
        If the file ends well before the number of frames that it promises.

    Notes
    -----
    Times are the time stamps of the file, which may have a variable frame rate; see
    :func:`frame_times` for frames without one.
    """

    live = False

    def __init__(self, path, *, start=0, capture=cv2.VideoCapture):
        self.path = Path(path)
        self.start = _check_start(start)
        self.capture = capture

    @property
    def fps(self):
        """Mean number of frames a second, as the file says; 25 if it does not."""
        return self._facts[0]

    @property
    def n_frames(self):
        """Number of frames, as the file says, those before ``start`` included; None if not said."""
        return self._facts[1]

    @cached_property
    def _facts(self):
        with self._opened() as video:
            fps = video.get(cv2.CAP_PROP_FPS)
            count = video.get(cv2.CAP_PROP_FRAME_COUNT)
        # A file without a rate tells the ticks of its clock, at least 1000 a second.
        return fps if 0 < fps < 1000 else _DEFAULT_FPS, int(count) if count > 0 else None

    def __iter__(self):
        fps, n_frames = self._facts
        n_decoded = 0
        with self._opened() as video:
            stamps = (video.get(cv2.CAP_PROP_POS_MSEC) for _ in iter(video.grab, False))
            for index, seconds in enumerate(frame_times(stamps, fps)):
                n_decoded += 1
                if index < self.start:
                    continue
                read, frame = video.retrieve()
                if not read:
                    raise SourceError(f"frame {index} of {self.path} cannot be decoded.")
                yield index, seconds, frame
        if n_decoded == 0:
            raise SourceError(self._complaint)
        if n_frames and n_decoded < (1.0 - _MISSING) * n_frames:
            warnings.warn(
                f"{self.path} ended after {n_decoded} of {n_frames} frames; it is damaged, or was "
                "cut off.",
                FerClassicWarning,
                stacklevel=2,
            )

    @property
    def _complaint(self):
        return f"{self.path} is not a video that OpenCV can decode."

    @contextmanager
    def _opened(self):
        if not self.path.is_file():
            raise SourceError(f"no such video file: {self.path}")
        with opened(self.capture, str(self.path)) as video:
            if not video.isOpened():
                raise SourceError(self._complaint)
            yield video


def frame_times(stamps, fps):
    """Turn the time stamps of a file into times that only go forward.

    Parameters
    ----------
    stamps : iterable of float
        Time stamp of each frame in milliseconds, as the file has it.
    fps : float
        Frames a second.

    Yields
    ------
    seconds : float
        The time stamp, to the nanosecond. Where it is missing (negative, not finite), or not later
        than the time of the frame before (0 is what OpenCV gives for a missing one), the time
        follows by the frame rate from the last frame with a good stamp; without any it is the
        number of the frame over ``fps``.
    """
    previous = -1.0
    good_index, good_seconds = 0, 0.0
    for index, stamp in enumerate(stamps):
        # OpenCV computes stamps from whole ticks and leaves 0.30000000000000004 for 0.3.
        seconds = round(stamp / 1000.0, 9)
        if math.isfinite(seconds) and seconds >= 0.0 and seconds > previous:
            good_index, good_seconds = index, seconds
        else:
            seconds = good_seconds + (index - good_index) / fps
        previous = seconds
        yield seconds


def open_source(text, *, start=0, retries=0, fps=_DEFAULT_FPS):
    """Make a source from an argument of a command line.

    Parameters
    ----------
    text : str
        The number of a camera (a file of such a name is written ``./0``), the address of a stream
        (``rtsp://...``), a folder of images, an image, a pattern of images, or a video file.
    start : int, default=0
        Number of the first frame to give, of images and videos.
    retries : int, default=0
        How often a camera or stream that is gone is opened again.
    fps : float, default=25.0
        Images a second; videos know their own rate.

    Returns
    -------
    source : CameraSource, StreamSource, ImageSource or VideoSource
        Nothing is opened yet.

    Raises
    ------
    SourceError
        If there is nothing of that name, or if a camera or stream was to start later.
    UnknownNameError
        If the address has an unknown scheme.
    """
    scheme, separator, _ = text.partition("://")
    if text.isdecimal() or separator:
        if start:
            raise SourceError(f"{text} is live: it cannot go on from frame {start}.")
        if text.isdecimal():
            return CameraSource(int(text), retries=retries)
        if scheme.lower() not in _STREAMS:
            raise UnknownNameError("kind of stream", scheme, _STREAMS)
        return StreamSource(text, retries=retries)
    path = Path(text)
    # OpenCV reads all pictures of an animated GIF as a video, and its first as an image.
    if (text and path.is_dir()) or (_is_image(path) and path.suffix.lower() != ".gif"):
        return ImageSource(path, fps=fps, start=start)
    if path.is_file():
        return VideoSource(path, start=start)
    if set(text) & set("*?["):
        return ImageSource(text, fps=fps, start=start)
    raise SourceError(
        f"no such source: {text!r}; give the number of a camera, an address (rtsp://...), a video "
        "file, or a folder or pattern of images."
    )


def _check_start(start):
    if start < 0:
        raise ValueError(f"start must be 0 or more, got {start}.")
    return start


def _is_image(path):
    hidden = path.name.startswith(".")
    return path.suffix.lower() in IMAGE_SUFFIXES and not hidden and path.is_file()


def _natural(path):
    """Key by which digits in a path are compared as numbers."""
    parts = re.split(r"(\d+)", path.as_posix())
    # Numbers are always at odd places; the text itself decides between 1 and 01.
    return [int(part) if place % 2 else part for place, part in enumerate(parts)], parts
