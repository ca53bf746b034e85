"""Recipes compared in pairs."""

from itertools import combinations

import numpy as np

from fer_classic.evaluation import compare, holm

__all__ = ["compare_rows"]


def compare_rows(rows):
    """Compare all pairs of recipes that were tested on the same items.

    Parameters
    ----------
    rows : list of Row
        Rows of one protocol and test part.

    Returns
    -------
    pairs : list of tuple (Row, Row, dict)
        The better one first, and what :func:`fer_classic.evaluation.compare` gives, with
        ``adjusted``: the p-value corrected by Holm's method for the number of pairs.
    """
    rows = [row for row in rows if row.scores and len(row.records) == row.n_folds]
    pairs = []
    for second, first in combinations(rows, 2):
        if first.digest != second.digest:
            continue
        order, other = np.argsort(first.test_index), np.argsort(second.test_index)
        if not np.array_equal(first.test_index[order], second.test_index[other]):
            continue
        result = compare(
            first.y_true[order], first.y_pred[order], second.y_pred[other], units=first.units[order]
        )
        pairs.append((first, second, result))
    known = [result for *_, result in pairs if result["p_value"] is not None]
    for result, adjusted in zip(known, holm([r["p_value"] for r in known]), strict=True):
        result["adjusted"] = float(adjusted)
    return pairs
