"""Commands whose output goes to a full disk: what they say, and what they leave there.

``python -m tests.full_disk`` mounts a small file system in memory, which needs the rights of root,
and runs each command with less and less room. Where the room does not suffice, the error must name
a file or folder there, what was there before must be whole, and nothing else may be left over.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from fer_classic.datasets import load_drawn_faces
from tests.hostile_files import make_table

_MEGABYTES = 8
# Kilobytes that are free; with the last ones all commands should succeed.
ROOM = (0, 4, 16, 64, 4096)
_TRAIN = ["fer_classic", "train", "--dataset", "drawn", "--recipe", "pixels_svm"]
_RUN = ["benchmarks.run", "--dataset", "drawn", "--folds", "2", "--set", "svm__alpha=1.0"]


class CannotMountError(Exception):
    """There are no rights to mount a file system, or there is no such file system."""


@contextmanager
def small_disk(folder, megabytes=_MEGABYTES):
    """Mount a small file system in memory on a folder for a block.

    Raises
    ------
    CannotMountError
        If that is not possible here.
    """
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise CannotMountError(str(error)) from error
    if done.returncode:
        raise CannotMountError(done.stderr.strip())
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@contextmanager
def filled(disk, kilobytes):
    """Leave only so much room on a disk for a block."""
    filler = disk / "filler"
    status = os.statvfs(disk)
    try:
        with open(filler, "wb") as file:
            file.write(bytes(max(0, status.f_bavail * status.f_frsize - 1024 * kilobytes)))
        yield
    finally:
        filler.unlink()


def _grown(before, after):
    return after.startswith(before)


def _same(before, after):
    return before == after


@dataclass(frozen=True)
class Command:
    """A command whose output goes to the disk.

    Parameters
    ----------
    arguments : callable
        Gives what follows ``python -m``, of the folders of the input and of the disk.
    earlier : str or None
        The file that it replaces or continues, on the disk.
    intact : callable
        Whether that file is whole, of its content before and after the command.
    """

    arguments: Callable
    earlier: str | None = None
    intact: Callable = _same


COMMANDS = {
    "train": Command(
        lambda source, disk: [*_TRAIN, "-o", str(disk / "model.joblib"), "--overwrite"],
        "model.joblib",
    ),
    "benchmarks.run": Command(
        lambda source, disk: [*_RUN, "--recipes", "pixels_svm", "--output", str(disk), "--force"],
        "drawn/pixels_svm.jsonl",
        _grown,
    ),
    "predict": Command(
        lambda source, disk: [
            *["fer_classic", "predict", str(source / "photos"), "--model", "svm_fast"],
            *["--table", str(disk / "faces.csv")],
        ],
    ),
    "predict --parts": Command(
        lambda source, disk: [
            *["fer_classic", "predict", str(source / "photos"), "--model", "svm_fast"],
            *["--parts", str(disk / "parts")],
        ],
    ),
    "video": Command(
        lambda source, disk: [
            *["fer_classic", "video", str(source / "clip.avi"), "--model", "svm_fast"],
            *["--table", str(disk / "video.csv"), "--annotate", str(disk / "faces.avi")],
        ],
    ),
    "cache": Command(
        lambda source, disk: [
            *["fer_classic", "audit", "--dataset", "fer2013", "--data-dir", str(source)]
        ],
    ),
}


def write_input(folder):
    """Write photos, a video and a table of faces."""
    faces = load_drawn_faces(n_subjects=1, n_per_class=1).images
    codec = cv2.VideoWriter_fourcc(*"MJPG")
    video = cv2.VideoWriter(str(folder / "clip.avi"), codec, 10, (160, 120))
    (folder / "photos").mkdir()
    for number in range(40):
        page = np.full((120, 160, 3), 90, np.uint8)
        page[20:100, 40:120] = cv2.resize(faces[number % len(faces)], (80, 80))[..., np.newaxis]
        cv2.imwrite(str(folder / "photos" / f"{number}.png"), page)
        video.write(page)
    video.release()
    (folder / "fer2013.csv").write_text(make_table(40))


def run(arguments, disk):
    """Run a command; gives its exit code and what it wrote to standard error."""
    environment = os.environ | {"FER_CLASSIC_CACHE": str(disk / "cache")}
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment, timeout=300
    )
    return done.returncode, done.stderr


def files_of(disk):
    """Give the files on the disk by name, without the one that fills it."""
    paths = [path for path in disk.rglob("*") if path.is_file() and path.name != "filler"]
    return {str(path.relative_to(disk)): path for path in paths}


def problems_of(command, disk, before, code, errors):
    """Say what is wrong after a command.

    Parameters
    ----------
    command : Command
    disk : pathlib.Path
    before : dict of str to bytes
        Content of the file that was there.
    code : int
        Its exit code.
    errors : str
        What it wrote to standard error.

    Yields
    ------
    problem : str
    """
    if "Traceback" in errors or code not in (0, 1):
        yield f"exit code {code}: {errors[-300:]}"
    elif code and (str(disk) not in errors or "free some space" not in errors):
        yield f"the error names no file on the disk: {errors[-300:]}"
    after = {name: path.read_bytes() for name, path in files_of(disk).items()}
    for name, content in before.items():
        if code and (name not in after or not command.intact(content, after[name])):
            yield f"{name} is not whole"
    left = [name for name in after if Path(name).name.startswith((".", "fer_classic-"))]
    if left:
        yield f"left over: {', '.join(sorted(left))}"
    for name, content in after.items():
        if name.endswith((".csv", ".jsonl")) and content and not content.endswith(b"\n"):
            yield f"{name} ends in the middle of a line"


def try_command(command, source, disk):
    """Run a command with less and less room.

    Parameters
    ----------
    command : Command
    source, disk : pathlib.Path
        Folders of the input, and of the disk, which is empty.

    Returns
    -------
    n_failed : int
        Runs that had too little room.
    problems : list of str
    """
    n_failed, problems, before = 0, [], {}
    if command.earlier:
        code, errors = run(command.arguments(source, disk), disk)
        if code or not (disk / command.earlier).exists():
            return 0, [f"with room: exit code {code}: {errors[-300:]}"]
    for kilobytes in ROOM:
        for name, path in files_of(disk).items():
            if name == command.earlier:
                before = {name: path.read_bytes()}
            else:
                path.unlink()
        with filled(disk, kilobytes):
            code, errors = run(command.arguments(source, disk), disk)
            found = problems_of(command, disk, before, code, errors)
            problems += [f"{kilobytes} kB free: {problem}" for problem in found]
        if code == 0 and "could not be cached in" not in errors:
            return n_failed, problems
        n_failed += 1
    return n_failed, [*problems, "it failed with room, too"]


def main(argv=None):
    """Run all commands, and print a row for each; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.full_disk", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=COMMANDS, help="only these commands")
    args = parser.parse_args(argv)
    failed = False
    with tempfile.TemporaryDirectory() as place:
        source, disk = Path(place) / "input", Path(place) / "disk"
        source.mkdir()
        disk.mkdir()
        write_input(source)
        for name in args.only or COMMANDS:
            try:
                with small_disk(disk):
                    n_failed, problems = try_command(COMMANDS[name], source, disk)
            except CannotMountError as error:
                print(f"cannot mount a file system in memory, which root may: {error}")
                return 1
            failed |= bool(problems)
            print(f"{name}: {n_failed} runs without room, {len(problems)} problems", flush=True)
            for problem in problems:
                print(f"  {problem}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
