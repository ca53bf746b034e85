"""Live sources, which do not wait for their reader, and the thread that keeps up with them."""

import atexit
import re
import time
from contextlib import contextmanager, suppress
from queue import Empty, Queue
from threading import Event, Thread

from fer_classic.exceptions import SourceError
from fer_classic.utils._opencv import check_name, cv2

__all__ = [
    "CameraSource",
    "Latest",
    "StreamSource",
    "frames_of",
    "keeping_up",
    "opened",
    "stream_arguments",
    "without_password",
]

# Seconds between two polls of a camera; short compared with a frame at 30 a second.
_POLL = 0.02
# The wait before another attempt stops doubling at 32 seconds.
_MAX_DOUBLINGS = 5
# Seconds after which OpenCV gives up a call for a camera; for a stream the timeout is passed to it.
_MAX_CALL_SECONDS = 10.0


class _LiveSource:
    """Frames of something that can go away, and may come back."""

    live = True
    fps = None
    n_frames = None

    def __init__(self, *, capture, timeout, retries, clock, sleep):
        self.capture = capture
        self.timeout = timeout
        self.retries = retries
        self.clock = clock
        self.sleep = sleep

    def __iter__(self):
        return self.frames(self.sleep)

    def frames(self, sleep):
        """Iterate with another way to wait, such as one that can be ended."""
        start = None
        index = attempts = 0
        while True:
            with opened(self.capture, *self._arguments) as stream:
                is_open = stream.isOpened()
                if is_open and start is None:
                    start = self.clock()
                for frame in self._read(stream, sleep) if is_open else ():
                    yield index, self.clock() - start, frame
                    index += 1
                    attempts = 0
            if attempts >= self.retries:
                raise SourceError(self._error_message(is_open, index))
            sleep(2.0 ** min(attempts, _MAX_DOUBLINGS))
            attempts += 1

    def _read(self, stream, sleep):
        deadline = self.clock() + self.timeout
        while self.clock() < deadline:
            read, frame = stream.read()
            if not read or frame is None or not frame.size:
                sleep(_POLL)
                continue
            yield frame
            # Counted from here, since the reader may have taken its time with the frame.
            deadline = self.clock() + self.timeout

    def _error_message(self, is_open, n_frames):
        tried = f", tried {self.retries + 1} times" if self.retries else ""
        if is_open:
            what = f"{self._name} delivered no frame for {self.timeout:g} seconds"
            return f"{what} (after {n_frames} frames{tried}); {self._remedy}."
        return f"cannot open {self._name}{tried}; {self._remedy}."


class CameraSource(_LiveSource):
    """A camera; it delivers frames until the reader stops.

    Parameters
    ----------
    index : int, default=0
        Number of the camera, as OpenCV counts them.
    capture : callable, default=cv2.VideoCapture
        Opens a camera: ``capture(index)``.
    timeout : float, default=5.0
        Seconds without a frame after which the camera is taken for gone.
    retries : int, default=0
        How often in succession a camera that is gone, or cannot be opened, is opened again, after
        1, 2, 4, ... (at most 32) seconds. Numbers and times of the frames go on.
    clock, sleep : callable
        Give the time in seconds, and wait for a number of seconds.

    Raises
    ------
    SourceError
        While iterating: if the camera cannot be opened, or stops delivering frames.
    """

    _remedy = "check that it is connected, free and permitted to this program, or choose another"

    def __init__(
        self,
        index=0,
        *,
        capture=cv2.VideoCapture,
        timeout=5.0,
        retries=0,
        clock=time.perf_counter,
        sleep=time.sleep,
    ):
        super().__init__(
            capture=capture, timeout=timeout, retries=retries, clock=clock, sleep=sleep
        )
        self.index = index

    @property
    def _name(self):
        return f"camera {self.index}"

    @property
    def _arguments(self):
        return (self.index,)


