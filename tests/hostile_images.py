"""Hostile images, videos, tables and folders: what becomes of damaged files, by the thousand.

``python -m tests.hostile_images --mutations 4000`` tries so many files, in processes with limits of
time and memory, so that a crash or a hang is seen and counted; the tests try fewer.
"""

import argparse
import contextlib
import io
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np

from fer_classic.cli import main as run_command
from fer_classic.datasets import load_fer2013, load_folder
from fer_classic.exceptions import FerClassicError, FerClassicWarning
from fer_classic.live import VideoSource
from fer_classic.utils import read_image
from tests.hostile_files import cut, make_images, make_table, make_videos, mutate, pack_table
from tests.persistence.hostile import peak_memory

OUTCOMES = {"read", "refused", "read in part, and said"}
_SECONDS = 20
_MEGABYTES = 4000
# So that a header that promises more than the memory holds is told from one that does not.
_PIXELS = 4_000_000
_SUFFIXES = ("", ".gz", ".bz2", ".xz", ".zip", ".tar.gz")
_CLASSES = ("angry", "happy", "sad")


class Trial:
    """Makes damaged inputs and gives them to the readers; files are written under a folder.

    Parameters
    ----------
    folder : pathlib.Path
        An empty folder.
    """

    def __init__(self, folder):
        self.folder = folder
        with warnings.catch_warnings(action="ignore"):
            self.images, self.videos = make_images(), make_videos()
            self.originals = {name: read_image(file) for name, file in self.images.items()}
        self.table = make_table()
        self.targets = {
            "image": (16, self.try_image),
            "table": (3, self.try_table),
            "class folders": (2, self.try_folder),
            "predict": (2, self.try_predict),
            "video": (2, self.try_video),
        }

    def run(self, number, seed=0):
        """Try one input, and give the name of the reader and what became of it."""
        rng = np.random.default_rng((seed, number))
        names = [name for name, (weight, _) in self.targets.items() for _ in range(weight)]
        name = names[rng.integers(len(names))]
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                complete = self.targets[name][1](rng)
        except FerClassicError:
            return name, "refused"
        # Everything else is counted as a crash, in the words of the exception.
        except Exception as error:
            return name, f"{type(error).__name__}: {error}"
        if complete:
            return name, "read"
        said = any(issubclass(warning.category, FerClassicWarning) for warning in caught)
        return name, "read in part, and said" if said else "skipped in silence"

    def _damaged(self, rng):
        name = list(self.images)[rng.integers(len(self.images))]
        others = list(self.images.values())
        return mutate(self.images[name], rng, others)

    def try_image(self, rng):
        """Read a damaged image; one that was cut off is refused, or is the whole picture."""
        if rng.integers(4):
            image = read_image(self._damaged(rng))
            whole = True
        else:
            name = list(self.images)[rng.integers(len(self.images))]
            image = read_image(cut(self.images[name], rng))
            whole = np.array_equal(image, self.originals[name])
        assert image.dtype == np.uint8
        assert image.ndim == 2 or image.shape[2] in (3, 4)
        assert 0 < image.shape[0] * image.shape[1] <= _PIXELS
        return whole

    def try_table(self, rng):
        """Load a table that was damaged before or after it was packed; no row is left out."""
        suffix = _SUFFIXES[rng.integers(len(_SUFFIXES))]
        damage = cut if rng.integers(3) == 0 else mutate
        text = self.table.encode()
        n_rows = None
        if rng.integers(2):
            text = damage(text, rng)
            if b'"' not in text and b"\r" not in text:
                n_rows = sum(map(bool, text.split(b"\n"))) - 1
            content = pack_table(text, suffix)
        else:
            content = damage(pack_table(text, suffix), rng)
            # Only what is compressed carries a checksum or ends that show the damage.
            n_rows = 14 if suffix else None
        path = self.folder / f"fer2013.csv{suffix}".replace(".csv.tar", ".tar")
        path.write_bytes(content)
        try:
            bunch = load_fer2013(path)
        finally:
            path.unlink()
        return n_rows is None or len(bunch.images) == n_rows

    def _fill(self, folder, rng):
        """Write a few images, most of them sound, and give their number."""
        folder.mkdir()
        n_images = int(rng.integers(1, 5))
        for number in range(n_images):
            sound = rng.integers(3)
            content = self.images["png"] if sound else self._damaged(rng)
            name = ["{}.png", "{}.jpg", "{}\n.png", "{}" + "ä" * 100 + ".png"][rng.integers(4)]
            (folder / name.format(number)).write_bytes(content)
        return n_images

    @contextlib.contextmanager
    def _folder(self):
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            yield Path(name)

    def try_folder(self, rng):
        """Load class folders; all images are loaded, or the damaged ones are named."""
        with self._folder() as folder:
            n_images = sum(self._fill(folder / name, rng) for name in _CLASSES)
            return len(load_folder(folder).images) == n_images

    def try_predict(self, rng):
        """Name the faces of a folder; each photo has a row."""
        with self._folder() as folder, self._folder() as cwd, contextlib.chdir(cwd):
            n_images = self._fill(folder / "photos", rng)
            code, out = _run("predict", "--model", "svm_fast", "--json", folder / "photos")
            rows = [json.loads(line) for line in out.splitlines()]
            assert code == int(any(row["error"] for row in rows))
            return len({row["photo"] for row in rows}) == n_images

    def try_video(self, rng):
        """Iterate over a damaged video to its end."""
        suffix = list(self.videos)[rng.integers(len(self.videos))]
        path = self.folder / f"film.{suffix}"
        damage = cut if rng.integers(3) == 0 else mutate
        path.write_bytes(damage(self.videos[suffix], rng))
        for count, (_, _, frame) in enumerate(VideoSource(path), start=1):
            assert frame.dtype == np.uint8
            assert count < 10_000
        return True


