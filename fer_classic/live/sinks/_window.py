"""The window that shows what is recognized."""

import functools
import os
import subprocess
import sys

from fer_classic.exceptions import DisplayError
from fer_classic.live.drawing._annotate import annotate
from fer_classic.utils._opencv import cv2

__all__ = ["WindowSink", "check_display"]

_QUIT_KEYS = (27, ord("q"), ord("Q"))
# Seconds for the first window; a display that takes longer hangs.
_TIMEOUT = 10.0


class WindowSink:
    """Shows the frames with their faces in a window, until Esc or q is pressed or it is closed.

    Parameters
    ----------
    title : str, default="fer-classic"
        Title of the window.
    draw : callable, default=annotate
        Makes the picture: ``draw(frame, faces, fps=..., milliseconds=...)`` gives a BGR
        ``uint8`` image.

    Raises
    ------
    DisplayError
        If no window can be shown here: OpenCV was built without windows, or there is no display.
    """

    def __init__(self, title="fer-classic", *, draw=annotate):
        self.title = title
        self.draw = draw
        self._open = False
        check_display()

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        if self._open:
            cv2.destroyWindow(self.title)
            self._open = False

    def write(self, result):
        """Show a frame.

        Parameters
        ----------
        result : FrameResult
            A frame and its faces.

        Returns
        -------
        go_on : bool
            False when the person has asked to end.
        """
        if not self._open:
            cv2.namedWindow(self.title, cv2.WINDOW_NORMAL | cv2.WINDOW_GUI_NORMAL)
            height, width = result.image.shape[:2]
            cv2.resizeWindow(self.title, width, height)
            self._open = True
        picture = self.draw(
            result.image,
            result.faces,
            fps=result.fps,
            milliseconds=result.milliseconds,
        )
        cv2.imshow(self.title, picture)
        key = cv2.waitKey(1) & 0xFF
        if cv2.getWindowProperty(self.title, cv2.WND_PROP_VISIBLE) < 1:
            self._open = False
            return False
        return key not in _QUIT_KEYS


def check_display():
    """Check that a window can be shown here.

    Raises
    ------
    DisplayError
        If OpenCV was built without windows, or there is no display.
    """
    problem = _display_problem(os.environ, sys.platform, cv2.currentUIFramework())
    if problem:
        raise DisplayError(
            f"no window can be shown: {problem}. Use --headless (or TableSink) to get the "
            "table without a window."
        )


class _NoWindowError(Exception):
    """The display did not open a window."""


# Tried once for each display, as it takes a process. A failure is no result and is tried again.
@functools.cache
def _open_window(display):
    """Open a window in another process, since Qt aborts the one in which it finds no display."""
    attempt = "import cv2; cv2.namedWindow('fer-classic'); cv2.destroyAllWindows()"
    command = [sys.executable, "-c", attempt]
    try:
        subprocess.run(command, capture_output=True, check=True, timeout=_TIMEOUT)
    except subprocess.SubprocessError as error:
        raise _NoWindowError(display) from error


def _display_problem(environ, platform, framework, *, open_window=_open_window):
    """Say why no window can be shown, or return None."""
    if not framework:
        return "this build of OpenCV (opencv-python-headless) has no windows"
    if not platform.startswith("linux"):
        return None
    displays = [environ[name] for name in ("DISPLAY", "WAYLAND_DISPLAY") if environ.get(name)]
    if not displays:
        return "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)"
    try:
        open_window(displays[0])
    except _NoWindowError:
        return f"the display {displays[0]} cannot be opened"
    return None
