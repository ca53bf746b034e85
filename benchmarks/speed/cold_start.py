"""The cold start of the library and of its program."""

import subprocess
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from skimage.data import astronaut

from benchmarks.speed.timings import Row, take_turns, timing_of

__all__ = ["start_python", "time_import"]

_INTERPRETER = ("bare interpreter", ["-c", "pass"])
_HEAVY = ("import cv2, sklearn.svm", ["-c", "import cv2, sklearn.svm"])


def start_python(arguments):
    """Run a fresh interpreter to its end.

    Raises
    ------
    CalledProcessError
        If it fails.
    """
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)


def time_import(repeats, *, start=start_python):
    """Time fresh processes against a bare interpreter, and against one that loads the heavy part.

    Parameters
    ----------
    repeats : int
        A third of the processes of each.
    start : callable
        ``start(arguments)`` runs an interpreter.

    Yields
    ------
    row : Row
    """
    with TemporaryDirectory() as folder:
        photo = Path(folder) / "photo.png"
        Image.fromarray(astronaut()).save(photo)
        predict = ["-m", "fer_classic", "predict", str(photo)]
        for subject, arguments, (against, others) in (
            ("import fer_classic", ["-c", "import fer_classic"], _INTERPRETER),
            ("fer-classic --help", ["-m", "fer_classic", "--help"], _INTERPRETER),
            ("fer-classic predict PHOTO", predict, _INTERPRETER),
            ("fer-classic predict PHOTO", predict, _HEAVY),
        ):
            ours, theirs = take_turns(
                partial(start, arguments), partial(start, others), 3 * repeats
            )
            yield Row(
                part="import",
                subject=subject,
                against=against,
                unit="process",
                ours=timing_of(ours),
                theirs=timing_of(theirs),
            )
