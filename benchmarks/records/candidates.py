"""What was tried: a JSON object a line, at ``<output>/<dataset>/search/<recipe>.jsonl``.

Fields
------
dataset, digest, n_items, n_folds, seed
    The part of a data set that the candidate was scored on, and how it was split.
recipe, parameters
    Name of the recipe, and every parameter as it took effect.
accuracy, wrong
    Share of the items that were named right, and the positions of the others in the part.
units
    Independent unit of each item of the part. Only a line of the recipe as it is has it: the other
    lines of the part are compared with the last such line.
seconds, versions, machine, commit
    How long features and fits took, what ran and where.
"""

import json
from pathlib import Path

import numpy as np

from benchmarks._format import estimate, number, percent
from benchmarks.records.folds import append_record, read_records
from fer_classic.evaluation import compare
from fer_classic.exceptions import DataFormatError

__all__ = [
    "append_search",
    "candidate_lines",
    "parts_of",
    "plain_line",
    "read_search",
    "read_searches",
    "search_key",
    "search_path",
]

_PART = ("digest", "n_items", "n_folds", "seed")
_KEY = (*_PART, "recipe", "parameters")
_FIELDS = (*_KEY, "accuracy", "wrong", "seconds")


def search_path(output, dataset, recipe):
    """Say where the candidates of a recipe on a data set lie."""
    return Path(output) / dataset / "search" / f"{recipe}.jsonl"


def search_key(row):
    """Give the text by which a candidate on a part is known.

    Raises
    ------
    ValueError
        If a parameter is a number that is not finite: JSON has none.
    """
    return json.dumps([row[field] for field in _KEY], sort_keys=True, allow_nan=False)


def read_search(path):
    """Map each key to its last line, the latest last.

    Raises
    ------
    DataFormatError
        If another line than the last is damaged.
    """
    found = {}
    for row in read_records(path, _FIELDS):
        found.pop(search_key(row), None)
        found[search_key(row)] = row
    return found


def append_search(path, row):
    """Add a line; see :func:`benchmarks.records.folds.append_record`."""
    append_record(path, row, _FIELDS)


def read_searches(folder):
    """Read what was tried on a data set.

    Parameters
    ----------
    folder : pathlib.Path
        Where its records are.

    Returns
    -------
    searches : dict of str to list of dict
        By recipe, the last line of each candidate.

    Raises
    ------
    DataFormatError
        If a line is damaged.
    """
    paths = sorted(folder.glob("search/*.jsonl"))
    searches = {path.stem: list(read_search(path).values()) for path in paths}
    return {recipe: rows for recipe, rows in searches.items() if rows}


def parts_of(rows):
    """Gather the lines of each part.

    Parameters
    ----------
    rows : list of dict
        Lines of one recipe.

    Returns
    -------
    parts : list of list of dict
    """
    parts = {}
    for row in rows:
        parts.setdefault(tuple(row[field] for field in _PART), []).append(row)
    return list(parts.values())


def plain_line(rows):
    """Give the last line of the recipe as it is among those of one recipe and part.

    Raises
    ------
    DataFormatError
        If there is none.
    """
    for row in reversed(rows):
        if "units" in row:
            return row
    raise DataFormatError(
        f"{rows[0]['recipe']}: what was tried lacks the line of the recipe as it is, which has "
        "'units'; run the same benchmarks.search again to add it."
    )


def candidate_lines(rows, plain):
    """Compare candidates with the recipe as it is.

    Parameters
    ----------
    rows : list of dict
        Lines of one recipe and part.
    plain : dict
        The line of the recipe as it is.

    Returns
    -------
    lines : list of list of str
        What the candidate changes, its accuracy in percent, the difference in percentage points
        with its 95 % interval over units, and seconds.
    """
    lines = []
    for row in rows:
        changed = {
            name: value
            for name, value in row["parameters"].items()
            if plain["parameters"].get(name, ...) != value
        }
        lines.append(
            [
                ", ".join(f"{name}={value}" for name, value in changed.items()) or "as it is",
                percent(row["accuracy"]),
                "–" if row is plain else _difference(row, plain),
                number(row["seconds"], 0),
            ]
        )
    return lines


def _difference(row, plain):
    """Accuracy minus that of the recipe as it is on the same items, with its interval."""
    truth = np.ones(row["n_items"], dtype=int)
    right = np.ones((2, row["n_items"]), dtype=int)
    for one, candidate in zip(right, (row, plain), strict=True):
        one[candidate["wrong"]] = 0
    result = compare(truth, *right, units=plain["units"])
    return estimate({"value": result["difference"]} | result)
