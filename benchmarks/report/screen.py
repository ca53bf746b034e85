"""Lines and tables for the screen."""

from itertools import chain

from benchmarks._format import estimate, leak_note, leak_words, number, text_table
from benchmarks.records.candidates import candidate_lines, plain_of, pool
from benchmarks.report.summary import recipe_label, summarise

__all__ = ["fold_line", "plan_table", "result_table", "search_tables"]

_STATES = {"ok": "done", "error": "failed, to run again", "skipped": "skipped, to run again"}


def fold_line(record):
    """Say in a line what became of a fold."""
    head = f"{recipe_label(record)}, {record['protocol']}, fold {record['fold']}"
    if record["status"] != "ok":
        return f"{head}: {record['status']}: {record['reason']}"
    accuracy = estimate(record["metrics"]["accuracy"])
    line = f"{head}: accuracy {accuracy} %, fit {number(record['fit_seconds'], 2)} s"
    leaky = leak_words(record["leaks"])
    return f"{line} ({leaky})" if leaky else line


def plan_table(jobs, found):
    """Show what there is to do.

    Parameters
    ----------
    jobs : list of list of Job
        All jobs.
    found : dict of str to dict
        The last record of each fold that has one, by key.

    Returns
    -------
    table : str
    """
    lines = []
    for job in chain.from_iterable(jobs):
        for fold in job.folds:
            status = found[job.key(fold)]["status"] if job.key(fold) in found else None
            lines.append(
                [
                    recipe_label(job.base),
                    job.base["protocol"],
                    str(fold.name),
                    f"{len(fold.train):,}",
                    f"{len(fold.test):,}",
                    _STATES.get(status, "to run"),
                ]
            )
    return text_table(["recipe", "protocol", "fold", "train", "test", "state"], lines)


def result_table(records, folder):
    """Show scores: a line for each recipe and protocol, test part or subset of it.

    Parameters
    ----------
    records : list of dict
        Records of one data set, each key once.
    folder : path-like
        Where they lie.

    Returns
    -------
    table : str
    """
    lines = []
    for row in summarise(records, folder):
        folds = f"{len(row.records)}/{row.n_folds}"
        scores = ["–", "–"]
        if row.scores:
            scores = [estimate(row.scores["accuracy"]), estimate(row.scores["macro_f1"])]
        lines.append([row.recipe, row.title, *scores, folds, leak_note(row)])
    header = ["recipe", "protocol", "accuracy %", "macro-F1 %", "folds", ""]
    return text_table(header, lines)


def search_tables(records, folder):
    """Compare candidates with the recipe as it is, the best first.

    Parameters
    ----------
    records : list of dict
        Records of the protocol ``development``.
    folder : path-like
        Where they lie.

    Yields
    ------
    table : str
        For each recipe and part of the data set.
    """
    of_recipes = {}
    for record in records:
        of_recipes.setdefault(record["recipe"], []).append(record)
    header = ["candidate", "accuracy %", "minus the recipe, 95 %", "s"]
    for of_recipe in of_recipes.values():
        for candidates in pool(of_recipe, folder):
            first = candidates[0]
            _, n_items, n_folds, _ = first.part
            title = f"{first.recipe}: {n_items:,} images of {first.dataset}, {n_folds} folds"
            best_first = sorted(candidates, key=lambda tried: -tried.accuracy)
            lines = candidate_lines(best_first, plain_of(candidates))
            yield f"{title}\n{text_table(header, lines)}"
