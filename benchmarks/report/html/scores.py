"""Class scores of rows: those of all folds, in one order of classes."""

import numpy as np

from benchmarks.records.side_files import load_class_scores

__all__ = ["Scores", "class_scores", "surest_mistakes"]


class Scores:
    """Class scores of the items of a row.

    Parameters
    ----------
    row : Row
    classes : list of str
        Classes of the models, sorted.
    values : ndarray of shape (n, n_classes)
        Scores; 0 for a class that the model of a fold does not know.
    kind : {"probability", "decision"}
    """

    def __init__(self, row, classes, values, kind):
        self.row, self.classes, self.values, self.kind = row, classes, values, kind


def class_scores(row, rows, folder):
    """Put the class scores of a row together.

    Parameters
    ----------
    row : Row
        A row with finished folds.
    rows : list of Row
        All rows of the data set: a subset of a test part has its scores from the whole part.
    folder : path-like
        Where the records of the data set lie.

    Returns
    -------
    scores : Scores or None
        None where the records have no scores, or their side files are not there.

    Raises
    ------
    DataFormatError
        If a side file is damaged.
    """
    whole = row
    if row.subset:
        of_part = (row.recipe, row.protocol, row.part, "")
        whole = next(r for r in rows if (r.recipe, r.protocol, r.part, r.subset) == of_part)
    kinds = {record.get("score_kind") for record in whole.records}
    folds = [load_class_scores(record, folder) for record in whole.records]
    if len(kinds) > 1 or None in kinds or any(fold is None for fold in folds):
        return None
    classes = sorted({name for record in whole.records for name in record["classes"]})
    values = np.zeros((len(whole.test_index), len(classes)))
    start = 0
    for record, fold in zip(whole.records, folds, strict=True):
        columns = np.searchsorted(classes, record["classes"])
        values[start : start + len(fold), columns] = fold
        start += len(fold)
    return Scores(row, classes, values[np.isin(whole.test_index, row.test_index)], kinds.pop())


def surest_mistakes(scores, count=12):
    """Find the wrong predictions with the highest scores.

    Parameters
    ----------
    scores : Scores
    count : int, default=12
        At most as many.

    Returns
    -------
    mistakes : list of (int, str, str, float)
        Position in the data set, true and predicted class, and the score of the latter; the surest
        first.
    """
    row = scores.row
    column = {name: k for k, name in enumerate(scores.classes)}
    found = [
        (int(index), str(true), str(predicted), float(of_item[column[predicted]]))
        for index, true, predicted, of_item in zip(
            row.test_index, row.y_true, row.y_pred, scores.values, strict=True
        )
        if true != predicted and predicted in column
    ]
    return sorted(found, key=lambda mistake: (-mistake[3], mistake[0]))[:count]
