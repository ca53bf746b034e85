"""FER+: labels of FER2013's images by ten taggers each."""

import numpy as np

from fer_classic.datasets._tables import open_table
from fer_classic.exceptions import DataFormatError
from fer_classic.expressions import EXPRESSIONS, encode

__all__ = ["majority", "read_ferplus"]

_COLUMNS = {
    "neutral": "neutral",
    "happiness": "happy",
    "surprise": "surprise",
    "sadness": "sad",
    "anger": "angry",
    "disgust": "disgust",
    "fear": "fear",
    "contempt": "contempt",
}
_REJECTS = ("unknown", "NF")
_CODES = encode(_COLUMNS.values())

# In the correct order, the majority agrees with FER2013's own label for two of three images, in a
# wrong order for one of five. Five hundred rows separate these clearly, a hundred still do.
_BLOCK = 500
_MIN_ROWS = 100
_MIN_AGREEMENT = 0.4


def majority(votes):
    """Compute the majority vote of the taggers, as in the FER+ paper.

    Parameters
    ----------
    votes : array-like of shape (n, 10), int
        Votes for neutral, happiness, surprise, sadness, anger, disgust, fear, contempt, unknown,
        and "not a face".

    Returns
    -------
    codes : ndarray of shape (n,), int64
        Indices into :data:`~fer_classic.expressions.EXPRESSIONS`; -1 if "unknown" or "not a face"
        wins, or no label has more than half of the votes.

    Notes
    -----
    As in the paper, labels with a single vote are dropped as outliers before counting.

    References
    ----------
    Barsoum, Zhang, Canton Ferrer and Zhang, "Training Deep Networks for Facial Expression
    Recognition with Crowd-Sourced Label Distribution", ICMI 2016.
    """
    votes = np.where(np.asarray(votes) > 1, votes, 0)
    winner = votes.argmax(axis=1)
    clear = 2 * votes.max(axis=1) > votes.sum(axis=1)
    codes = np.append(_CODES, [-1] * len(_REJECTS))
    return np.where(clear, codes[winner], -1)


def read_ferplus(path, split, target):
    """Read ``fer2013new.csv`` for the rows of FER2013's table.

    Parameters
    ----------
    path : pathlib.Path
        The file, plain or compressed.
    split : ndarray of shape (n,), str
        Usage of each row of the table, in the order of the table.
    target : ndarray of shape (n,), int64
        FER2013's own labels, used to verify the order of the rows.

    Returns
    -------
    codes : ndarray of shape (n,), int64
        As returned by :func:`majority`.

    Raises
    ------
    DataFormatError
        If the file is damaged, or if its rows are not those of the table in the same order.
    """
    usages, numbers, votes = _parse(path)
    present = np.isin(usages, np.unique(split))
    usages, codes = usages[present], majority(votes[present])
    if len(usages) != len(split) or (usages != split).any():
        raise DataFormatError(
            f"{path} does not match this copy of FER2013: it has {_count(usages)}, the images "
            f"are {_count(split)}, and both must be in the same order. FER+ labels require the "
            "whole of each split."
        )
    if (np.diff(numbers) <= 0).any():
        raise DataFormatError(
            f"{path}: image names are not ascending, so the rows were reordered; use the "
            "original file."
        )
    _check_agreement(codes, target, path)
    return codes


def _parse(path):
    usages, numbers, votes = [], [], []
    with open_table(path, ("Usage", "Image name", *_COLUMNS, *_REJECTS)) as table:
        for row in filter(None, table.rows):
            try:
                usage, name, *counts = (row[column].strip() for column in table.columns)
                if name:
                    numbers.append(int(name.removeprefix("fer").removesuffix(".png")))
                votes.append([int(count) for count in counts])
                usages.append(usage)
            except (IndexError, ValueError):
                raise DataFormatError(
                    f"{path}, line {table.rows.line_num}: expected a usage, a name such as "
                    f"fer0000000.png or an empty name, and ten integers, got {','.join(row)!r}."
                ) from None
    if not usages:
        raise DataFormatError(f"{path} has a header but no rows.")
    return np.array(usages), np.array(numbers), np.array(votes)


def _check_agreement(codes, target, path):
    """Raise DataFormatError if the labels are shifted or shuffled relative to the images."""
    comparable = (codes >= 0) & (codes != EXPRESSIONS.index("contempt"))
    for block in np.array_split(np.arange(len(codes)), max(1, len(codes) // _BLOCK)):
        rows = block[comparable[block]]
        if len(rows) < _MIN_ROWS:
            continue
        agreement = np.mean(codes[rows] == target[rows])
        if agreement < _MIN_AGREEMENT:
            raise DataFormatError(
                f"{path} is not in the order of these images: in rows {block[0] + 1} to "
                f"{block[-1] + 1} only {agreement:.0%} of its labels agree with FER2013's own, "
                f"expected at least {_MIN_AGREEMENT:.0%}. FER+ follows the row order of Kaggle's "
                "original file."
            )


def _count(splits):
    names, counts = np.unique(splits, return_counts=True)
    return ", ".join(f"{count:,} {name}" for name, count in zip(names, counts, strict=True)) or "0"
