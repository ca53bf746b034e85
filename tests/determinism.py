"""Compare runs of every recipe with other numbers of threads and jobs: python -m tests.determinism.

Each recipe is fitted on folds of a few drawn faces, by the code of the benchmark: twice with one
thread, with two threads, and with two jobs, each time in a fresh process. Predictions must be
equal, and class scores within 1e-6. Where a record says that a recipe is not deterministic, only
the runs with the same number of threads must agree; the difference of the others is printed.
"""

import argparse
import os
import pickle
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.experiments import (
    Data,
    RunSettings,
    Split,
    make_candidates,
    make_jobs,
    split_data,
)
from benchmarks.experiments.runner import fold_outcomes
from fer_classic.datasets import make_drawn_faces
from fer_classic.recipes import list_recipes, make_recipe

ROOT = Path(__file__).parents[1]

TOLERANCE = 1e-6
# Threads of the process, and jobs, by the name of the run.
RUNS = {"once more": (1, 1), "two threads": (2, 1), "two jobs": (1, 2)}
_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Result:
    """What a run gave, all folds joined.

    Parameters
    ----------
    names : list of str
        Predictions.
    scores : ndarray
        Class scores, before they are rounded for the record.
    deterministic : bool
        As the record says.
    """

    names: list
    scores: np.ndarray
    deterministic: bool


def run_recipe(recipe, faces, *, n_jobs=1, n_folds=2, **settings):
    """Fit a recipe on folds of whole subjects, and return the result."""
    (candidate,) = make_candidates(recipe, make=make_recipe, settings=settings)
    if candidate.problem:
        raise RuntimeError(candidate.problem)
    parts = split_data("group-kfold", Data.of(faces), split=Split(n_folds=n_folds))
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        jobs = make_jobs(candidate, [parts])
        for job, outcomes in fold_outcomes(jobs, Path(folder), RunSettings(n_jobs)):
            found |= {fold.name: each for fold, each in zip(job.folds, outcomes, strict=True)}
    for outcome in found.values():
        if outcome["status"] != "ok":
            raise RuntimeError(outcome["reason"])
    of_folds = [found[name] for name in sorted(found)]
    return Result(
        [name for outcome in of_folds for name in outcome["y_pred"]],
        np.concatenate([np.ravel(outcome["class_scores"]) for outcome in of_folds]),
        all(outcome["deterministic"] for outcome in of_folds),
    )


def compare(first, second):
    """Return the number of predictions that differ, and the largest difference of scores."""
    n_changed = sum(a != b for a, b in zip(first.names, second.names, strict=True))
    return n_changed, float(np.abs(first.scores - second.scores).max())


def is_same(first, second):
    """Whether predictions are equal, and scores within the tolerance."""
    n_changed, largest = compare(first, second)
    return n_changed == 0 and largest <= TOLERANCE


def run_all(recipes, n_jobs, n_subjects):
    """Run recipes in this process; gives the result of each, or the text of its error."""
    faces = make_drawn_faces(n_subjects=n_subjects, n_per_class=1)
    results = {}
    for recipe in recipes:
        epochs = [name for name in make_recipe(recipe).get_params() if name.endswith("__epochs")]
        # The network of svm_deep is not trained here.
        settings = dict.fromkeys(epochs if recipe.startswith("cnn") else [], 2)
        try:
            results[recipe] = run_recipe(recipe, faces, n_jobs=n_jobs, **settings)
        except Exception as error:  # told with the others
            results[recipe] = f"{type(error).__name__}: {error}"
        print(f"  {recipe}", file=sys.stderr, flush=True)
    return results


def run_fresh(recipes, n_threads, n_jobs, n_subjects):
    """Run recipes in a fresh process with a number of threads."""
    print(f"{n_threads} thread(s), {n_jobs} job(s)", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results"
        command = [sys.executable, "-m", "tests.determinism", *recipes]
        options = ["--here", str(path), "--jobs", str(n_jobs), "--subjects", str(n_subjects)]
        environment = os.environ | dict.fromkeys(_VARIABLES, str(n_threads))
        subprocess.run([*command, *options], cwd=ROOT, env=environment, check=True)
        return pickle.loads(path.read_bytes())


def report(recipe, run, first, second):
    """Print how two runs compare; returns whether they differ and must not."""
    texts = [result for result in (first, second) if isinstance(result, str)]
    if texts:
        print(f"{recipe}, {run}: {texts[0]}")
        return True
    n_changed, largest = compare(first, second)
    must = first.deterministic or RUNS[run][0] == 1
    same = is_same(first, second)
    verdict = "the same" if same else "DIFFERENT" if must else "different, as the record says"
    print(f"{recipe}, {run}: {n_changed} other predictions, scores {largest:.1e}: {verdict}")
    return must and not same


def main(argv=None):
    """Run the program; returns an exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.determinism", description=__doc__.partition(":")[0] + "."
    )
    add = parser.add_argument
    add("recipes", nargs="*", metavar="RECIPE", help="(all)")
    add("--subjects", type=int, default=4, metavar="N", help="drawn people, 8 faces each (4)")
    add("--here", type=Path, metavar="FILE", help=argparse.SUPPRESS)
    add("--jobs", type=int, default=1, help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    recipes = args.recipes or list_recipes()
    if args.here:
        args.here.write_bytes(pickle.dumps(run_all(recipes, args.jobs, args.subjects)))
        return 0
    first = run_fresh(recipes, 1, 1, args.subjects)
    failed = {}
    for run, (n_threads, n_jobs) in RUNS.items():
        second = run_fresh(recipes, n_threads, n_jobs, args.subjects)
        for recipe in recipes:
            if report(recipe, run, first[recipe], second[recipe]):
                failed[recipe] = None
    print(f"different: {', '.join(failed)}" if failed else "the same wherever it must be")
    return bool(failed)


if __name__ == "__main__":
    # Under its own name, so that results can be read in the process that started this one.
    from tests.determinism import main

    sys.exit(main())
