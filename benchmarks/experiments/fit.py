"""One fit and the scores of its folds: what a worker process does."""

import io
import pickle
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from sklearn.base import clone

from benchmarks.experiments.models import training_of
from benchmarks.experiments.peak_memory import PeakMemory
from fer_classic.evaluation import fit_with_groups, score
from fer_classic.exceptions import MissingDependencyError
from fer_classic.utils import class_scores

__all__ = ["Items", "failure", "failure_of", "work"]


@dataclass
class Items:
    """The items of a data set, as the steps inside the fold see them.

    Parameters
    ----------
    values : ndarray of shape (n, ...)
        What the model takes.
    labels : ndarray of shape (n,), str
        Class names.
    units : ndarray of shape (n,), int
        Independent units.
    """

    values: np.ndarray
    labels: np.ndarray
    units: np.ndarray


def failure(status, reason):
    """Describe the outcome of a fold that was not scored."""
    return {"status": status, "reason": reason}


def failure_of(error):
    """Describe the outcome of a fold that ended with an exception."""
    if isinstance(error, MissingDependencyError):
        return failure("skipped", str(error))
    return failure("error", f"{type(error).__name__}: {error}")


def work(model, folds, train, test, seed, keep=None):
    """Fit a model once and score it on each fold.

    Parameters
    ----------
    model : estimator
        Unfitted; a copy is fitted.
    folds : list of Fold
        Folds with one training part.
    train, test : Items
        What the folds refer to.
    seed : int
        Seed of the intervals.
    keep : callable, optional
        Takes the fitted model.

    Returns
    -------
    outcomes : list of dict
        One for each fold: what the record says of it, or why it failed.
    """
    try:
        return _work(model, folds, train, test, seed, keep)
    except Exception as error:  # a failure is a row, whatever it is
        return [failure_of(error)] * len(folds)


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


def _work(model, folds, train, test, seed, keep):
    fitted = folds[0].train
    # Folds of one fit overlap (a test part, and the same without twins): predict each item once.
    asked = np.unique(np.concatenate([fold.test for fold in folds]))
    with PeakMemory() as memory:
        start = perf_counter()
        model = fit_with_groups(
            clone(model), train.values[fitted], train.labels[fitted], train.units[fitted]
        )
        fit_seconds = perf_counter() - start
        values = test.values[asked]
        start = perf_counter()
        y_pred = model.predict(values)
        seconds_per_item = (perf_counter() - start) / len(asked)
        scores, kind = class_scores(model, values)
    training, n_bytes = training_of(model), _size(model)
    if training is not None:
        # A fold that went on where it was stopped has spent time before.
        fit_seconds = max(fit_seconds, training["seconds"])
    if keep is not None:
        keep(model)
    if scores is not None and not np.isfinite(scores).all():
        raise ValueError("the model gave class scores that are not finite numbers.")
    outcomes = []
    for fold in folds:
        rows = np.searchsorted(asked, fold.test)
        outcome = {
            "status": "ok",
            "reason": None,
            "n_train": len(fitted),
            "test_index": fold.test.tolist(),
            "y_true": test.labels[fold.test].tolist(),
            "y_pred": y_pred[rows].tolist(),
            "classes": model.classes_.tolist(),
            "class_scores": None if scores is None else scores[rows],
            "score_kind": kind,
            "unseen": np.setdiff1d(test.labels[fold.test], model.classes_).tolist(),
            "training": training,
            "fit_seconds": fit_seconds,
            "predict_seconds": seconds_per_item * len(fold.test),
            "peak_memory": memory.bytes,
            "model_bytes": n_bytes,
        }
        outcome["metrics"] = score(
            outcome["y_true"],
            outcome["y_pred"],
            classes=model.classes_,
            class_scores=outcome["class_scores"],
            score_kind=kind,
            units=test.units[fold.test],
            seed=seed,
        )
        outcomes.append(outcome)
    return outcomes
