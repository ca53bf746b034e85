"""The text of the report."""

from itertools import groupby

from benchmarks._format import estimate, leak_note, markdown_table, number, p_value, percent
from benchmarks.records.candidates import candidate_lines, plain_of
from benchmarks.report.chance import CHANCE_HEADER, chance_lines
from benchmarks.report.figures import confusion_name, recall_name
from benchmarks.report.pairs import compare_rows
from benchmarks.report.summary import RATES, marked_titles, newest_digest

__all__ = ["dataset_page", "introduction", "overview"]

_INTRODUCTION = """\
# Results

Made from the records in this folder by `python -m benchmarks.report`; do not edit by hand. The
fields of a record are explained in `benchmarks/records/folds.py`.

Scores are in percent, with 95 % intervals from a bootstrap over independent units (images joined
by subject, sequence or identical pixels). Folds are pooled: every image is scored once, by the
model that did not see its fold; log-loss and calibration error are means over the folds. Balanced
accuracy and macro-F1 are means over the classes that occur in the test part. *fit* and *features*
are seconds for the training part of one fold, *ms / face* is the whole way from image to name in a
batch, *memory* is the largest resident memory of the process, the data set included, *model* the
size of what the fold has fitted. In comparisons the p-value is McNemar's where all test images are
independent, else that of the paired bootstrap over units; *Holm* is corrected for the number of
pairs.

Of an official test part, *no-twins* leaves out the images that are identical to a training image;
*no-near-twins-0.99* and *no-near-twins* those too whose pixels correlate from 0.99 and from 0.9 on
with those of a training image or its mirror image. All are scored with the same fit.

*leaky* marks splits with the same person, sequence or image on both sides; *persons unknown* those
of data sets that do not say who is seen, so that the same person may be on both sides.
"""


def introduction():
    """Give the head of the report."""
    return _INTRODUCTION


def overview(dataset, records, rows, n_others):
    """Write what the first page says of a data set; see :func:`dataset_page`."""
    parts = [
        f"## {dataset}\n",
        *_about(records, rows, n_others),
        _accuracy_table(rows),
        f"All scores, comparisons and pictures: [{dataset}/README.md]({dataset}/README.md).\n",
    ]
    return "\n".join(parts)


def dataset_page(folder, dataset, records, rows, searches, n_others, permuted=()):
    """Write the page of a data set.

    Parameters
    ----------
    folder : pathlib.Path
        Where the page goes; pictures are mentioned where they are there.
    dataset : str
        Name of the data set.
    records : list of dict
        Its records.
    rows : list of Row
        What became of them.
    searches : list of list of Tried
        What was tried of each recipe on each part of the data set.
    n_others : int
        Records of other versions of the data set.
    permuted : list of Row, optional
        Rows of permuted labels.

    Returns
    -------
    page : str
    """
    parts = [
        f"# {dataset}\n",
        "Made by `python -m benchmarks.report`; [the first page](../README.md) explains how to "
        "read it.\n",
        *_about(records, rows, n_others),
        _accuracy_table(rows),
    ]
    titles = marked_titles(rows)
    for title, group in groupby(rows, key=lambda row: row.title):
        parts.append(f"## {titles[title]}\n")
        parts += _protocol_parts(folder, list(group))
    return "\n".join(parts + _chance_parts(permuted) + _search_parts(searches))


def _about(records, rows, n_others):
    """Say what was measured, where and with what."""
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
        f"{machine['processor']}, {machine['cores']} cores{commit}.\n"
    )
    if n_others:
        yield f"{n_others} records of other versions of the data set are left out.\n"
    current = newest_digest(records)
    older = [row for row in rows if row.scores and row.digest != current]
    for digest, group in groupby(sorted(older, key=lambda r: r.digest), key=lambda r: r.digest):
        names = ", ".join(dict.fromkeys(f"{row.recipe} ({row.title})" for row in group))
        yield f"On another version of the data set (digest `{digest}`): {names}.\n"


def _accuracy_table(rows):
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
    header = ["accuracy", *(short.get(title, title) + marks[title] for title in titles)]
    return markdown_table(header, lines) + "\n"


def _protocol_parts(folder, rows):
    scored = [row for row in rows if row.scores]
    remarks = list(_remarks(scored)) + [
        f"{row.recipe}, {problem}" for row in rows for problem in row.problems
    ]
    parts = [*(f"- {remark}" for remark in remarks), ""] if remarks else []
    parts.append(_score_table(rows))
    if not scored or rows[0].in_brief:
        return parts
    networks = [row for row in scored if row.training]
    if networks:
        parts += ["Training of the networks, means over the folds:\n", _training_table(networks)]
    parts += ["Recall of each class:\n", _recall_table(scored)]
    pairs = compare_rows(rows)
    if pairs:
        parts += ["Accuracy in pairs, difference in percentage points:\n", _pair_table(pairs)]
    return parts + _picture_parts(folder, scored)


def _remarks(rows):
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


def _score_table(rows):
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
    return markdown_table(header, lines) + "\n"


def _training_table(rows):
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
    return (
        markdown_table(["recipe", "parameters", "epochs", "best epoch", "s / epoch"], lines) + "\n"
    )


def _recall_table(rows):
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
    return markdown_table(["recipe", *classes], lines) + "\n"


def _pair_table(pairs):
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
    return markdown_table(header, lines) + f"\n\nTest: {pairs[0][2]['test']}.\n"


def _picture_parts(folder, rows):
    parts = []
    if (folder / recall_name(rows[0])).exists():
        parts.append(f"![Recall by class]({recall_name(rows[0])})\n")
    links = [
        f"[{row.recipe}]({confusion_name(row)})"
        for row in rows
        if (folder / confusion_name(row)).exists()
    ]
    return [*parts, f"Confusion matrices: {', '.join(links)}.\n"] if links else parts


def _chance_parts(rows):
    lines = chance_lines(rows)
    if not lines:
        return []
    return [
        "## Chance level: permuted labels\n",
        "No result of a recipe: labels were permuted before the fit (`--permute`), so that "
        "nothing can be\nlearned that holds for other units. *By chance* is the accuracy of "
        "predictions that do not depend on\nthe images; what is above it comes from images that "
        "depend on each other and are on both sides.\n",
        markdown_table(list(CHANCE_HEADER), lines) + "\n",
    ]


def _search_parts(searches):
    if not searches:
        return []
    parts = [
        "## What was tried\n",
        "Candidates of `python -m benchmarks.search`, compared with the recipe as it is on folds "
        "of\na part of the training images; no test image was looked at.\n",
    ]
    for candidates in searches:
        plain, first = plain_of(candidates), candidates[0]
        digest, n_items, n_folds, seed = first.part
        parts.append(
            f"{first.recipe}: {n_items:,} images (of digest `{digest}`), {n_folds} folds, "
            f"seed {seed}\n"
        )
        header = ["candidate", "accuracy", "difference", "seconds"]
        parts.append(markdown_table(header, candidate_lines(candidates, plain)) + "\n")
    return parts
