"""Where frames come from: iterables of ``(index, time in seconds, frame)``."""

import time
from contextlib import contextmanager
from pathlib import Path

from fer_classic.exceptions import SourceError
from fer_classic.utils._opencv import cv2

__all__ = ["ArraySource", "CameraSource", "VideoSource"]


class ArraySource:
    """Frames that are in memory.

    Parameters
    ----------
    frames : iterable of ndarray
        Grey, BGR or BGRA frames.
    fps : float, default=25.0
        Frames a second, from which their times follow.
    """

    def __init__(self, frames, *, fps=25.0):
        self.frames = frames
        self.fps = fps

    def __iter__(self):
        for index, frame in enumerate(self.frames):
            yield index, index / self.fps, frame


class CameraSource:
    """A camera; it delivers frames until the reader stops.

    Parameters
    ----------
    index : int, default=0
        Number of the camera, as OpenCV counts them.
    capture : callable, default=cv2.VideoCapture
        Opens a camera: ``capture(index)``.
    patience : float, default=5.0
        Seconds without a frame after which the camera is taken for gone.
    clock, sleep : callable
        Give the time in seconds, and wait for a number of seconds.

    Raises
    ------
    SourceError
        While iterating: if the camera cannot be opened, or stops delivering frames.
    """

    def __init__(
        self,
        index=0,
        *,
        capture=cv2.VideoCapture,
        patience=5.0,
        clock=time.perf_counter,
        sleep=time.sleep,
    ):
        self.index = index
        self.capture = capture
        self.patience = patience
        self.clock = clock
        self.sleep = sleep

    def __iter__(self):
        name = f"camera {self.index}"
        remedy = "check that it is connected and not in use, or choose another one"
        with _opened(self.capture, self.index, f"cannot open {name}; {remedy}.") as camera:
            start = self.clock()
            deadline = start + self.patience
            index = 0
            while self.clock() < deadline:
                read, frame = camera.read()
                if not read or frame is None or not frame.size:
                    self.sleep(0.02)
                    continue
                yield index, self.clock() - start, frame
                index += 1
                # Counted from here, since the reader may have taken its time with the frame.
                deadline = self.clock() + self.patience
        raise SourceError(
            f"{name} delivered no frame for {self.patience:g} seconds (after {index} frames); "
            f"{remedy}."
        )


class VideoSource:
    """A video file; it ends with the file.

    Parameters
    ----------
    path : str or path-like
        The file.
    capture : callable, default=cv2.VideoCapture
        Opens a video: ``capture(path)``.

    Raises
    ------
    SourceError
        While iterating: if there is no such file, or no frame in it that can be decoded.
    """

    def __init__(self, path, *, capture=cv2.VideoCapture):
        self.path = Path(path)
        self.capture = capture

    def __iter__(self):
        if not self.path.is_file():
            raise SourceError(f"no such video file: {self.path}")
        complaint = f"{self.path} is not a video that OpenCV can decode."
        with _opened(self.capture, str(self.path), complaint) as video:
            # Some files do not say their rate.
            fps = video.get(cv2.CAP_PROP_FPS) or 25.0
            index = 0
            while True:
                read, frame = video.read()
                if not read:
                    break
                yield index, index / fps, frame
                index += 1
        if index == 0:
            raise SourceError(complaint)


@contextmanager
def _opened(capture, what, complaint):
    # OpenCV reports a missing camera on the standard error stream, in words for its developers.
    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        stream = capture(what)
    finally:
        cv2.utils.logging.setLogLevel(level)
    try:
        if not stream.isOpened():
            raise SourceError(complaint)
        yield stream
    finally:
        stream.release()
