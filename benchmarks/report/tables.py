"""The tables of a data set as cells of text, and what is said above them.

They are the same in Markdown and in HTML. Texts mark code by backquotes, as Markdown does.
"""

from itertools import groupby

from benchmarks._format import estimate, leak_note, number, p_value, percent
from benchmarks.report.summary import RATES, marked_titles, newest_digest

__all__ = [
    "about",
    "accuracy_table",
    "pair_table",
    "recall_table",
    "remarks",
    "score_table",
    "training_table",
]


def about(records, rows, n_others):
    """Say what was measured, where and with what.

    Parameters
    ----------
    records : list of dict
        The records of a data set.
    rows : list of Row
        What became of them.
    n_others : int
        Records of other versions of the data set.

    Yields
    ------
    sentences : str
    """
    records = sorted(records, key=lambda record: record["finished"])
    newest = records[-1]
    size, digest, machine = newest["size"], newest["digest"], newest["machine"]
    packages = ", ".join(
        f"{name} {newest['versions'].get(name)}" for name in ("python", "numpy", "scikit-learn")
    )
    commits = ", ".join(dict.fromkeys(r["commit"] for r in records if r["commit"]))
    commit = f"; at {commits}" if commits else ""
    yield (
        f"{size:,} images (digest `{digest}`); {packages}; {machine['system']}, "
        f"{machine['processor']}, {machine['cores']} cores{commit}."
    )
    if n_others:
        yield f"{n_others} records of other versions of the data set are left out."
    current = newest_digest(records)
    older = [row for row in rows if row.scores and row.digest != current]
    for digest, group in groupby(sorted(older, key=lambda r: r.digest), key=lambda r: r.digest):
        names = ", ".join(dict.fromkeys(f"{row.recipe} ({row.title})" for row in group))
        yield f"On another version of the data set (digest `{digest}`): {names}."


def accuracy_table(rows):
    """Give the accuracy of each recipe under each protocol: header and lines of cells."""
    titles = list(dict.fromkeys(row.title for row in rows))
    marked = marked_titles(rows)
    accuracies = {
        (row.recipe, row.title): estimate(row.scores["accuracy"]) for row in rows if row.scores
    }
    lines = [
        [recipe, *(accuracies.get((recipe, title), "–") for title in titles)]
        for recipe in dict.fromkeys(row.recipe for row in rows)
    ]
    # The column of the whole test part is on the left.
    short = {row.title: row.subset for row in rows if row.subset}
    marks = {title: marked[title].removeprefix(title) for title in titles}
    return ["accuracy", *(short.get(title, title) + marks[title] for title in titles)], lines


def remarks(rows):
    """Say what a reader of the rows of one protocol must know; each thing once."""
    if not rows:
        return
    first = rows[0]
    if first.part and first.records[0]["note"]:
        yield first.records[0]["note"]
    if leak_note(first):
        counts = [f"{count:,} by {kind}" for kind, count in first.leaks.items()]
        n_items = first.scores["n_items"]
        of = f" ({', '.join(counts)}, of {n_items:,} test images)" if counts else ""
        yield f"**{leak_note(first)}**{of}"
    unseen = sorted({name for record in first.records for name in record["unseen"]})
    if unseen:
        yield f"in the test part of a fold only: {', '.join(unseen)}"
    for row in rows:
        if row.no_face:
            yield f"{row.recipe}: no face was found in {row.no_face:,} images of the data set"


def score_table(rows):
    """Give scores and costs of the rows of one protocol: header and lines of cells."""
    header = [
        *("recipe", "accuracy", "balanced accuracy", "macro-F1", "log-loss", "calibration error"),
        *("fit s", "features s", "ms / face", "memory MB", "model MB", "folds", "n"),
    ]
    lines = []
    for row in rows:
        folds = f"{len(row.records)}/{row.n_folds}"
        if not row.scores:
            lines.append([row.recipe, *["–"] * 10, folds, "–"])
            continue
        lines.append(
            [
                row.recipe,
                *(estimate(row.scores[name]) for name in RATES),
                number(row.scores["log_loss"], 3),
                percent(row.scores["calibration_error"]),
                number(row.mean("fit_seconds"), 2),
                number(row.mean("feature_seconds"), 2),
                number(row.ms_per_face, 2),
                number(row.peak_memory and row.peak_memory / 1e6, 0),
                number(row.model_bytes and row.model_bytes / 1e6, 1),
                folds,
                number(row.scores["n_items"], 0),
            ]
        )
    return header, lines


def training_table(rows):
    """Give how networks were trained: header and lines of cells."""
    lines = [
        [
            row.recipe,
            number(row.training["n_parameters"], 0),
            number(row.training["epochs"], 0),
            number(row.training["best_epoch"], 0),
            number(row.training["seconds_per_epoch"], 1),
        ]
        for row in rows
    ]
    return ["recipe", "parameters", "epochs", "best epoch", "s / epoch"], lines


def recall_table(rows):
    """Give the recall of each class: header and lines of cells."""
    classes = sorted({name for row in rows for name in row.scores["recall"]})
    lines = [
        [
            row.recipe,
            *(
                estimate(row.scores["recall"][k]) if k in row.scores["recall"] else "–"
                for k in classes
            ),
        ]
        for row in rows
    ]
    return ["recipe", *classes], lines


def pair_table(pairs):
    """Give what :func:`~benchmarks.report.pairs.compare_rows` found: header and lines of cells."""
    header = ["better", "worse", "difference", "only better", "only worse", "p", "Holm"]
    lines = [
        [
            better.recipe,
            worse.recipe,
            estimate({"value": result["difference"]} | result),
            number(result["only_first"], 0),
            number(result["only_second"], 0),
            p_value(result["p_value"]),
            p_value(result.get("adjusted")),
        ]
        for better, worse, result in pairs
    ]
    return header, lines
