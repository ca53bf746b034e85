"""The page and the picture: accuracy against the strength of each disturbance."""

from statistics import fmean

from benchmarks._figures import save_picture
from benchmarks._format import estimate, markdown_table, percent
from benchmarks._rows import by_fields
from fer_classic.plotting import plot_robustness

__all__ = [
    "PICTURE",
    "curves",
    "draw",
    "largest_sets",
    "robustness_page",
    "summary",
    "summary_header",
]

PICTURE = "robustness.png"


def summary_header():
    """Name the columns of the summary."""
    return ["model", "faces", "undisturbed", "disturbed", "worst", "ECE", "ECE disturbed"]


def summary(records):
    """Write a line of text cells for each model: the rows of one set of faces."""
    lines = []
    for model, rows in by_fields(records, "model").items():
        plain = [record for record in rows if record["kind"] is None]
        disturbed = [record for record in rows if record["kind"] is not None]
        worst = min(disturbed, key=_accuracy, default=None)
        lines.append(
            [
                model,
                f"{rows[0]['n']:,}",
                estimate(plain[0]["accuracy"]) if plain else "–",
                percent(_mean(map(_accuracy, disturbed))),
                f"{percent(_accuracy(worst))} ({_condition(worst)})" if worst else "–",
                percent(_mean(map(_calibration, plain))),
                percent(_mean(map(_calibration, disturbed))),
            ]
        )
    return lines


def robustness_page(records, *, picture):
    """Write the page.

    Parameters
    ----------
    records : list of dict
        All rows.
    picture : bool
        Whether there is a picture.

    Returns
    -------
    page : str
        Markdown.
    """
    paragraphs = [
        "# Robustness",
        "Made by `python -m benchmarks.robustness`. Percent of the faces named correctly when each "
        "face is disturbed, at five strengths from 0.2 to 1; all models see the same images. The "
        "kinds and their strengths are defined by `fer_classic.utils.disturb`. *Undisturbed* is "
        "with a 95 % interval from a bootstrap over independent units, as in the rows of "
        "`robustness.jsonl`; *disturbed* is the mean over all kinds and strengths, and *ECE* "
        "the expected calibration error, for a kind its mean over the strengths. Faces of classes "
        "that a model does not know are left out.",
    ]
    if picture:
        paragraphs.append(f"![]({PICTURE})")
    for rows in by_fields(records, "digest").values():
        paragraphs += [
            f"## {_title(rows[0])}",
            f"Digest `{rows[0]['digest']}`.",
            markdown_table(summary_header(), summary(rows)),
        ]
        for model, model_rows in by_fields(rows, "model").items():
            paragraphs += _model_section(model, model_rows)
    return "\n\n".join(paragraphs) + "\n"


def _model_section(model, records):
    disturbed = [record for record in records if record["kind"] is not None]
    strengths = sorted({record["strength"] for record in disturbed})
    lines = []
    for kind, rows in by_fields(disturbed, "kind").items():
        accuracy = {record["strength"]: _accuracy(record) for record in rows}
        cells = [accuracy.get(strength) for strength in strengths]
        errors = map(_calibration, rows)
        lines.append([kind, *map(percent, cells), percent(_mean(errors))])
    first = records[0]
    at = f", at {first['commit']}" if first["commit"] else ""
    versions = ", ".join(
        f"{package} {first['versions'][package]}"
        for package in ("numpy", "scikit-learn", "scikit-image")
        if first["versions"].get(package)
    )
    return [
        f"### {model}",
        f"Model file `{first['model_digest']}`{at}; {versions}.",
        markdown_table(["", *map(str, strengths), "ECE"], lines),
    ]


def draw(records, path):
    """Draw the picture; of each data set the largest set of faces.

    Parameters
    ----------
    records : list of dict
        All rows.
    path : pathlib.Path
        Where the picture goes.

    Raises
    ------
    MissingDependencyError
        If matplotlib is not installed.
    """
    axes = plot_robustness(curves(largest_sets(records)))
    save_picture(axes.flat[0], path)


def largest_sets(records):
    """Give the rows of the largest set of faces of each data set."""
    kept = []
    for rows in by_fields(records, "dataset").values():
        digest = max(rows, key=lambda record: record["n"])["digest"]
        kept += [record for record in rows if record["digest"] == digest]
    return kept


def curves(records):
    """Give accuracies as :func:`fer_classic.plotting.plot_robustness` takes them."""
    return {
        _title(rows[0]): {
            model: _curves(model_rows) for model, model_rows in by_fields(rows, "model").items()
        }
        for rows in by_fields(records, "digest").values()
    }


def _curves(records):
    by_kind = by_fields(records, "kind")
    plain = by_kind.pop(None, [])
    return {
        kind: {record["strength"]: record["accuracy"] for record in plain + rows}
        for kind, rows in by_kind.items()
    }


def _title(record):
    return " ".join(filter(None, (record["dataset"], record["part"])))


def _condition(record):
    return f"{record['kind']} {record['strength']}"


def _accuracy(record):
    return record["accuracy"]["value"]


def _calibration(record):
    return record["calibration_error"]


def _mean(values):
    values = [value for value in values if value is not None]
    return fmean(values) if values else None
