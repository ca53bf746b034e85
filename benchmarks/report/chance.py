"""The chance level: scores with permuted labels, next to what they should be."""

from collections import Counter

from benchmarks._format import estimate, leak_note, percent

__all__ = ["CHANCE_HEADER", "chance_lines", "expected_accuracy", "largest_share"]

CHANCE_HEADER = (
    *("recipe", "protocol", "accuracy %", "by chance %", "largest class %", "units", ""),
)


def expected_accuracy(y_true, y_pred):
    """Compute the accuracy of predictions that are as frequent as these and independent of labels.

    Parameters
    ----------
    y_true, y_pred : ndarray of shape (n,)
        True and predicted names.

    Returns
    -------
    accuracy : float
    """
    true, predicted = Counter(y_true.tolist()), Counter(y_pred.tolist())
    return sum(true[name] * predicted[name] for name in true) / len(y_true) ** 2


def largest_share(y_true):
    """Compute the share of the largest class: the accuracy of always naming it."""
    return max(Counter(y_true.tolist()).values()) / len(y_true)


def chance_lines(rows):
    """Compare rows of permuted labels with chance.

    Parameters
    ----------
    rows : list of Row
        Rows of permuted labels.

    Returns
    -------
    lines : list of list of str
        Cells below :data:`CHANCE_HEADER`. ``above chance`` stands where the whole interval of the
        accuracy is above what is expected: dependent images are on both sides.
    """
    lines = []
    for row in rows:
        if not row.scores:
            continue
        accuracy = row.scores["accuracy"]
        expected = expected_accuracy(row.y_true, row.y_pred)
        low = accuracy["value"] if accuracy["low"] is None else accuracy["low"]
        notes = ["above chance" if low > expected else "", leak_note(row)]
        shares = [percent(expected), percent(largest_share(row.y_true))]
        units = f"{row.scores['n_units']:,}"
        note = "; ".join(filter(None, notes))
        lines.append([row.recipe, row.title, estimate(accuracy), *shares, units, note])
    return lines
