"""The page of small sets."""

from benchmarks._format import estimate, markdown_table, number, p_value
from benchmarks._rows import by_fields
from fer_classic.utils._files import atomic_path

__all__ = ["COLUMNS", "cells", "write_page"]

COLUMNS = ["variant", "accuracy", "difference", "p"]
"""Columns of the table of a set."""

_MISSING = number(None)


def cells(record):
    """Write a row as text.

    Parameters
    ----------
    record : dict
        A row of ``small.jsonl``.

    Returns
    -------
    cells : list of str
    """
    difference = record["difference"]
    return [
        record["variant"],
        estimate(record["accuracy"]),
        _MISSING if difference is None else estimate(difference),
        p_value(record["p_value"]),
    ]


def write_page(path, records):
    """Write the page.

    Parameters
    ----------
    path : path-like
    records : list of dict
        Rows of ``small.jsonl``, by set.
    """
    paragraphs = [
        "# Small sets",
        "Made by `python -m benchmarks.small`. The recipe `svm_small`, with and without each of "
        "its ingredients, and other recipes, on sets of some hundred images, each drawn several "
        "times. *Development* figures: the recipe was chosen on sets like these. Accuracies in "
        "percent over all draws, and their *difference* from `svm_small` on the same images, with "
        "95 % intervals from a bootstrap over people or independent images; *p* is that of the "
        "exact sign-flip test over them.",
        "Faces and portraits are drawn, three of each expression and person, and one person after "
        "the other is left out; crops pass the alignment as they are. Images of FER2013 are those "
        "of Training that the network `cnn` has held out: 200 independent ones, with their copies, "
        "are fitted and the others tested; *moved* ones are shifted, scaled and turned at random.",
    ]
    for name, rows in by_fields(records, "dataset").items():
        first = rows[0]
        paragraphs += [
            f"## {name}",
            f"Drawn from `{first['digest']}`, number of draws: {first['draws']}; fitted on "
            f"{number(first['n_fitted'], 0)} images, {number(first['n_tests'], 0)} tests of "
            f"{number(first['n_units'], 0)} units.",
            markdown_table(COLUMNS, list(map(cells, rows))),
        ]
    with atomic_path(path) as temporary:
        temporary.write_text("\n\n".join(paragraphs) + "\n", "utf-8")
