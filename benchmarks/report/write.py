"""Writing the report: pages, tables and pictures of the records in a folder."""

import csv
from pathlib import Path

from benchmarks.report.figures import draw_pictures
from benchmarks.report.pages import dataset_page, introduction, overview
from benchmarks.report.results import find_datasets, read_results
from benchmarks.report.summary import RATES
from fer_classic.exceptions import DataFormatError, MissingDependencyError
from fer_classic.expressions import EXPRESSIONS
from fer_classic.utils._files import atomic_path

__all__ = ["write_report"]

_TRAINING = ("n_parameters", "epochs", "best_epoch", "seconds_per_epoch")


def write_report(output, *, datasets=None, draw=draw_pictures):
    """Write ``README.md``, and per data set a page of its own, ``summary.csv`` and the pictures.

    Parameters
    ----------
    output : path-like
        Where the records are.
    datasets : list of str, optional
        Data sets whose page, table and pictures are made anew; all by default. ``README.md``
        always holds all.
    draw : callable, optional
        ``draw(folder, dataset, rows)`` draws the pictures of a data set.

    Returns
    -------
    problem : str or None
        Why there are no pictures.
    left : list of str
        Data sets whose records cannot be used, and why. What an earlier report has written of them
        is left as it is.

    Raises
    ------
    DataNotFoundError
        If there are no records.
    """
    output = Path(output)
    pages, problem, left = [introduction()], None, []
    for dataset in find_datasets(output):
        try:
            results = read_results(output, dataset)
        except DataFormatError as error:
            left.append(f"{dataset} is left as it is: {error}")
            pages += _old_overview(output / "README.md", dataset)
            continue
        if datasets is None or dataset in datasets:
            problem = _write_dataset(results, draw) or problem
        pages.append(overview(results))
    _write(output / "README.md", "\n".join(pages))
    return problem, left


def _write_dataset(results, draw):
    """Write the page, table and pictures of a data set; returns why there are no pictures."""
    folder, problem = results.folder, None
    _write_summary(folder / "summary.csv", results.rows)
    try:
        draw(folder, results.dataset, results.rows)
    except MissingDependencyError as error:
        problem = str(error)
    _write(folder / "README.md", dataset_page(results))
    return problem


def _old_overview(path, dataset):
    """Find what an earlier report says of a data set on its first page."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    _, heading, rest = text.partition(f"\n## {dataset}\n")
    return [heading.lstrip() + rest.partition("\n## ")[0].rstrip("\n") + "\n"] if heading else []


def _write(path, text):
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _write_summary(path, rows):
    ends = ("value", "low", "high")
    fields = ["recipe", "protocol", "part", "folds", "n_folds", "n_items", "n_units"]
    fields += [f"{rate}_{end}".removesuffix("_value") for rate in RATES for end in ends]
    fields += ["log_loss", "calibration_error", "fit_seconds", "feature_seconds", "ms_per_face"]
    fields += [f"training_{name}" for name in _TRAINING]
    fields += ["peak_memory", "no_face", "leaky_subject", "leaky_sequence", "leaky_duplicate"]
    fields += ["people_unknown"]
    others = {name for row in rows if row.scores for name in row.scores["recall"]} - set(
        EXPRESSIONS
    )
    fields += [f"recall_{name}" for name in (*EXPRESSIONS, *sorted(others))]
    with atomic_path(path) as temporary, open(temporary, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fields, lineterminator="\n")
        writer.writeheader()
        writer.writerows(_flat(row) for row in rows)


def _flat(row):
    flat = {
        "recipe": row.recipe,
        "protocol": row.protocol,
        "part": row.part_title,
        "folds": len(row.records),
        "n_folds": row.n_folds,
    }
    if not row.scores:
        return flat
    for rate in RATES:
        for end, value in row.scores[rate].items():
            flat[f"{rate}_{end}".removesuffix("_value")] = _short(value)
    for name, recall in row.scores["recall"].items():
        flat[f"recall_{name}"] = _short(recall["value"])
    if row.training:
        flat |= {f"training_{name}": _short(row.training[name]) for name in _TRAINING}
    for kind, count in row.leaks.items():
        flat[f"leaky_{kind}"] = count
    flat["people_unknown"] = row.people_unknown
    return flat | {
        "n_items": row.scores["n_items"],
        "n_units": row.scores["n_units"],
        "log_loss": _short(row.scores["log_loss"]),
        "calibration_error": _short(row.scores["calibration_error"]),
        "fit_seconds": _short(row.mean("fit_seconds")),
        "feature_seconds": _short(row.mean("feature_seconds")),
        "ms_per_face": _short(row.ms_per_face),
        "peak_memory": row.peak_memory,
        "no_face": row.no_face,
    }


def _short(value):
    return None if value is None else round(value, 4)
