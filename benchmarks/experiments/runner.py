"""Running jobs in one or several processes, and recording each fold at once."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from joblib import Parallel, delayed

from benchmarks._environment import environment
from benchmarks._format import leak_words
from benchmarks.experiments.data import Data
from benchmarks.experiments.fit import Task, failure, failure_of, work
from benchmarks.experiments.models import ModelSaver, model_path
from benchmarks.experiments.stateless import Shared, compute_shared, split_model
from benchmarks.records.folds import append_record, record_path
from benchmarks.records.side_files import INLINE_ITEMS, store_arrays
from fer_classic.utils._cluster import lost_errors, working
from fer_classic.utils._memory import available_memory
from fer_classic.utils._progress import Progress
from fer_classic.utils._versions import machine

__all__ = ["RunSettings", "fold_outcomes", "run_jobs"]


@dataclass(frozen=True)
class RunSettings:
    """How jobs are run.

    Parameters
    ----------
    n_jobs : int, default=1
        Number of processes. The threads of each are limited so that together they fill the cores.
    client : distributed.Client, optional
        Where the work is done in place of processes of this one.
    keep_models : bool, default=False
        Save the fitted models in ``<output>/<dataset>/models``.
    features_memory : float, optional
        Bytes that the features of a data set may take in memory; more go to a temporary file.
    share : bool, default=True
        Run the leading steps that learn nothing once for all folds.
    inline_items : int, default=2000
        Test items of a record up to which units and class scores are not put in side files.
    """

    n_jobs: int = 1
    client: Any = None
    keep_models: bool = False
    features_memory: float | None = None
    share: bool = True
    inline_items: int = INLINE_ITEMS


_NOTHING = {
    "n_train": None,
    "test_index": [],
    "units": [],
    "y_true": [],
    "y_pred": [],
    "classes": [],
    "class_scores": None,
    "score_kind": None,
    "metrics": None,
    "subsets": {},
    "leaks": None,
    "unseen": [],
    "no_face": None,
    "training": None,
    "threads": None,
    "deterministic": None,
    "feature_seconds": None,
    "fit_seconds": None,
    "predict_seconds": None,
    "peak_memory": None,
    "model_bytes": None,
}


def run_jobs(jobs, *, output, settings=None):
    """Run the jobs of one model.

    Parameters
    ----------
    jobs : list of Job
        Jobs of one model on one tested data set.
    output : path-like
        Where the records go.
    settings : RunSettings, optional
        How they are run.

    Yields
    ------
    record : dict
        The record of each fold, when it is on the disk.
    """
    if not jobs:
        return
    settings = settings or RunSettings()
    path = record_path(output, jobs[0].base)
    surroundings = environment("versions", "machine", "commit")
    n_folds = sum(len(job.folds) for job in jobs)
    with Progress(jobs[0].base["recipe"], total=n_folds, unit="fold") as progress:
        for job, outcomes in fold_outcomes(jobs, path.parent, settings):
            for fold, outcome in zip(job.folds, outcomes, strict=True):
                record = _record(job, fold, outcome, path.parent, settings) | surroundings
                record["finished"] = datetime.now(UTC).isoformat(timespec="seconds")
                append_record(path, record)
                progress.update()
                yield record
    with suppress(OSError):
        (path.parent / "checkpoints").rmdir()


def _workers(settings, data=()):
    """Choose where calls of joblib work; workers of a cluster get the data once."""
    threads = max(1, (machine()["cores"] or 1) // settings.n_jobs)
    return working(settings.client, n_jobs=settings.n_jobs, n_threads=threads, data=data)


def fold_outcomes(jobs, folder, settings):
    """Fit and score jobs, before anything is recorded.

    Parameters
    ----------
    jobs : list of Job
        As for :func:`run_jobs`.
    folder : path-like
        For checkpoints and models.
    settings : RunSettings

    Yields
    ------
    job : Job
        In the order in which they finish.
    outcomes : list of dict
        One for each of its folds.
    """
    for job in jobs:
        if job.problem:
            yield job, [failure("skipped", job.problem)] * len(job.folds)
    jobs = [job for job in jobs if not job.problem]
    if not jobs:
        return
    try:
        steps, rest = split_model(jobs[0].model) if settings.share else (None, jobs[0].model)
        with _workers(settings):
            features = _share(jobs, steps, settings)
    except Exception as error:  # a failure is a row, whatever it is
        for job in jobs:
            yield job, [failure_of(error)] * len(job.folds)
        return
    waiting = dict(enumerate(jobs))
    tasks = {
        number: _task(job, rest, features, folder, settings) for number, job in waiting.items()
    }
    lost = lost_errors(settings.client)
    with _workers(settings, [of_set.data for of_set in features.values()]):
        try:
            calls = (
                delayed(_numbered)(number, *_separated(task)) for number, task in tasks.items()
            )
            for number, outcomes in Parallel(return_as="generator_unordered")(calls):
                job = waiting.pop(number)
                yield job, [_add_shared(job, features, outcome) for outcome in outcomes]
        except lost:
            # One of several was ended from outside; which one is not known.
            for number, job in waiting.items():
                outcomes = _alone(tasks[number], lost)
                yield job, [_add_shared(job, features, outcome) for outcome in outcomes]


def _separated(task):
    """Take the data out of a task: arguments of their own are sent once, not with each task."""
    return replace(task, train=None, test=None), task.train, task.test


def _alone(task, lost):
    """Run a task in a process of its own, while no other runs."""
    try:
        # With one job there would be no process.
        ((_, outcomes),) = Parallel(2)([delayed(_numbered)(0, *_separated(task))])
    except lost:
        available = available_memory()
        known = "" if available is None else f"; {available / 1e9:.1f} GB are available"
        reason = (
            "its process was ended from outside, also while no other ran: it was out of memory, "
            f"unless somebody ended it{known}"
        )
        return [failure("error", reason)] * len(task.folds)
    return outcomes


@dataclass(frozen=True, eq=False)
class _Features:
    """What the shared steps made of the images of a data set that the jobs ask for."""

    data: Data
    shared: Shared

    def seconds_of(self, n_items):
        """Scale the time of the shared steps to some of the images."""
        return self.shared.seconds * n_items / len(self.data)


def _share(jobs, steps, settings):
    """Run the stateless steps once over each data set; keyed by the digest of the data set."""
    data_sets, asked = {}, {}
    for job in jobs:
        for data, part in ((job.train, "train"), (job.test, "test")):
            data_sets[data.digest] = data
            asked.setdefault(data.digest, []).extend(getattr(fold, part) for fold in job.folds)
    features = {}
    for key, data in data_sets.items():
        positions = np.unique(np.concatenate(asked[key]))
        if len(positions) < len(data):
            data = data.at(positions)
        with Progress("features", total=len(data), unit="image", leave=False) as progress:
            shared = compute_shared(
                steps,
                data.values,
                features_memory=settings.features_memory,
                gather=settings.client is not None,
                report=lambda n_images, seconds, progress=progress: progress.update(n_images),
            )
        features[key] = _Features(data.with_values(shared.values), shared)
    return features


def _numbered(number, task, train, test):
    return number, work(replace(task, train=train, test=test))


def _task(job, model, features, folder, settings):
    train, test = (features[data.digest] for data in (job.train, job.test))
    return Task(
        model=model,
        folds=job.folds,
        train=train.data,
        test=test.data,
        seed=job.base["seed"],
        checkpoints=folder / "checkpoints",
        save=_model_saver(job, train, folder) if settings.keep_models else None,
    )


def _model_saver(job, features, folder):
    """Say where the model of a job goes and what its card says."""
    fold, bunch = job.folds[0], job.train.bunch
    split = None if bunch.split is None else sorted(set(bunch.split[fold.train].tolist()))
    part = f"scored on {fold.name}" if isinstance(fold.name, str) else f"fold {fold.name}"
    fitted_on = f"fitted on {', '.join(split)}, " if split and isinstance(fold.name, str) else ""
    leaky = leak_words(job.count_leaks(fold))
    card = {
        "recipe": job.base["recipe"],
        "dataset": {"name": bunch.name, "digest": job.train.digest, "split": split},
        "protocol": f"{job.base['protocol']}: {fitted_on}{part}" + f" ({leaky})" * bool(leaky),
        "n_images": len(fold.train),
    }
    path = model_path(folder, job.base, fold.name)
    return ModelSaver(job.model, path, card, features.seconds_of(len(fold.train)))


def _add_shared(job, features, outcome):
    """Add the shared steps' part of time, memory and missed faces to the outcome of a fold."""
    if outcome["status"] != "ok":
        return outcome
    train, test = features[job.train.digest], features[job.test.digest]
    peaks = (outcome["peak_memory"], train.shared.peak_memory, test.shared.peak_memory)
    n_tested = len(outcome["test_index"])
    return outcome | {
        "feature_seconds": train.seconds_of(outcome["n_train"]),
        "predict_seconds": outcome["predict_seconds"] + test.seconds_of(n_tested),
        "peak_memory": max((peak for peak in peaks if peak), default=None),
        "no_face": test.shared.no_face,
    }


def _record(job, fold, outcome, folder, settings):
    record = job.base | {"fold": fold.name, "note": fold.note} | _NOTHING | outcome
    if outcome["status"] == "ok":
        record["leaks"] = job.count_leaks(fold)
        for name, subset in record["subsets"].items():
            kept = replace(fold, test=fold.test[fold.subsets[name].kept])
            subset["leaks"] = job.count_leaks(kept)
        store_arrays(
            record,
            class_scores=outcome["class_scores"],
            units=job.test.units[fold.test],
            all_units=job.test.units,
            folder=folder,
            inline_items=settings.inline_items,
        )
    return record
