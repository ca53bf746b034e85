"""Ctrl-C in the middle of each command: how soon it ends, with what words and exit code.

``python -m tests.interrupts`` begins each command, interrupts it once it works, and prints a row;
``--seconds 2`` is how long it may take to end.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np

from fer_classic.datasets import load_drawn_faces

_EXIT_CODE = 128 + signal.SIGINT
# How long a command may take until it works: the first import after a boot is slow.
_TIMEOUT = 120


def write_input(folder):
    """Write pictures in class folders, and a long video."""
    faces = load_drawn_faces(n_subjects=10, n_per_class=3)
    names = faces.target_names[faces.target]
    for number, (image, name) in enumerate(zip(faces.images, names, strict=True)):
        path = folder / "faces" / name / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), image)
        page = np.full((480, 640), 90, np.uint8)
        page[100:340, 200:440] = cv2.resize(image, (240, 240))
        (folder / "photos").mkdir(exist_ok=True)
        for copy in range(3):
            cv2.imwrite(str(folder / "photos" / f"{number}-{copy}.png"), page)
    codec = cv2.VideoWriter_fourcc(*"MJPG")
    video = cv2.VideoWriter(str(folder / "clip.avi"), codec, 10, (640, 480))
    for _ in range(3000):
        video.write(cv2.cvtColor(page, cv2.COLOR_GRAY2BGR))
    video.release()


def has_workers(process):
    """Whether a process has started two others, apart from the one that cleans up after them."""
    children = Path(f"/proc/{process}/task/{process}/children")
    with suppress(FileNotFoundError):
        return len(children.read_text().split()) > 2
    return False


def commands(folder):
    """Give each command with what shows that it is at work.

    Parameters
    ----------
    folder : pathlib.Path
        Where :func:`write_input` has written.

    Returns
    -------
    commands : dict of str to (list of str, callable)
        Arguments after ``python -m``, and a function that says, of the number of the process,
        whether the work has begun.
    """
    output = folder / "output"
    faces, command = str(folder / "faces"), "fer_classic"

    def grows(path):
        return lambda process: path.exists() and path.stat().st_size > 0

    def has(pattern):
        return lambda process: any(output.glob(pattern))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    def answers(port):
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz"):
            return True

    run = ["benchmarks.run", "--dataset", "drawn", "--recipes", "svm_gabor,svm_fusion"]
    epochs = ["--set", "cnn__epochs=10000", "--set", "cnn__patience=None"]
    train = [command, "train", "--images", faces]
    return {
        "run": ([*run, "--output", f"{output}/1"], grows(output / "1/drawn/.svm_gabor.lock")),
        "run --jobs 2": (
            [*run, "--jobs", "2", "--output", f"{output}/2"],
            grows(output / "2/drawn/.svm_gabor.lock"),
        ),
        "run --jobs 2, while they start": (
            [*run, "--jobs", "2", "--output", f"{output}/3"],
            has_workers,
        ),
        "predict --jobs 2, while they start": (
            [command, "predict", str(folder / "photos"), "--jobs", "2"],
            has_workers,
        ),
        "video --jobs 2, while they start": (
            [command, "video", str(folder / "clip.avi"), "--jobs", "2", "--parts", f"{output}/4"],
            has_workers,
        ),
        "train cnn": (
            [*train, "--recipe", "cnn", *epochs, "-o", f"{output}/cnn.joblib"],
            has("**/*.pt"),
        ),
        "train svm": (
            [*train, "--recipe", "svm_fusion", "-o", f"{output}/svm.joblib"],
            lambda process: time.sleep(3) or True,
        ),
        "adapt": (
            [command, "adapt", "--images", faces, "-o", f"{output}/mine.joblib"],
            lambda process: time.sleep(3) or True,
        ),
        "predict": (
            [command, "predict", str(folder / "photos"), "--table", f"{output}/faces.csv"],
            has("*faces*.csv"),
        ),
        "video": (
            [command, "video", str(folder / "clip.avi"), "--table", f"{output}/video.csv"],
            grows(output / "video.csv"),
        ),
        "video --annotate": (
            [command, "video", str(folder / "clip.avi"), "--annotate", f"{output}/faces.mp4"],
            has(".faces*.mp4"),
        ),
        "serve": (
            [command, "serve", "--port", str(port)],
            lambda process: answers(port),
        ),
        "audit": (
            [command, "audit", "--images", faces, "--labels", "--recipe", "svm_fusion"],
            lambda process: time.sleep(3) or True,
        ),
    }


def interrupt(arguments, begun, *, pause=0.5):
    """Run a command and interrupt it.

    Parameters
    ----------
    arguments : list of str
        What follows ``python -m``.
    begun : callable
        Says whether it is at work, of the number of the process.
    pause : float, default=0.5
        Seconds from then to the signal.

    Returns
    -------
    seconds : float
        From the signal to the end.
    code : int
        The exit code; None if the command had ended before.
    lines : list of str
        What it wrote to standard error.
    """
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            stdout=subprocess.DEVNULL,
            stderr=errors,
            # A shell lets its background jobs ignore the signal.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            start_new_session=True,
        )
        deadline = time.monotonic() + _TIMEOUT
        while process.poll() is None and not begun(process.pid) and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(pause)
        code, begin = process.poll(), time.monotonic()
        if code is None:
            # A terminal sends it to the whole group.
            os.killpg(process.pid, signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(30)
            code = process.poll()
        else:
            code = None
        seconds = time.monotonic() - begin
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        errors.seek(0)
        return seconds, code, errors.read().splitlines()


def main(argv=None):
    """Interrupt all commands, and print a row for each; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.interrupts", description=__doc__)
    parser.add_argument("--seconds", type=float, default=2, metavar="S", help="bound (2)")
    parser.add_argument("--only", metavar="NAME", help="a single command")
    args = parser.parse_args(argv)
    failed = False
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_input(folder)
        (folder / "output").mkdir()
        for name, (arguments, begun) in commands(folder).items():
            if args.only not in (None, name):
                continue
            pause = 0.1 if begun is has_workers else 0.5
            seconds, code, lines = interrupt(arguments, begun, pause=pause)
            traceback = any(line.startswith("Traceback") for line in lines)
            good = code == _EXIT_CODE and seconds <= args.seconds and not traceback
            failed |= not good
            last = lines[-1] if lines else ""
            print(f"{name}: {seconds:.2f} s, exit code {code}, {last!r}", flush=True)
            if traceback:
                print(*lines[-12:], sep="\n")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
