"""The text of the report."""

from itertools import groupby

from benchmarks._format import markdown_table
from benchmarks.records.candidates import candidate_lines, plain_of
from benchmarks.report.chance import CHANCE_HEADER, chance_lines
from benchmarks.report.figures import confusion_name, recall_name
from benchmarks.report.highlights import highlights, main_sentences, more_sentences
from benchmarks.report.pairs import compare_rows
from benchmarks.report.summary import marked_titles
from benchmarks.report.tables import (
    about,
    accuracy_table,
    pair_table,
    recall_table,
    remarks,
    score_table,
    training_table,
)

__all__ = ["dataset_page", "introduction", "overview"]

_INTRODUCTION = """\
# Results

Made from the records in this folder by `python -m benchmarks.report`; do not edit by hand. With
`--html` it writes one page with all figures for a browser, `report.html`. The fields of a record
are explained in `benchmarks/records/folds.py`.

Scores are in percent, with 95 % intervals from a bootstrap over independent units (images joined
by subject, sequence or identical pixels). Folds are pooled: every image is scored once, by the
model that did not see its fold; log-loss and calibration error are means over the folds. Balanced
accuracy and macro-F1 are means over the classes that occur in the test part. *fit* and *features*
are seconds for the training part of one fold, *ms / face* is the whole way from image to name in a
batch, *memory* is the largest resident memory of the process, the data set included, *model* the
size of what the fold has fitted. In comparisons the p-value is McNemar's where all test images are
independent, else that of the exact sign-flip test over units; *Holm* is corrected for the number of
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


def overview(results):
    """Write what the first page says of a data set.

    Parameters
    ----------
    results : Results

    Returns
    -------
    text : str
    """
    dataset = results.dataset
    parts = [
        f"## {dataset}\n",
        *_head(results),
        f"All scores, comparisons and pictures: [{dataset}/README.md]({dataset}/README.md).\n",
    ]
    return "\n".join(parts)


def dataset_page(results):
    """Write the page of a data set.

    Parameters
    ----------
    results : Results
        What there is on it; pictures are mentioned where they lie next to its records.

    Returns
    -------
    page : str
    """
    parts = [
        f"# {results.dataset}\n",
        "Made by `python -m benchmarks.report`; [the first page](../README.md) explains how to "
        "read it.\n",
        *_head(results),
    ]
    titles = marked_titles(results.rows)
    for title, group in groupby(results.rows, key=lambda row: row.title):
        parts.append(f"## {titles[title]}\n")
        parts += _protocol_parts(results.folder, list(group))
    return "\n".join(parts + _chance_parts(results.permuted) + _search_parts(results.searches))


def _head(results):
    said = [*about(results.records, results.rows, results.n_others)]
    chosen = highlights(results.rows)
    if chosen:
        said.append(" ".join([*main_sentences(chosen, results.rows), *more_sentences(chosen)]))
    return [*(f"{sentence}\n" for sentence in said), _table(*accuracy_table(results.rows))]


def _table(header, lines):
    return markdown_table(header, lines) + "\n"


def _protocol_parts(folder, rows):
    scored = [row for row in rows if row.scores]
    said = list(remarks(scored)) + [
        f"{row.recipe}, {problem}" for row in rows for problem in row.problems
    ]
    parts = [*(f"- {remark}" for remark in said), ""] if said else []
    parts.append(_table(*score_table(rows)))
    if not scored or rows[0].in_brief:
        return parts
    networks = [row for row in scored if row.training]
    if networks:
        parts += ["Training of the networks, means over the folds:\n"]
        parts += [_table(*training_table(networks))]
    parts += ["Recall of each class:\n", _table(*recall_table(scored))]
    pairs = compare_rows(rows)
    if pairs:
        parts += ["Accuracy in pairs, difference in percentage points:\n"]
        parts += [_table(*pair_table(pairs)), f"Test: {pairs[0][2]['test']}.\n"]
    return parts + _picture_parts(folder, scored)


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
        _table(CHANCE_HEADER, lines),
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
        parts.append(_table(header, candidate_lines(candidates, plain)))
    return parts
