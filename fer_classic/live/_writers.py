"""Where results go: context managers with a method ``write(live_frame) -> bool``."""

import json
import os
import subprocess
import sys

from fer_classic.exceptions import DisplayError
from fer_classic.live._overlay import annotate
from fer_classic.utils._opencv import cv2

__all__ = ["JsonLinesSink", "WindowSink"]

_QUIT_KEYS = (27, ord("q"), ord("Q"))


class JsonLinesSink:
    """Writes one JSON object a frame: ``frame``, ``time`` and ``faces``.

    Parameters
    ----------
    stream : text file
        Where to write; it is flushed after each line and stays open.
    """

    def __init__(self, stream):
        self.stream = stream

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        return None

    def write(self, live_frame):
        """Write a line.

        Parameters
        ----------
        live_frame : LiveFrame
            A frame and its faces.

        Returns
        -------
        go_on : bool
            Always True.
        """
        record = {
            "frame": live_frame.index,
            "time": live_frame.time,
            "faces": [face.as_dict() for face in live_frame.faces],
        }
        print(json.dumps(record), file=self.stream, flush=True)
        return True


class WindowSink:
    """Shows the frames with their faces in a window, until Esc or q is pressed or it is closed.

    Parameters
    ----------
    title : str, default="fer-classic"
        Title of the window.

    Raises
    ------
    DisplayError
        If no window can be shown here: OpenCV was built without windows, or there is no display.
    """

    def __init__(self, title="fer-classic"):
        self.title = title
        self._open = False
        problem = _display_problem(os.environ, sys.platform, cv2.currentUIFramework())
        if problem:
            raise DisplayError(
                f"no window can be shown: {problem}. Use --headless (or JsonLinesSink) to get the "
                "faces as JSON lines instead."
            )

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        if self._open:
            cv2.destroyWindow(self.title)
            self._open = False

    def write(self, live_frame):
        """Show a frame.

        Parameters
        ----------
        live_frame : LiveFrame
            A frame and its faces.

        Returns
        -------
        go_on : bool
            False when the person has asked to end.
        """
        if not self._open:
            cv2.namedWindow(self.title, cv2.WINDOW_NORMAL | cv2.WINDOW_GUI_NORMAL)
            height, width = live_frame.image.shape[:2]
            cv2.resizeWindow(self.title, width, height)
            self._open = True
        cv2.imshow(self.title, annotate(live_frame.image, live_frame.faces, fps=live_frame.fps))
        key = cv2.waitKey(1) & 0xFF
        if cv2.getWindowProperty(self.title, cv2.WND_PROP_VISIBLE) < 1:
            self._open = False
            return False
        return key not in _QUIT_KEYS


def _window_opens():
    """Try a window in another process, since Qt aborts the one in which it finds no display."""
    attempt = "import cv2; cv2.namedWindow('fer-classic'); cv2.destroyAllWindows()"
    command = [sys.executable, "-c", attempt]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _display_problem(environ, platform, framework, *, window_opens=_window_opens):
    """Say why no window can be shown, or return None."""
    if not framework:
        return "this build of OpenCV (opencv-python-headless) has no windows"
    if not platform.startswith("linux"):
        return None
    displays = [environ[name] for name in ("DISPLAY", "WAYLAND_DISPLAY") if environ.get(name)]
    if not displays:
        return "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)"
    if not window_opens():
        return f"the display {displays[0]} cannot be opened"
    return None
