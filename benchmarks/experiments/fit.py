"""One fit and the scores of its folds: what a worker process does."""

import io
import pickle
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from sklearn.base import clone

from benchmarks._peak_memory import PeakMemory
from benchmarks.experiments.data import Data
from benchmarks.experiments.determinism import deterministic_threads
from benchmarks.experiments.models import ModelSaver, keeping_epochs, training_of
from fer_classic.evaluation import Fold, fit_with_groups, score
from fer_classic.exceptions import MissingDependencyError
from fer_classic.utils import class_scores
from fer_classic.utils._scores import in_blocks

__all__ = ["Task", "failure", "failure_of", "work"]


@dataclass(frozen=True, eq=False)
class Task:
    """A fit, and what is scored with it.

    Parameters
    ----------
    model : estimator
        Unfitted; a copy is fitted.
    folds : list of Fold
        Folds with one training part.
    train, test : Data or None
        What the folds refer to, as the steps inside the fold see it; None while a task is on its
        way to a worker, to which the data go by themselves.
    seed : int
        Seed of the intervals.
    checkpoints : path-like
        Where a model that learns in epochs keeps them while it is fitted.
    save : ModelSaver, optional
        Saves the fitted model.
    """

    model: Any
    folds: list[Fold]
    train: Data | None
    test: Data | None
    seed: int
    checkpoints: Path
    save: ModelSaver | None = None


def failure(status, reason):
    """Describe the outcome of a fold that was not scored."""
    return {"status": status, "reason": reason}


def failure_of(error):
    """Describe the outcome of a fold that ended with an exception."""
    if isinstance(error, MissingDependencyError):
        return failure("skipped", str(error))
    return failure("error", f"{type(error).__name__}: {error}")


def work(task):
    """Fit a model once and score it on each fold.

    Parameters
    ----------
    task : Task

    Returns
    -------
    outcomes : list of dict
        One for each fold: what the record says of it, or why it failed.
    """
    try:
        return _work(task)
    except Exception as error:  # a failure is a row, whatever it is
        return [failure_of(error)] * len(task.folds)


class _Counter(io.RawIOBase):
    """A file that only counts."""

    n_bytes = 0

    def writable(self):
        return True

    def write(self, data):
        self.n_bytes += memoryview(data).nbytes
        return memoryview(data).nbytes


def _size(model):
    """Bytes of a pickle of the model; None if it cannot be pickled."""
    counter = _Counter()
    try:
        pickle.dump(model, counter, protocol=5)
    except (pickle.PicklingError, AttributeError, TypeError):
        return None
    return counter.n_bytes


def _work(task):
    model, train = clone(task.model), task.train.at(task.folds[0].train)
    # Test parts of one fit may overlap: predict each item once.
    asked = np.unique(np.concatenate([fold.test for fold in task.folds]))
    with PeakMemory() as memory, deterministic_threads(model, train.values) as threads:
        start = perf_counter()
        with keeping_epochs(model, task.checkpoints):
            fit_with_groups(model, train.values, train.labels, train.units)
        fit_seconds = perf_counter() - start
        test = task.test.at(asked)
        start = perf_counter()
        y_pred = in_blocks(model.predict, test.values)
        seconds_per_item = (perf_counter() - start) / len(asked)
        scores, kind = class_scores(model, test.values)
    training = training_of(model)
    if training is not None:
        # A fold that went on where it was stopped has spent time before.
        fit_seconds = max(fit_seconds, training["seconds"])
    if scores is not None and not np.isfinite(scores).all():
        raise ValueError("the model gave class scores that are not finite numbers.")
    of_fit = {
        "status": "ok",
        "reason": None,
        "n_train": len(train),
        "classes": model.classes_.tolist(),
        "score_kind": kind,
        "training": training,
        "threads": threads.number,
        "deterministic": threads.deterministic,
        "fit_seconds": fit_seconds,
        "peak_memory": memory.bytes,
        "model_bytes": _size(model),
    }
    outcomes = []
    for fold in task.folds:
        rows = np.searchsorted(asked, fold.test)
        outcome = of_fit | {
            "test_index": fold.test.tolist(),
            "y_true": test.labels[rows].tolist(),
            "y_pred": y_pred[rows].tolist(),
            "class_scores": None if scores is None else scores[rows],
            "unseen": np.setdiff1d(test.labels[rows], model.classes_).tolist(),
            "predict_seconds": seconds_per_item * len(rows),
        }
        outcomes.append(outcome | _scores(fold, outcome, test.units[rows], task.seed))
    if task.save is not None:
        task.save(model, train.labels, outcomes[0])
    return outcomes


def _scores(fold, outcome, units, seed):
    """Score the whole test part of a fold, and each subset of it."""
    y_true, y_pred = np.array(outcome["y_true"]), np.array(outcome["y_pred"])
    class_scores = outcome["class_scores"]

    def metrics(kept):
        return score(
            y_true[kept],
            y_pred[kept],
            classes=outcome["classes"],
            class_scores=None if class_scores is None else class_scores[kept],
            score_kind=outcome["score_kind"],
            units=units[kept],
            seed=seed,
        )

    subsets = {
        name: {
            "note": subset.note,
            "left_out": np.flatnonzero(~subset.kept).tolist(),
            "metrics": metrics(subset.kept),
        }
        for name, subset in fold.subsets.items()
    }
    return {"metrics": metrics(np.ones(len(y_true), bool)), "subsets": subsets}