class StreamSource(_LiveSource):
    """A stream from the network; it delivers frames until the reader stops.

    Parameters
    ----------
    url : str
        Its address, such as ``rtsp://user:password@host/path`` or ``http://host/video``.
    capture : callable, default=cv2.VideoCapture
        Opens a stream: ``capture(url, api, parameters)``.
    timeout : float, default=5.0
        Seconds without an answer or a frame after which the stream is taken for gone.
    retries : int, default=0
        How often in succession a stream that is gone, or cannot be opened, is opened again, after
        1, 2, 4, ... (at most 32) seconds. Numbers and times of the frames go on.
    clock, sleep : callable
        Give the time in seconds, and wait for a number of seconds.

    Raises
    ------
    SourceError
        While iterating: if the stream cannot be opened, or stops delivering frames. The end of a
        stream cannot be distinguished from its loss. The message does not show the password.

    Notes
    -----
    Times are those at which frames arrive: time stamps of a stream begin anew with each connection.
    A video file on a server is no stream; :class:`VideoSource` takes its address.
    """

    _remedy = "check its address, the network, and that the other side is sending"

    def __init__(
        self,
        url,
        *,
        capture=cv2.VideoCapture,
        timeout=5.0,
        retries=0,
        clock=time.perf_counter,
        sleep=time.sleep,
    ):
        super().__init__(
            capture=capture, timeout=timeout, retries=retries, clock=clock, sleep=sleep
        )
        self.url = url

    @property
    def _name(self):
        return without_password(self.url)

    @property
    def _arguments(self):
        return stream_arguments(self.url, self.timeout)


class _ReaderGoneError(Exception):
    """Ends a source that waits while its reader has gone."""


class Latest:
    """The newest frames of a live source, which is read in a thread of its own.

    A frame waits in a queue of one for its reader and gives way to a newer one, so that a slow
    reader sees fewer frames and never late ones. Errors of the source come out in the reader. When
    the reader stops, the thread closes the source and ends.

    Parameters
    ----------
    source : iterable
        Such as :class:`CameraSource`.
    timeout : float, default=2.0
        Seconds to wait at the end for a source that is blocked. The thread is then left behind; a
        program that ends waits for it at most 10 more seconds, or the timeout of the source if
        that is longer.

    Attributes
    ----------
    dropped : int
        Number of frames that gave way, since iteration began.
    """

    def __init__(self, source, *, timeout=2.0):
        self.source = source
        self.timeout = timeout
        self.dropped = 0

    def __iter__(self):
        self.dropped = 0
        newest, stop, errors = Queue(maxsize=1), Event(), []
        thread = Thread(target=self._read, args=(newest, stop, errors), daemon=True)
        thread.start()
        try:
            while thread.is_alive() or not newest.empty():
                # Awake now and then, since on Windows a wait without end is deaf to Ctrl-C.
                with suppress(Empty):
                    yield newest.get(timeout=0.1)
        finally:
            stop.set()
            thread.join(self.timeout)
            if thread.is_alive():
                # Python aborts where it ends while a thread comes back from OpenCV.
                longest = max(_MAX_CALL_SECONDS, getattr(self.source, "timeout", 0.0))
                atexit.register(thread.join, longest)
        if errors:
            raise errors[0]

    def _read(self, newest, stop, errors):
        def sleep(seconds):
            if stop.wait(seconds):
                raise _ReaderGoneError

        waits = isinstance(self.source, _LiveSource)
        try:
            with frames_of(self.source.frames(sleep) if waits else self.source) as frames:
                for item in frames:
                    if stop.is_set():
                        break
                    self._replace(newest, item)
        except BaseException as error:
            errors.append(error)

    def _replace(self, newest, item):
        with suppress(Empty):
            newest.get_nowait()
            self.dropped += 1
        # There is room, since nobody else puts anything in.
        newest.put_nowait(item)


def keeping_up(source):
    """Give a source whose frames are never late: a live one in a thread of its own."""
    return Latest(source) if getattr(source, "live", False) else source


@contextmanager
def frames_of(source):
    """Iterate over a source and close its generator at the end.

    A camera stays taken until its generator is closed; a plain list has nothing to close.
    """
    frames = iter(source)
    try:
        yield frames
    finally:
        if hasattr(frames, "close"):
            frames.close()


@contextmanager
def opened(capture, *arguments):
    """Open a camera, stream or video without OpenCV's own comments, and release it at the end.

    What is missing is reported on the standard error stream otherwise, in words for developers.
    """
    if isinstance(arguments[0], str):
        check_name(arguments[0], SourceError)
    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        stream = capture(*arguments)
    finally:
        cv2.utils.logging.setLogLevel(level)
    try:
        yield stream
    finally:
        stream.release()


def stream_arguments(url, timeout=5.0):
    """Arguments with which OpenCV opens an address and waits for it only so many seconds."""
    # Without limits FFmpeg waits half a minute, in which nobody can end the program.
    limits = (cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, cv2.CAP_PROP_READ_TIMEOUT_MSEC)
    parameters = [value for limit in limits for value in (limit, round(1000 * timeout))]
    return url, cv2.CAP_FFMPEG, parameters


def without_password(url):
    """Address as it may be shown, also one that lacks a slash or a colon."""
    return re.sub(r"(//|\w\w:/+).*@", r"\1***@", url)
