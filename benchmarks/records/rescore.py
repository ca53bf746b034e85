"""Folds that need no fit: a finished fold of the same fit holds their predictions."""

from datetime import UTC, datetime
from zipfile import BadZipFile

import numpy as np

from benchmarks.records.folds import append_record, record_path, store_arrays
from fer_classic.evaluation import score
from fer_classic.exceptions import DataFormatError

__all__ = ["derivable", "derive"]


def derivable(job, found, output):
    """Find the folds of a job that can be scored without a fit.

    Parameters
    ----------
    job : Job
        The job; its folds share one fit.
    found : dict of str to dict
        The last record of each fold that has one, by key.
    output : path-like
        Where the records are.

    Returns
    -------
    pairs : list of tuple (Fold, dict)
        Each fold that has no finished record and whose test items are all in one of those that
        have, with that record. A record whose class scores lie in a side file that is not there, as
        in a copy from version control, is of no use.
    """
    records = {fold.name: found.get(job.key(fold)) for fold in job.folds}
    finished = {
        name: record for name, record in records.items() if record and record["status"] == "ok"
    }
    sources = [record for record in finished.values() if _has_scores(record, _folder(job, output))]
    pairs = []
    for fold in job.folds:
        holding = (r for r in sources if np.isin(fold.test, r["test_index"]).all())
        source = None if fold.name in finished else next(holding, None)
        if source is not None:
            pairs.append((fold, source))
    return pairs


def derive(job, fold, source, output):
    """Score a fold with the predictions of another one, and put its record on the disk.

    Parameters
    ----------
    job : Job
        The job that the fold belongs to.
    fold : Fold
        The fold.
    source : dict
        The record that holds its predictions, from :func:`derivable`.
    output : path-like
        Where the records are.

    Returns
    -------
    record : dict
        What it tells of the fit, and what ran where, is that of the other record.

    Raises
    ------
    DataFormatError
        If the side file with the class scores is damaged.

    Notes
    -----
    Log-loss and calibration error are those of the class scores as they are stored, to four
    decimals; a fit has them from the full ones. The log-loss is None where the probability of a
    true class is stored as 0, since how improbable it was is not known any more.
    """
    folder = _folder(job, output)
    rows = np.searchsorted(source["test_index"], fold.test)
    scores = _load_scores(source, folder)
    scores = None if scores is None else scores[rows]
    units = job.test.units[fold.test]
    y_true, y_pred = (np.asarray(source[name])[rows] for name in ("y_true", "y_pred"))
    metrics = score(
        y_true,
        y_pred,
        classes=source["classes"],
        class_scores=scores,
        score_kind=source["score_kind"],
        units=units,
        seed=job.base["seed"],
    )
    if metrics["log_loss"] is not None and 0 in scores[y_true[:, np.newaxis] == source["classes"]]:
        metrics["log_loss"] = None
    record = source | {
        "fold": fold.name,
        "note": fold.note,
        "n_folds": job.base["n_folds"],
        "test_index": fold.test.tolist(),
        "y_true": y_true.tolist(),
        "y_pred": y_pred.tolist(),
        "metrics": metrics,
        "leaks": job.leaks(fold),
        "unseen": np.setdiff1d(y_true, source["classes"]).tolist(),
        "predict_seconds": source["predict_seconds"] * len(rows) / len(source["test_index"]),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    store_arrays(record, class_scores=scores, units=units, all_units=job.test.units, folder=folder)
    append_record(record_path(output, job.base["dataset"], job.base["recipe"]), record)
    return record


def _folder(job, output):
    return record_path(output, job.base["dataset"], job.base["recipe"]).parent


def _has_scores(record, folder):
    name = record["class_scores"]
    return not isinstance(name, str) or (folder / name).exists()


def _load_scores(record, folder):
    stored = record["class_scores"]
    if not isinstance(stored, str):
        return None if stored is None else np.array(stored)
    try:
        with np.load(folder / stored) as side:
            return side["class_scores"]
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise DataFormatError(
            f"{folder / stored}, the class scores of a record, is damaged ({error}); "
            "remove it and run the benchmark again."
        ) from error
