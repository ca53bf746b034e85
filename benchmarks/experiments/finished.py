"""Which folds are finished, so that a run continues where an earlier one was stopped."""

from dataclasses import replace

from benchmarks.experiments.development import DEVELOPMENT
from benchmarks.records.folds import latest, read_records, record_path

__all__ = ["is_baseline", "latest_of", "unfinished"]


def latest_of(jobs, output):
    """Read the last record of each fold that has one.

    Parameters
    ----------
    jobs : list of list of Job
    output : path-like
        Where the records are.

    Returns
    -------
    found : dict of str to dict
        By key.
    """
    keys = {job.key(fold) for of_model in jobs for job in of_model for fold in job.folds}
    paths = dict.fromkeys(record_path(output, job.base) for of_model in jobs for job in of_model)
    found = latest(record for path in paths for record in read_records(path))
    return {key: record for key, record in found.items() if key in keys}


def unfinished(jobs, found):
    """Keep the jobs, and of each the folds, that have no finished record.

    Parameters
    ----------
    jobs : list of Job
    found : dict of str to dict
        From :func:`latest_of`.

    Returns
    -------
    jobs : list of Job
    """

    def is_finished(job, fold):
        record = found.get(job.key(fold))
        if record is None or record["status"] != "ok":
            return False
        # The same parameters may have been set by hand, before they became the recipe's own.
        return not (is_baseline(job.base) and record["settings"])

    left = [
        replace(job, folds=[fold for fold in job.folds if not is_finished(job, fold)])
        for job in jobs
    ]
    return [job for job in left if job.folds]


def is_baseline(base):
    """Whether other candidates are compared with this record: with the recipe as it is."""
    return base["protocol"] == DEVELOPMENT and not base["settings"]
