"""The ``fer`` package, which people would use instead, at work on the same frames.

It cannot be installed together with this library, so it has an environment of its own, whose
interpreter runs this file. ``python benchmarks/speed/fer_package.py FRAMES.npy`` loads the frames,
goes through all of them for each line that it reads, and answers with a line of JSON. It needs
nothing but NumPy and ``fer``. :func:`fer_package` is the other end of the line.

The environment, about 1.8 GB, in which version 25.10.3 was seen working with Python 3.11::

    python3.11 -m venv ferenv
    ferenv/bin/pip install "setuptools<80" "opencv-python>=4.10,<5" tensorflow-cpu==2.21.0 \
        requests pillow
    ferenv/bin/pip install --no-deps fer==25.10.3

``fer`` imports ``pkg_resources``, which setuptools has given up, and wants the cascades of one
OpenCV 4. Left out are what its recognition of frames does not import: ``moviepy<2`` and
``ffmpeg-python``, which read sound, pandas, which writes tables, and ``facenet-pytorch`` for its
other detector, which brings an old torch and gigabytes of CUDA.
"""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

__all__ = ["FerPackageError", "fer_package"]

_ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENCV_FOR_THREADS_NUM": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
}


class FerPackageError(RuntimeError):
    """The ``fer`` package cannot be timed; the message says why."""


@contextmanager
def fer_package(frames, python):
    """Start the ``fer`` package on one thread, with its own detector and model.

    Parameters
    ----------
    frames : sequence of ndarray of shape (height, width, 3), uint8
        BGR, of one size.
    python : str or path
        The interpreter of the environment in which it is installed.

    Yields
    ------
    recognize : callable
        Has all frames recognised, and returns the seconds that each took, and how many faces were
        found in each.
    version : str
        Of the package.

    Raises
    ------
    FerPackageError
        If there is no such interpreter, the package is not installed there or does not start.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "frames.npy"
        np.save(path, np.stack(frames))
        # Isolated: neither our variables nor the modules next to this file are for it.
        command = [python, "-I", __file__, path]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        text = {"text": True, "errors": "replace"}
        try:
            process = subprocess.Popen(command, env=os.environ | _ONE_THREAD, **text, **pipes)
        except OSError as error:
            raise FerPackageError(f"{python} does not run: {error}") from error
        # Leaving closes its input, which ends it.
        with process:
            started = _answer(process)

            def recognize():
                print(file=process.stdin, flush=True)
                answer = _answer(process)
                return answer["seconds"], answer["n_faces"]

            yield recognize, started["version"]


def _answer(process):
    line = process.stdout.readline()
    try:
        answer = json.loads(line) if line else {"error": f"it ended with code {process.wait()}"}
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise FerPackageError(
            f"{process.args[0]} says {line[:60].rstrip()!r} where {Path(__file__).name} would "
            "answer; name a Python interpreter that has the fer package"
        )
    if "error" in answer:
        raise FerPackageError(f"the fer package in {process.args[0]}: {answer['error']}")
    return answer


def _serve(path, replies):
    def reply(**answer):
        print(json.dumps(answer), file=replies, flush=True)

    try:
        from fer.fer import FER

        detect = FER().detect_emotions
    except Exception as error:
        reply(error=f"{type(error).__name__}: {error}")
        return
    frames = np.load(path)
    reply(version=version("fer"))
    for _ in sys.stdin:
        seconds, n_faces = [], []
        for frame in frames:
            start = perf_counter()
            found = detect(frame)
            seconds.append(perf_counter() - start)
            n_faces.append(len(found))
        reply(seconds=seconds, n_faces=n_faces)


if __name__ == "__main__":
    # What libraries print goes elsewhere.
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    _serve(sys.argv[1], replies)
