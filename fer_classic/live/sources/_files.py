"""Where frames come from: iterables of ``(index, time in seconds, frame)``.

Each source also says whether it is ``live``, that is, does not wait for its reader (see
:class:`Latest`), and its ``fps`` and ``n_frames``, None where they cannot be known.
"""

import glob
import math
import os
import re
import warnings
from contextlib import contextmanager, suppress
from functools import cached_property
from itertools import islice
from pathlib import Path

from fer_classic.exceptions import FerClassicError, FerClassicWarning, SourceError, UnknownNameError
from fer_classic.live.sources._cameras import (
    CameraSource,
    StreamSource,
    opened,
    stream_arguments,
    without_password,
)
from fer_classic.live.sources._decoding import Tally, grabbed, read_facts
from fer_classic.live.sources._timestamps import check_fps, frame_times
from fer_classic.utils import read_image
from fer_classic.utils._limits import excess_pixels, pixel_limit
from fer_classic.utils._listing import HEIC_SUFFIXES, images_in, is_image_name
from fer_classic.utils._opencv import cv2
from fer_classic.utils._walk import SPECIAL, Skipped

__all__ = ["ArraySource", "ImageSource", "VideoSource", "open_source"]

_DEFAULT_FPS = 25.0
_STREAMS = ("http", "https", "rtmp", "rtmps", "rtp", "rtsp", "rtsps", "srt", "tcp", "udp")
# Seconds for which a server may fail to deliver a frame before its video counts as ended.
_TIMEOUT = 10.0


