"""The cold start of the library and of its program."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from skimage.data import astronaut

from benchmarks.speed.timings import make_row, take_turns

__all__ = ["time_import"]

_INTERPRETER = ("bare interpreter", ["-c", "pass"])
_HEAVY = ("import cv2, sklearn.svm", ["-c", "import cv2, sklearn.svm"])


def time_import(repeats):
    """Time fresh processes against a bare interpreter, and against one that loads the heavy part.

    Parameters
    ----------
    repeats : int
        A third of the processes of each.

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
            pair = take_turns(_start(arguments), _start(others), 3 * repeats)
            yield make_row("import", subject, against, "process", pair)


def _start(arguments):
    return lambda: subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
