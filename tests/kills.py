"""Commands that are killed at random moments, and then run again: nothing is lost or left over.

``python -m tests.kills --kills 500`` kills so many runs of the benchmark, of ``train``, ``adapt``
and ``video`` and of a write to the cache, and prints a row for each; the tests try fewer.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np

from benchmarks.records.folds import read_records
from benchmarks.run import main as run_benchmark
from fer_classic.cli import main as run_command
from fer_classic.datasets import load_drawn_faces, load_fer2013
from fer_classic.persistence import load_model

# Runs that are killed one after another, at most, before one may finish.
_IN_A_ROW = 3
_PROTOCOLS = ("kfold", "group-kfold")
_RECIPES = ("pixels_svm", "svm_hog")


class Scenario:
    """A command in a folder of its own, and what must be true when it has finished.

    Parameters
    ----------
    folder : pathlib.Path
        An empty folder.
    """

    def __init__(self, folder):
        self.folder = folder
        self.output = folder / "output"
        faces = load_drawn_faces(n_subjects=3, n_per_class=1)
        self.images, self.names = faces.images, faces.target_names[faces.target]
        self.prepare()

    def prepare(self):
        """Make the input."""

    def run(self):
        """Run the command; called in a process of its own."""
        raise NotImplementedError

    def remember(self):
        """Note what is finished before a run begins."""

    def problems(self):
        """Say what is not as it should be after a run that was not killed."""
        raise NotImplementedError

    def _write_faces(self):
        for number, (image, name) in enumerate(zip(self.images, self.names, strict=True)):
            path = self.folder / "faces" / name / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(path), image)


class Benchmark(Scenario):
    """``benchmarks.run``: two recipes under two protocols."""

    kept = ()

    def run(self):
        return run_benchmark(
            ["--output", str(self.output), "--recipes", ",".join(_RECIPES), "--folds", "3"]
            + ["--protocol", ",".join(_PROTOCOLS), "--set", "svm__alpha=1.0"],
            load=lambda name, home: load_drawn_faces(n_subjects=3, n_per_class=1),
            draw=lambda folder, dataset, rows: None,
        )

    def _records(self):
        records = []
        for recipe in _RECIPES:
            records += read_records(self.output / "drawn" / f"{recipe}.jsonl")
        return records

    def remember(self):
        self.kept = self._records()

    def problems(self):
        records = self._records()
        lost = sum(record not in records for record in self.kept)
        folds = [tuple(record[key] for key in ("recipe", "protocol", "fold")) for record in records]
        expected = {(r, p, fold) for r in _RECIPES for p in _PROTOCOLS for fold in range(3)}
        if lost:
            yield f"{lost} records of finished folds were lost"
        if set(folds) != expected:
            yield f"records of {len(set(folds))} folds in place of {len(expected)}"
        if len(folds) != len(set(folds)):
            yield f"{len(folds) - len(set(folds))} folds were recorded twice"


class Train(Scenario):
    """``fer-classic train`` of a network, which goes on from its last epoch."""

    def prepare(self):
        self._write_faces()
        self.model = self.output / "model.joblib"

    def run(self):
        settings = ("epochs=3", "network=plain3", "validation_fraction=None")
        options = [text for setting in settings for text in ("--set", f"cnn__{setting}")]
        command = ["train", "--images", str(self.folder / "faces"), "--recipe", "cnn", *options]
        return run_command([*command, "-o", str(self.model), "--resume", "--overwrite"])

    def problems(self):
        model = load_model(self.model)
        if len(model.model[-1].history_["epoch"]) != 3:
            yield "the network was not trained for 3 epochs"
        if len(model.model.predict(self.images)) != len(self.images):
            yield "the model does not predict"
        files = sorted(path.name for path in self.output.iterdir())
        if files != ["model.history.csv", "model.history.png", "model.joblib"]:
            yield f"the folder holds {files}"


class Adapt(Scenario):
    """``fer-classic adapt`` to a folder of pictures."""

    def prepare(self):
        self._write_faces()
        self.model = self.output / "mine.joblib"

    def run(self):
        command = ["adapt", "--images", str(self.folder / "faces"), "--model", "svm_fast"]
        return run_command([*command, "-o", str(self.model), "--overwrite"])

    def problems(self):
        if len(load_model(self.model).model.predict(self.images)) != len(self.images):
            yield "the model does not predict"


class Video(Scenario):
    """``fer-classic video``: a table that is resumed, and a video."""

    n_frames = 30

    def prepare(self):
        self.source = self.folder / "clip.avi"
        codec = cv2.VideoWriter_fourcc(*"MJPG")
        video = cv2.VideoWriter(str(self.source), codec, 10, (160, 120))
        for number in range(self.n_frames):
            page = np.full((120, 160, 3), 90, np.uint8)
            face = cv2.resize(self.images[number % len(self.images)], (80, 80))
            page[20:100, 30 + number : 110 + number] = face[:, :, np.newaxis]
            video.write(page)
        video.release()
        self.output.mkdir()

    def run(self):
        command = ["video", str(self.source), "--model", "svm_fast", "--resume"]
        return run_command([*command, "--table", str(self.output / "faces.csv")])

    def problems(self):
        header, *lines = (self.output / "faces.csv").read_text().splitlines()
        place = header.split(",").index("frame")
        frames = [int(line.split(",")[place]) for line in lines]
        if sorted(set(frames)) != list(range(self.n_frames)):
            yield f"rows of {len(set(frames))} frames in place of {self.n_frames}"
        if len(set(lines)) != len(lines):
            yield "a row is there twice"


class Cache(Scenario):
    """The first load of a data set, which writes a parsed copy."""

    def prepare(self):
        rng = np.random.default_rng(0)
        rows = ["emotion,pixels,Usage"]
        for number in range(400):
            pixels = " ".join(map(str, rng.integers(0, 256, 48 * 48)))
            rows.append(f"{number % 7},{pixels},Training")
        (self.folder / "fer2013.csv").write_text("\n".join(rows) + "\n")

    def _load(self):
        os.environ["FER_CLASSIC_CACHE"] = str(self.output)
        return load_fer2013(self.folder)

    def run(self):
        self._load()
        return 0

    def problems(self):
        images = self._load().images
        rng = np.random.default_rng(0)
        if not all((image.ravel() == rng.integers(0, 256, 48 * 48)).all() for image in images):
            yield "the cached images are others"


SCENARIOS = {kind.__name__.lower(): kind for kind in (Benchmark, Train, Adapt, Video, Cache)}


def start(work):
    """Run a function in a forked process, without its output; returns the process."""
    process = os.fork()
    if process:
        return process
    code = 70
    # The child must not come back from here, whatever happens.
    with suppress(BaseException):
        quiet = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(quiet, stream)
        code = work()
    os._exit(code)


def litter(folder):
    """Name what was meant to be there only for a while."""
    hidden = (path for path in folder.rglob("*") if path.name.startswith((".", "fer_classic-")))
    return sorted(str(path.relative_to(folder)) for path in hidden)


def try_kills(kind, n_kills, *, seed=0):
    """Kill the runs of a scenario at random moments.

    Parameters
    ----------
    kind : type
        One of :data:`SCENARIOS`.
    n_kills : int
        How many runs are killed.
    seed : int, default=0

    Returns
    -------
    killed : int
        Runs that were killed while they worked.
    finished : int
        Runs that were left alone afterwards.
    problems : list of str
        What was wrong after those.
    """
    rng = np.random.default_rng(seed)
    killed = finished = 0
    problems, duration = [], None
    with tempfile.TemporaryDirectory() as place:
        while killed < n_kills:
            folder = Path(place) / f"{finished}"
            folder.mkdir()
            scenario = kind(folder)
            begin = time.monotonic()
            if duration is not None:
                for _ in range(rng.integers(1, _IN_A_ROW + 1)):
                    killed += _kill(scenario, rng.uniform(0, 1) * duration)
            scenario.remember()
            begin = time.monotonic()
            code = os.waitstatus_to_exitcode(os.waitpid(start(scenario.run), 0)[1])
            duration = time.monotonic() - begin if duration is None else duration
            finished += 1
            found = [f"exit code {code}"] if code else [*scenario.problems()]
            found += [f"left over: {name}" for name in litter(folder)]
            problems += [f"run {finished}: {problem}" for problem in found]
    return killed, finished, problems


def _kill(scenario, delay):
    """Kill a run after a while; returns whether it was still at work."""
    process = start(scenario.run)
    time.sleep(delay)
    os.kill(process, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(process, 0)[1])


def main(argv=None):
    """Kill runs of all scenarios, and print what was found; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=500, metavar="N", help="runs to kill (500)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of the moments (0)")
    parser.add_argument("--only", nargs="+", choices=SCENARIOS, help="only these commands")
    args = parser.parse_args(argv)
    names = args.only or list(SCENARIOS)
    failed = False
    for name in names:
        n_kills = -(-args.kills // len(names))
        killed, finished, problems = try_kills(SCENARIOS[name], n_kills, seed=args.seed)
        print(f"{name}: {killed} killed, {finished} finished, {len(problems)} problems", flush=True)
        for problem in problems:
            print(f"  {problem}")
        failed |= bool(problems)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