class ArraySource:
    """Frames that are in memory.

    Parameters
    ----------
    frames : iterable of ndarray
        Grey, BGR or BGRA frames.
    fps : float, default=25.0
        Frames a second, from which their times follow.

    Raises
    ------
    ValueError
        If ``fps`` is not a positive number.
    """

    live = False

    def __init__(self, frames, *, fps=_DEFAULT_FPS):
        self.frames = frames
        self.fps = check_fps(fps)

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
        which ``**`` stands for any folders. From a folder the visible files with an image ending
        are taken (:func:`~fer_classic.utils.image_suffixes`), by a pattern every file.
    fps : float, default=25.0
        Images a second, from which their times follow.
    start : int, default=0
        Number of the first image to give, counted from 0.

    Raises
    ------
    SourceError
        While iterating: if there is no image, none from ``start`` on, or none of them can be read.
    ValueError
        If ``fps`` is not a positive number, or ``start`` is negative.

    Warns
    -----
    DataWarning
        If a folder holds what cannot be read as images, or a pattern matches pipes or devices.
    FerClassicWarning
        If images cannot be read.

    Attributes
    ----------
    damage : str or None
        Which images could not be read when they were last iterated to the end; None if all could.

    Notes
    -----
    An image that cannot be read is left out: the numbers and times of the frames jump.
    """

    live = False

    def __init__(self, where, *, fps=_DEFAULT_FPS, start=0):
        self.where = where
        self.fps = check_fps(fps)
        self.start = _check_start(start)
        self.damage = None

    @cached_property
    def paths(self):
        """Files of the images, in order, as a list of pathlib.Path."""
        where, skipped = Path(self.where), Skipped(folders=False)
        if where.is_dir():
            paths = list(images_in(where, skipped, deep=False))
        elif where.is_file():
            paths = [where]
        else:
            found = map(Path, glob.glob(str(self.where), recursive=True))
            found = [path for path in found if not path.is_dir()]
            paths = [path for path in found if path.is_file()]
            for path in set(found) - set(paths):
                skipped.add(SPECIAL, path.name)
        skipped.warn(title=str(where))
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
        self.damage = None
        _check_reached(self.where, self.start, self.n_frames)
        errors = []
        for index, path in islice(enumerate(self.paths), self.start, None):
            try:
                image = read_image(path)
            except FerClassicError as error:
                errors.append(f"image {index + 1} of {self.where}: {error}")
                continue
            yield index, index / self.fps, image
        if not errors:
            return
        n_images = self.n_frames - self.start
        if len(errors) == n_images:
            raise SourceError(errors[0])
        self.damage = (
            f"{len(errors)} of {n_images} images of {self.where} cannot be read and are left out, "
            f"the first of them {errors[0].rstrip('.')}."
        )
        warnings.warn(self.damage, FerClassicWarning, stacklevel=2)


class VideoSource:
    """A video file, here or on a server; it ends with the file.

    Parameters
    ----------
    path : str or path-like
        The file, or its address (``https://...``).
    start : int, default=0
        Number of the first frame to give, counted from 0. The frames before it are decoded and
        passed over, since a jump to a frame is not exact in many files.
    capture : callable, default=cv2.VideoCapture
        Opens a video: ``capture(path)``, or ``capture(address, api, parameters)``.

    Attributes
    ----------
    damage : str or None
        What is missing of the video, as far as it was noticed when its frames were last iterated to
        the end; None if nothing is.

    Raises
    ------
    SourceError
        While iterating, and from the properties: if there is no such file, its frames have more
        pixels than :func:`~fer_classic.utils.read_image` decodes, or none of them can be decoded;
        while iterating, if it has no frame ``start``.
    ValueError
        If ``start`` is negative.

    Warns
    -----
    FerClassicWarning
        If frames cannot be decoded, or the file ends well before the time that it promises.

    Notes
    -----
    A frame that cannot be decoded is left out: the numbers and times of the frames jump. Times are
    the time stamps of the file, which may have a variable frame rate; see
    :func:`~fer_classic.live.sources._timestamps.frame_times` for frames without one.
    """

    live = False

    def __init__(self, path, *, start=0, capture=cv2.VideoCapture):
        self.path = path if _is_address(path) else Path(path)
        self._name = without_password(str(self.path))
        self.start = _check_start(start)
        self.capture = capture
        self.damage = None

    @property
    def fps(self):
        """Mean number of frames a second, as the file says; 25 if it does not."""
        return self._facts.fps or _DEFAULT_FPS

    @property
    def n_frames(self):
        """Number of frames, as the file says, those before ``start`` included; None if not said.

        It is an estimate in many files, above all in those with a variable frame rate.
        """
        return self._facts.n_frames

    @property
    def _is_finite(self):
        return self._facts.seconds is not None or self.n_frames is not None

    @cached_property
    def _facts(self):
        with self._opened() as video:
            return read_facts(video, None if _is_address(self.path) else self.path)

    def __iter__(self):
        self.damage = None
        tally = Tally()
        timeout = _TIMEOUT if _is_address(self.path) else math.inf
        with self._opened() as video:
            frames = grabbed(video, self._facts.n_promised, timeout=timeout)
            for index, seconds in frame_times(frames, self.fps):
                tally.grabbed(index, seconds, video)
                if index >= self.start:
                    read, frame = video.retrieve()
                    if not read:
                        continue
                    yield index, seconds, frame
                tally.decoded(index)
        if tally.n_decoded == 0:
            raise SourceError(self._error_message)
        _check_reached(self._name, self.start, tally.n_frames)
        self.damage = tally.damage(self._name, self._facts.seconds, 1 / self.fps)
        if self.damage:
            warnings.warn(self.damage, FerClassicWarning, stacklevel=2)

    @property
    def _error_message(self):
        return f"{self._name} is not a video that OpenCV can decode."

    @contextmanager
    def _opened(self):
        if _is_address(self.path):
            arguments = stream_arguments(self.path)
        elif os.path.isfile(self.path):
            arguments = (str(self.path),)
        else:
            problem = "is not a file" if os.path.exists(self.path) else "does not exist"
            raise SourceError(f"no such video file: {self._name} {problem}.")
        with opened(self.capture, *arguments) as video:
            if not video.isOpened():
                raise SourceError(self._error_message)
            sides = (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)
            excess = excess_pixels([int(video.get(side)) for side in sides], pixel_limit())
            if excess:
                raise SourceError(f"each frame of {self._name} {excess}")
            yield video


def open_source(
    text: str, *, start: int = 0, retries: int = 0, fps: float = _DEFAULT_FPS
) -> CameraSource | StreamSource | ImageSource | VideoSource:
    """Make a source from an argument of a command line.

    Parameters
    ----------
    text : str
        The number of a camera (a file of such a name is written ``./0``), the address of a stream
        (``rtsp://...``), a folder of images, an image, a pattern of images, or a video file, which
        may have an address (``https://...``).
    start : int, default=0
        Number of the first frame to give, of images and videos.
    retries : int, default=0
        How often a camera or stream that is gone is opened again.
    fps : float, default=25.0
        Images a second; videos know their own rate.

    Returns
    -------
    source : CameraSource, StreamSource, ImageSource or VideoSource
        Nothing is opened yet, except what has an ``http`` address: the number of frames
        distinguishes a video from a stream.

    Raises
    ------
    SourceError
        If there is nothing of that name, or if a camera or stream was to start later.
    UnknownNameError
        If the address has an unknown scheme.
    """
    scheme, separator, _ = text.partition("://")
    if separator and scheme.lower() not in _STREAMS:
        raise UnknownNameError("kind of stream", scheme, _STREAMS)
    web = separator and scheme.lower() in ("http", "https")
    if web and (video := _served_video(text, start)):
        return video
    if text.isdecimal() or separator:
        if start:
            name = without_password(text)
            raise SourceError(f"{name} is live, or not there: it cannot go on from frame {start}.")
        if text.isdecimal():
            return CameraSource(int(text), retries=retries)
        return StreamSource(text, retries=retries)
    path = Path(text)
    # OpenCV reads all pictures of an animated GIF as a video, and its first as an image.
    if (text and os.path.isdir(path)) or (_is_image(path) and path.suffix.lower() != ".gif"):
        return ImageSource(path, fps=fps, start=start)
    if os.path.isfile(path):
        return VideoSource(path, start=start)
    if set(text) & set("*?["):
        return ImageSource(text, fps=fps, start=start)
    problem = "not a file" if text and os.path.exists(path) else "no such source"
    raise SourceError(
        f"{problem}: {without_password(text)!r}; give the number of a camera, an address "
        "(rtsp://...), a video file, or a folder or pattern of images."
    )


def _check_start(start):
    if start < 0:
        raise ValueError(f"start must be 0 or more, got {start}.")
    return start


def _check_reached(name, start, n_frames):
    if 0 < start >= n_frames:
        raise SourceError(f"{name} has only {n_frames} frames; it cannot go on from frame {start}.")


def _is_address(path):
    return "://" in str(path)


def _served_video(url, start):
    """Give the video at an address, or None for a stream and for what does not answer."""
    video = VideoSource(url, start=start)
    with suppress(SourceError):
        return video if video._is_finite else None


def _is_image(path):
    # Reading a HEIC photo says what it takes, where that is missing.
    named = is_image_name([path.name]) or path.suffix.lower() in HEIC_SUFFIXES
    return named and os.path.isfile(path)


def _natural(path):
    """Key by which digits in a path are compared as numbers."""
    parts = re.split(r"(\d+)", path.as_posix())
    # Numbers are always at odd places; the text itself decides between 1 and 01.
    return [int(part) if place % 2 else part for place, part in enumerate(parts)], parts
