import atexit
import subprocess
import sys
import textwrap
import threading
import time
import weakref
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np
import pytest

from fer_classic.exceptions import SourceError
from fer_classic.live.sources._cameras import (
    CameraSource,
    Latest,
    StreamSource,
    frames_of,
    without_password,
)
from fer_classic.live.sources._files import open_source

FRAMES = [np.full((4, 6, 3), value, np.uint8) for value in range(5)]
EMPTY = np.empty((0, 0, 3), np.uint8)
HAS_FFMPEG = cv2.CAP_FFMPEG in cv2.videoio_registry.getStreamBackends()


class FakeCapture:
    """Delivers what it is given, then ``after``; None stands for a read that fails."""

    def __init__(self, frames, opens=True, after=None):
        self.frames = iter(frames)
        self.opens = opens
        self.after = after
        self.released = 0
        self.asked_for = None

    def __call__(self, *what):
        self.asked_for = what
        return self

    def isOpened(self):  # noqa: N802
        return self.opens

    def read(self):
        frame = next(self.frames, self.after)
        return frame is not None, frame

    def release(self):
        self.released += 1


class Captures:
    """Another capture each time that the camera is opened; the last one stays."""

    def __init__(self, *captures):
        self.captures = captures
        self.opened = 0

    def __call__(self, *what):
        self.opened += 1
        return self.captures[min(self.opened, len(self.captures)) - 1]


class FakeTime:
    """Goes on only while somebody sleeps."""

    def __init__(self):
        self.now = 100.0
        self.waits = []

    def clock(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds
        if seconds >= 1:
            self.waits.append(seconds)


def camera(capture, time=None, **options):
    time = time or FakeTime()
    return CameraSource(3, capture=capture, clock=time.clock, sleep=time.sleep, **options)


def take(frames, n):
    return [next(frames)[0] for _ in range(n)]


def test_camera_delivers_until_the_reader_stops():
    capture = FakeCapture([], after=FRAMES[0])
    source = camera(capture)
    assert (source.live, source.fps, source.n_frames) == (True, None, None)
    frames = iter(source)
    assert take(frames, 200) == list(range(200))
    assert capture.asked_for == (3,)
    frames.close()
    assert capture.released == 1


def test_camera_times_frames_by_the_clock():
    capture = FakeCapture([None, FRAMES[0], None, None, FRAMES[1]])
    frames = iter(camera(capture))
    assert [next(frames)[:2] for _ in range(2)] == [
        (0, pytest.approx(0.02)),
        (1, pytest.approx(0.06)),
    ]


@pytest.mark.parametrize("nothing", [None, EMPTY], ids=["failure", "empty"])
def test_a_camera_that_goes_away_ends_the_loop(nothing):
    capture = FakeCapture(FRAMES, after=nothing)
    frames = iter(camera(capture, timeout=2))
    assert take(frames, 5) == [0, 1, 2, 3, 4]
    with pytest.raises(SourceError, match=r"camera 3 delivered no frame for 2 seconds \(after 5"):
        next(frames)
    assert capture.released == 1


def test_a_slow_reader_is_not_a_camera_that_is_gone():
    time = FakeTime()
    frames = iter(camera(FakeCapture(FRAMES), time, timeout=1))
    for _ in FRAMES:
        next(frames)
        time.sleep(60)


def test_a_camera_that_does_not_open():
    capture = FakeCapture([], opens=False)
    with pytest.raises(SourceError, match="cannot open camera 3; check that it is connected"):
        next(iter(camera(capture)))
    assert capture.released == 1


@pytest.mark.filterwarnings("error")
def test_a_missing_camera_is_an_error_and_prints_nothing(capfd):
    with pytest.raises(SourceError, match="cannot open camera 99"):
        next(iter(CameraSource(99)))
    assert capfd.readouterr().err == ""


def test_a_camera_that_comes_back_goes_on_with_number_and_time():
    time = FakeTime()
    gone, missing = FakeCapture(FRAMES[:2]), FakeCapture([], opens=False)
    back = FakeCapture(FRAMES[2:4], after=EMPTY)
    captures = Captures(gone, missing, missing, back, missing)
    frames = iter(camera(captures, time, timeout=2, retries=3))
    rows = [next(frames) for _ in range(4)]
    assert [index for index, _, _ in rows] == [0, 1, 2, 3]
    assert [int(frame[0, 0, 0]) for _, _, frame in rows] == [0, 1, 2, 3]
    assert [seconds for _, seconds, _ in rows] == pytest.approx([0, 0, 9, 9], abs=0.03)
    assert time.waits == [1, 2, 4]
    # A frame makes up for the attempts before it.
    with pytest.raises(SourceError, match=r"cannot open camera 3, tried 4 times; check"):
        next(frames)
    assert time.waits == [1, 2, 4, 1, 2, 4]
    assert captures.opened == 7
    assert (gone.released, missing.released, back.released) == (1, 5, 1)


def test_waits_stop_doubling():
    time = FakeTime()
    with pytest.raises(SourceError, match="tried 9 times"):
        next(iter(camera(FakeCapture([], opens=False), time, retries=8)))
    assert time.waits == [1, 2, 4, 8, 16, 32, 32, 32]


def test_a_camera_that_stays_empty_is_given_up():
    capture = FakeCapture(FRAMES[:1], after=EMPTY)
    frames = iter(camera(capture, retries=1))
    next(frames)
    with pytest.raises(SourceError, match=r"no frame for 5 seconds \(after 1 frames, tried 2"):
        next(frames)
    assert capture.released == 2


def test_a_stream_is_opened_with_limits_and_hides_its_password():
    time, capture = FakeTime(), FakeCapture([], opens=False)
    url = "rtsp://user:p@ss@host:554/live"
    source = StreamSource(url, capture=capture, timeout=3, clock=time.clock, sleep=time.sleep)
    with pytest.raises(SourceError, match=r"cannot open rtsp://\*\*\*@host:554/live; check"):
        next(iter(source))
    limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, 3000, cv2.CAP_PROP_READ_TIMEOUT_MSEC, 3000]
    assert capture.asked_for == (url, cv2.CAP_FFMPEG, limits)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("rtsp://host/live", "rtsp://host/live"),
        ("rtsp://me:word@host/live", "rtsp://***@host/live"),
        ("rtsp://me:w/o@rd@host:554/live", "rtsp://***@host:554/live"),
        ("rtsp:/me:word@host", "rtsp:/***@host"),
        ("rtsp//me:word@host", "rtsp//***@host"),
        ("/home/me@home/v.mp4", "/home/me@home/v.mp4"),
        ("C:/me@home/v.mp4", "C:/me@home/v.mp4"),
    ],
)
def test_an_address_is_shown_without_its_password(url, shown):
    assert without_password(url) == shown