def _run(*arguments):
    """Run a command, and give its exit code and what it printed."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run_command(list(map(str, arguments)))
    assert code in (0, 1), err.getvalue()
    return code, out.getvalue()


def work(first, last, seed):
    """Try inputs, and print what became of each as a line of JSON; the process may die."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEGABYTES * 2**20,) * 2)
    os.environ["FER_CLASSIC_MAX_PIXELS"] = str(_PIXELS)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FER_CLASSIC_CACHE"] = folder
        trial = Trial(Path(folder) / "files")
        trial.folder.mkdir()
        for number in range(first, last):
            start = time.perf_counter()
            # Not handled, so that the process ends even in the middle of a decoder.
            signal.alarm(_SECONDS)
            name, outcome = trial.run(number, seed)
            signal.alarm(0)
            seconds = time.perf_counter() - start
            print(json.dumps([name, outcome, seconds, peak_memory()]), flush=True)


def run(first, last, *, seed=0):
    """Try inputs in processes of their own; after one that has died, the next one goes on.

    Returns
    -------
    results : list of (reader, outcome, seconds, megabytes)
        One for each input from ``first`` to before ``last``.
    """
    results = []
    while first + len(results) < last:
        here = first + len(results)
        command = [sys.executable, "-m", __spec__.name]
        command += ["--work", str(here), str(last), "--seed", str(seed)]
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", check=False
        )
        found = [json.loads(line) for line in done.stdout.splitlines()]
        results += found
        if done.returncode:
            hung = done.returncode == -signal.SIGALRM
            outcome = f"no end after {_SECONDS} s" if hung else f"ended with {done.returncode}"
            tail = done.stderr.splitlines()[-1:] if not hung else []
            results.append(["?", " ".join([outcome, f"(input {here + len(found)})", *tail]), 0, 0])
    return results


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.hostile_images")
    parser.add_argument("--mutations", type=int, default=2000, help="inputs to try (2000)")
    parser.add_argument("--batch", type=int, default=200, help="inputs of one process (200)")
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time (1)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--work", type=int, nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.work:
        work(*args.work, args.seed)
        return 0
    ends = [*range(0, args.mutations, args.batch), args.mutations]
    with ThreadPoolExecutor(args.jobs) as pool:
        batches = pool.map(lambda pair: run(*pair, seed=args.seed), pairwise(ends))
        results = [result for batch in batches for result in batch]
    counts = Counter((reader, outcome) for reader, outcome, *_ in results)
    for (reader, outcome), count in sorted(counts.items()):
        print(f"{reader:16}{outcome[:300]:40}{count:8,}")
    slowest, peak = max(r[2] for r in results), max(r[3] or 0 for r in results)
    wrong = [outcome for _, outcome, *_ in results if outcome not in OUTCOMES]
    n_silent = wrong.count("skipped in silence")
    n_hung = sum(outcome.startswith("no end") for outcome in wrong)
    print(
        f"{len(results):,} inputs: {len(wrong) - n_silent - n_hung} crashes, {n_hung} hangs, "
        f"{n_silent} silent skips; slowest {slowest:.2f} s, peak memory {peak:.0f} MB"
    )
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
