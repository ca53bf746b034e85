"""Running jobs in one or several processes, and recording each fold at once."""

from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from datetime import UTC, datetime

from joblib import Parallel, delayed, parallel_config

from benchmarks.experiments.fit import Items, failure, failure_of, work
from benchmarks.experiments.models import Keeper, keeping_epochs
from benchmarks.experiments.plan import commit
from benchmarks.experiments.stateless import compute_shared, split_model
from benchmarks.records.folds import append_record, record_path, store_arrays
from fer_classic.utils._progress import Progress
from fer_classic.utils._versions import machine, versions

__all__ = ["run_jobs"]

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
    "leaks": None,
    "unseen": [],
    "no_face": None,
    "training": None,
    "feature_seconds": None,
    "fit_seconds": None,
    "predict_seconds": None,
    "peak_memory": None,
    "model_bytes": None,
}


def run_jobs(jobs, *, output, n_jobs=1, keep_models=False, features_memory=None):
    """Run the jobs of one recipe.

    Parameters
    ----------
    jobs : list of Job
        Jobs of one recipe on one tested data set.
    output : path-like
        Where the records go.
    n_jobs : int, default=1
        Number of processes. The threads of each are limited so that together they fill the cores.
    keep_models : bool, default=False
        Save the fitted models in ``<output>/<dataset>/models``.
    features_memory : float, optional
        Bytes that the features of a data set may take in memory; more go to a temporary file.

    Yields
    ------
    record : dict
        The record of each fold, when it is on the disk.
    """
    if not jobs:
        return
    recipe = jobs[0].base["recipe"]
    path = record_path(output, jobs[0].test.name, recipe)
    surroundings = {"versions": versions(), "machine": machine(), "commit": commit()}
    checkpoints = path.parent / "checkpoints"
    n_folds = sum(len(job.folds) for job in jobs)
    cores = machine()["cores"] or 1
    threads = max(1, cores // n_jobs)
    with (
        Progress(recipe, total=n_folds, unit="fold") as progress,
        parallel_config("loky", n_jobs=n_jobs, inner_max_num_threads=threads),
    ):
        models = path.parent if keep_models else None
        for job, outcomes in _outcomes(jobs, checkpoints, models, features_memory):
            for fold, outcome in zip(job.folds, outcomes, strict=True):
                record = _record(job, fold, outcome, path.parent) | surroundings
                record["finished"] = datetime.now(UTC).isoformat(timespec="seconds")
                append_record(path, record)
                progress.update()
                yield record
    with suppress(OSError):
        checkpoints.rmdir()


def _outcomes(jobs, checkpoints, models, features_memory):
    """Give each job with one outcome per fold, in the order in which they finish."""
    if jobs[0].model is None:
        for job in jobs:
            yield job, [failure("skipped", job.problem)] * len(job.folds)
        return
    try:
        shared, rest = _share(jobs, features_memory)
        rest = keeping_epochs(rest, checkpoints)
    except Exception as error:  # a failure is a row, whatever it is
        for job in jobs:
            yield job, [failure_of(error)] * len(job.folds)
        return
    waiting = dict(enumerate(jobs))
    tasks = (
        delayed(_numbered)(n, rest, *_parts(job, shared), models and _keeper(job, models))
        for n, job in enumerate(jobs)
    )
    try:
        for number, outcomes in Parallel(return_as="generator_unordered")(tasks):
            job = waiting.pop(number)
            yield job, [_add_shared(job, shared, outcome) for outcome in outcomes]
    except BrokenProcessPool:
        reason = "a worker process was ended from outside (out of memory?); use fewer --jobs"
        for job in waiting.values():
            yield job, [failure("error", reason)] * len(job.folds)


def _share(jobs, features_memory):
    """Run the stateless steps once over each data set; keyed by the digest of the data set."""
    steps, rest = split_model(jobs[0].model)
    data_sets = {data.digest: data for job in jobs for data in (job.train, job.test)}
    shared = {}
    for key, data in data_sets.items():
        with Progress("features", total=len(data.images), unit="image", leave=False) as progress:
            shared[key] = compute_shared(
                steps,
                data.images,
                features_memory=features_memory,
                report=lambda n_images, seconds, progress=progress: progress.update(n_images),
            )
    return shared, rest


def _parts(job, shared):
    train, test = (
        Items(shared[data.digest].values, data.labels, data.units) for data in (job.train, job.test)
    )
    return job.folds, train, test, job.base["seed"]


def _numbered(number, model, folds, train, test, seed, keep):
    return number, work(model, folds, train, test, seed, keep)


def _keeper(job, folder):
    """Say where the model of a job goes: ``models/<recipe>-<protocol>[-<fold>].joblib``."""
    fold, bunch = job.folds[0], job.train.bunch
    # Official test parts share one fit.
    number = "" if isinstance(fold.name, str) else f"-{fold.name}"
    recipe, protocol = job.base["recipe"], job.base["protocol"]
    split = None if bunch.split is None else sorted(set(bunch.split[fold.train].tolist()))
    card = {
        "recipe": recipe,
        "dataset": {"name": bunch.name, "digest": job.train.digest, "split": split},
        "n_images": len(fold.train),
    }
    return Keeper(job.model, folder / "models" / f"{recipe}-{protocol}{number}.joblib", card)


def _add_shared(job, shared, outcome):
    """Add the shared steps' part of time, memory and missed faces to the outcome of a fold."""
    if outcome["status"] != "ok":
        return outcome
    train, test = shared[job.train.digest], shared[job.test.digest]
    part_fitted = outcome["n_train"] / len(job.train.labels)
    part_tested = len(outcome["test_index"]) / len(job.test.labels)
    peaks = (outcome["peak_memory"], train.peak_memory, test.peak_memory)
    return outcome | {
        "feature_seconds": train.seconds * part_fitted,
        "predict_seconds": outcome["predict_seconds"] + test.seconds * part_tested,
        "peak_memory": max((peak for peak in peaks if peak), default=None),
        "no_face": test.no_face,
    }


def _record(job, fold, outcome, folder):
    record = job.base | {"fold": fold.name, "note": fold.note} | _NOTHING | outcome
    if outcome["status"] == "ok":
        record["leaks"] = job.leaks(fold)
        store_arrays(
            record,
            class_scores=outcome["class_scores"],
            units=job.test.units[fold.test],
            all_units=job.test.units,
            folder=folder,
        )
    return record
