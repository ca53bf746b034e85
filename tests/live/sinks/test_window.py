import os
import shutil
import socket
import subprocess
import sys
import textwrap
import time

import cv2
import numpy as np
import pytest

import fer_classic.live.sinks._window as windows
from fer_classic.exceptions import DisplayError
from fer_classic.live import Face, FrameResult
from fer_classic.live.sinks._window import WindowSink, check_display

FACE = Face((1, 2, 30, 40), "happy", {"happy": 1 / 3, "sad": 2 / 3}, "probability", 4.5)
FRAME = np.zeros((60, 80, 3), np.uint8)


@pytest.mark.parametrize(
    ("environ", "platform", "framework", "problem"),
    [
        ({}, "linux", "QT", "no display"),
        ({"DISPLAY": ""}, "linux", "QT", "no display"),
        ({"DISPLAY": ":0"}, "linux", "QT", None),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", "GTK3", None),
        ({"DISPLAY": ":0"}, "linux", "", "headless"),
        ({}, "win32", "WIN32", None),
        ({}, "darwin", "COCOA", None),
        ({}, "darwin", "", "headless"),
    ],
)
def test_whether_a_window_can_be_shown(environ, platform, framework, problem):
    opened = []
    answer = windows._display_problem(environ, platform, framework, open_window=opened.append)
    assert answer is None if problem is None else problem in answer
    assert opened == (list(environ.values()) if problem is None else [])


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no DISPLAY")
def test_without_a_display_the_way_out_is_named(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(DisplayError, match="--headless"):
        WindowSink()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no DISPLAY")
@pytest.mark.skipif(not cv2.currentUIFramework(), reason="this build of OpenCV has no windows")
def test_a_display_that_does_not_answer_is_no_crash(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":4242")
    with pytest.raises(DisplayError, match="display :4242 cannot be opened"):
        WindowSink()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no DISPLAY")
def test_a_display_that_hangs_does_not_hang_the_program(monkeypatch):
    monkeypatch.setattr(windows, "_TIMEOUT", 1.0)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        name = f"127.0.0.1:{silent.getsockname()[1] - 6000}"
        answer = windows._display_problem({"DISPLAY": name}, "linux", "QT")
    assert answer == f"the display {name} cannot be opened"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no DISPLAY")
@pytest.mark.skipif(not cv2.currentUIFramework(), reason="this build of OpenCV has no windows")
def test_a_display_is_tried_until_it_opens_and_then_no_more(monkeypatch):
    codes, commands = [1, 0], []

    def run(command, *, check, **options):
        commands.append(command)
        subprocess.CompletedProcess(command, codes.pop(0)).check_returncode()

    monkeypatch.setenv("DISPLAY", ":4243")
    monkeypatch.setattr(subprocess, "run", run)
    windows._open_window.cache_clear()
    with pytest.raises(DisplayError, match="display :4243 cannot be opened"):
        check_display()
    check_display()
    WindowSink()
    assert len(commands) == 2
    windows._open_window.cache_clear()


class FakeWindows:
    """Stands for OpenCV's windows and plays back keys."""

    def __init__(self, monkeypatch, keys, visible=1.0):
        self.calls = []
        self.keys = iter(keys)
        for name in ("namedWindow", "resizeWindow", "imshow", "destroyWindow"):
            monkeypatch.setattr(cv2, name, self.recorder(name))
        monkeypatch.setattr(cv2, "waitKey", lambda delay: next(self.keys))
        monkeypatch.setattr(cv2, "getWindowProperty", lambda *what: visible)
        monkeypatch.setattr(windows, "_display_problem", lambda *facts: None)

    def recorder(self, name):
        return lambda *args: self.calls.append(name)


@pytest.mark.parametrize("key", [27, ord("q"), ord("Q"), ord("q") | 0x100000])
def test_esc_and_q_end_the_run(key, monkeypatch):
    fake = FakeWindows(monkeypatch, [-1, ord("x"), key])
    with WindowSink() as sink:
        assert [sink.write(FrameResult(i, 0.0, FRAME, [FACE])) for i in range(3)] == [
            True,
            True,
            False,
        ]
    assert fake.calls == [
        "namedWindow",
        "resizeWindow",
        "imshow",
        "imshow",
        "imshow",
        "destroyWindow",
    ]


def test_a_window_that_was_closed_ends_the_run_and_is_not_closed_again(monkeypatch):
    fake = FakeWindows(monkeypatch, [-1], visible=0.0)
    with WindowSink() as sink:
        assert not sink.write(FrameResult(0, 0.0, FRAME))
    assert "destroyWindow" not in fake.calls


def test_no_frame_no_window(monkeypatch):
    fake = FakeWindows(monkeypatch, [])
    with WindowSink():
        pass
    assert fake.calls == []


def test_the_window_shows_what_was_drawn(monkeypatch):
    shown = []
    FakeWindows(monkeypatch, [-1])
    monkeypatch.setattr(cv2, "imshow", lambda title, picture: shown.append((title, picture)))

    def draw(*args, **kwargs):
        return args, kwargs

    with WindowSink("title", draw=draw) as sink:
        sink.write(FrameResult(0, 0.0, FRAME, [FACE], 25.0, {"grab": 1.5}))
    options = {"fps": 25.0, "milliseconds": {"grab": 1.5}}
    assert shown == [("title", ((FRAME, [FACE]), options))]


@pytest.fixture
def display():
    """A display in memory."""
    if not (shutil.which("Xvfb") and shutil.which("xdotool")):
        pytest.skip("needs Xvfb and xdotool")
    reader, writer = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", "640x480x24"],
        pass_fds=[writer],
        stderr=subprocess.DEVNULL,
    )
    os.close(writer)
    with os.fdopen(reader) as answer:
        number = answer.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait()


def test_a_real_window_opens_and_q_ends_it(display):
    program = textwrap.dedent("""
        import itertools, numpy as np
        from fer_classic.live import ArraySource, Face, WindowSink, run_live

        class OneFace:
            def recognize(self, frame):
                return [Face((50, 60, 80, 80), "happy", {"happy": 0.9}, "probability", 1.0)]

        frames = itertools.repeat(np.full((240, 320, 3), 90, np.uint8), 5000)
        print(run_live(ArraySource(frames), OneFace(), WindowSink("the window")).frames)
    """)
    environ = os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    process = subprocess.Popen(
        [sys.executable, "-c", program], env=environ, stdout=subprocess.PIPE, text=True
    )
    try:
        find = ["xdotool", "search", "--sync", "--onlyvisible", "--name", "the window"]
        window = subprocess.run(find, env=environ, timeout=30, capture_output=True, text=True)
        (number,) = window.stdout.split()[:1]
        deadline = time.monotonic() + 20
        while process.poll() is None and time.monotonic() < deadline:
            # A key that comes before the window has the focus is lost.
            press = ["xdotool", "windowfocus", number, "key", "q"]
            subprocess.run(press, env=environ, timeout=10, capture_output=True)
            time.sleep(0.2)
        assert process.wait(timeout=10) == 0
        assert 0 < int(process.stdout.read()) < 5000
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