class MotionJpeg(BaseHTTPRequestHandler):
    """A network camera that sends twelve frames and hangs up."""

    def do_GET(self):
        jpeg = cv2.imencode(".jpg", np.full((48, 64, 3), 90, np.uint8))[1].tobytes()
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        head = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(jpeg)
        for _ in range(12):
            self.wfile.write(head + jpeg + b"\r\n")

    def log_message(self, *arguments):
        pass


@pytest.fixture
def network_camera(monkeypatch):
    # FFmpeg otherwise uses a proxy, even for localhost.
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), MotionJpeg) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/video"
        server.shutdown()
        thread.join()


@pytest.mark.skipif(not HAS_FFMPEG, reason="this build of OpenCV has no FFmpeg")
def test_a_real_stream(network_camera):
    assert type(open_source(network_camera)) is StreamSource
    frames = iter(StreamSource(network_camera, timeout=0.5))
    rows = [next(frames) for _ in range(12)]
    assert [index for index, _, _ in rows] == list(range(12))
    assert all(abs(frame.mean() - 90) < 3 for _, _, frame in rows)
    with pytest.raises(SourceError, match=r"/video delivered no frame for 0\.5 seconds"):
        next(frames)


class Paced:
    """Frames 0, 1, 2, ... of which only so many come as the test lets pass."""

    def __init__(self, error=None):
        self.allowed = threading.Semaphore(0)
        self.taken = threading.Semaphore(0)
        self.error = error
        self.alive = weakref.WeakSet()
        self.closed = threading.Event()
        self.threads = set()

    def __iter__(self):
        index = 0
        self.threads.add(threading.current_thread())
        try:
            while True:
                self.allowed.acquire()
                if self.error and index == 3:
                    raise self.error
                frame = type("Frame", (), {})()
                self.alive.add(frame)
                yield index, index / 10, frame
                self.taken.release()
                index += 1
        finally:
            self.closed.set()

    def deliver(self, n):
        """Let n frames pass and wait until the last of them has been taken."""
        for _ in range(n):
            self.allowed.release()
            assert self.taken.acquire(timeout=10)


@pytest.fixture
def paced():
    source = Paced()
    yield source
    source.allowed.release(2)
    for thread in source.threads:
        thread.join(10)


def start(latest):
    """Take the first frame of a paced source; give its number and an iterator over the rest."""
    latest.source.allowed.release()
    frames = iter(latest)
    index = next(frames)[0]
    assert latest.source.taken.acquire(timeout=10)
    return index, frames


def test_the_newest_frame_wins(paced):
    latest = Latest(paced, timeout=0)
    index, frames = start(latest)
    assert index == 0
    paced.deliver(1)
    assert next(frames)[:2] == (1, 0.1)
    assert latest.dropped == 0
    paced.deliver(30)
    assert next(frames)[:2] == (31, 3.1)
    assert latest.dropped == 29
    paced.deliver(2)
    assert next(frames)[0] == 33
    assert latest.dropped == 30
    frames.close()


def test_frames_that_gave_way_are_not_kept(paced):
    _, frames = start(Latest(paced, timeout=0))
    paced.deliver(200)
    # One waits in the queue, and the thread has not let go of it yet.
    assert len(paced.alive) == 1
    frames.close()


def test_the_last_frame_is_not_lost():
    rows = [(index, float(index), FRAMES[0]) for index in range(20)]
    for _ in range(50):
        indices = [index for index, _, _ in Latest(rows)]
        assert indices == sorted(set(indices))
        assert indices[-1] == 19


def test_a_source_without_frames():
    assert list(Latest([])) == []


def test_an_error_of_the_source_comes_out_in_the_reader():
    error = SourceError("the camera is gone")
    source = Paced(error)
    source.allowed.release(10)
    with pytest.raises(SourceError, match="the camera is gone") as caught:
        list(Latest(source))
    assert caught.value is error
    assert source.closed.is_set()


def test_frames_before_an_error_are_still_delivered():
    source = Paced(SourceError("the camera is gone"))
    source.allowed.release(10)
    frames = iter(Latest(source))
    index = -1
    while index < 2:
        index = next(frames)[0]
    with pytest.raises(SourceError):
        next(frames)


def test_a_source_that_is_no_source():
    with pytest.raises(TypeError, match="not iterable"):
        next(iter(Latest(5)))


def test_a_reader_that_stops_closes_the_source_and_ends_the_thread():
    capture = FakeCapture([], after=FRAMES[0])
    before = threading.active_count()
    frames = iter(Latest(camera(capture)))
    next(frames)
    assert threading.active_count() == before + 1
    frames.close()
    assert threading.active_count() == before
    assert capture.released == 1


@pytest.mark.parametrize("timeout", [60, 0.01], ids=["for a frame", "to open it again"])
def test_a_reader_that_stops_ends_the_wait_for_a_camera(timeout):
    capture = FakeCapture(FRAMES[:1])
    others = set(threading.enumerate())
    source = CameraSource(capture=capture, timeout=timeout, retries=5)
    frames = iter(Latest(source, timeout=10))
    next(frames)
    (thread,) = set(threading.enumerate()) - others
    time.sleep(0.05)
    begin = time.perf_counter()
    frames.close()
    assert time.perf_counter() - begin < 0.9
    assert not thread.is_alive()
    assert capture.released == 1


@pytest.mark.parametrize(("timeout", "seconds"), [(0.01, 10), (60, 60)])
def test_a_camera_that_blocks_does_not_keep_the_reader(timeout, seconds, monkeypatch):
    at_exit = []
    monkeypatch.setattr(atexit, "register", lambda *call: at_exit.append(call))
    free = threading.Event()

    class Blocking(FakeCapture):
        def read(self):
            if frame := next(self.frames, None):
                return True, np.full((4, 6), frame, np.uint8)
            assert free.wait(10)
            return False, None

    capture = Blocking([7])
    others = set(threading.enumerate())
    frames = iter(Latest(CameraSource(capture=capture, timeout=timeout), timeout=0.05))
    next(frames)
    (thread,) = set(threading.enumerate()) - others
    begin = time.perf_counter()
    frames.close()
    assert time.perf_counter() - begin < 5
    assert thread.is_alive()
    assert thread.daemon
    assert at_exit == [(thread.join, seconds)]
    assert capture.released == 0
    free.set()
    thread.join(10)
    assert not thread.is_alive()
    assert capture.released == 1


@pytest.mark.skipif(not HAS_FFMPEG, reason="this build of OpenCV has no FFmpeg")
def test_a_program_ends_properly_while_a_stream_blocks():
    program = textwrap.dedent(
        """
        import signal, socket, sys, threading
        from fer_classic.live.sources._cameras import Latest, StreamSource

        # A job in the background of a shell ignores Ctrl-C.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        silent = socket.create_server(("127.0.0.1", 0))
        url = f"rtsp://127.0.0.1:{silent.getsockname()[1]}/live"
        timer = threading.Timer(0.2, signal.raise_signal, (signal.SIGINT,))
        try:
            timer.start()
            next(iter(Latest(StreamSource(url, timeout=1), timeout=0)))
        except KeyboardInterrupt:
            sys.exit(7)
        """
    )
    command = [sys.executable, "-c", program]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 7, run.stderr


def test_each_iteration_begins_anew():
    latest = Latest(camera(FakeCapture([], after=FRAMES[0])))
    for _ in range(2):
        frames = iter(latest)
        assert next(frames)[0] >= 0
        frames.close()


def test_a_plain_list_has_nothing_to_close():
    with frames_of([1, 2]) as frames:
        assert list(frames) == [1, 2]


def test_a_generator_is_closed_whatever_happens():
    source = Paced()
    source.allowed.release(5)

    def read_and_interrupt():
        with frames_of(source) as frames:
            next(frames)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_and_interrupt()
    assert source.closed.is_set()
