"""From which probability on a prediction is worth showing."""

import numpy as np

from fer_classic.evaluation._inputs import as_names, check_probabilities

__all__ = ["choose_threshold"]


def choose_threshold(y_true, classes, probabilities, *, min_accuracy=0.75, min_coverage=0.5):
    """Choose the probability below which predictions are called uncertain.

    It is the smallest of 0.01, 0.02, ... at which ``min_accuracy`` of the predictions that are kept
    are right. Where that would keep less than ``min_coverage`` of all, it is the largest that keeps
    that share.

    Parameters
    ----------
    y_true : array-like of shape (n,), str
        True class names of items that the model was not fitted on.
    classes : array-like of shape (n_classes,), str
        The classes that the model knows, in the order of the columns of ``probabilities``.
    probabilities : array-like of shape (n, n_classes)
        Probability of each class for each item, 0 to 1.
    min_accuracy : float, default=0.75
        Share of the kept predictions that should be right; above 0, at most 1.
    min_coverage : float, default=0.5
        Share of all predictions that must be kept; above 0, at most 1.

    Returns
    -------
    threshold : dict
        ``value``: a prediction is kept if its highest probability is this or more; ``coverage``:
        share of the predictions that are kept; ``error``: share of the kept that are wrong;
        ``n_items``: number of items. No value is below ``1 / n_classes`` by more than 0.01: the
        highest probability never is, and all predictions are kept there.

    Raises
    ------
    ValueError
        If there are no items, the lengths do not agree, ``probabilities`` are no numbers in 0-1, or
        a share is out of range.

    Notes
    -----
    This is selective classification with the highest probability as confidence [1]_. A calibrated
    model would get much the same threshold from its probabilities alone; the labels make sure that
    the stated error is a measured one.

    References
    ----------
    .. [1] Y. Geifman, R. El-Yaniv, "Selective classification for deep neural networks",
       NeurIPS 2017.

    Examples
    --------
    >>> from fer_classic.evaluation import choose_threshold
    >>> probabilities = [[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.55, 0.45]]
    >>> choose_threshold(["happy", "happy", "sad", "sad"], ["happy", "sad"], probabilities,
    ...                  min_accuracy=0.9)
    {'value': 0.56, 'coverage': 0.75, 'error': 0.0, 'n_items': 4}
    """
    _check_shares(min_accuracy=min_accuracy, min_coverage=min_coverage)
    y_true, classes = as_names(y_true, classes)
    probabilities = check_probabilities(probabilities, (len(y_true), len(classes)))
    confidence = probabilities.max(axis=1)
    right = classes[probabilities.argmax(axis=1)] == y_true
    # Whole numbers over 100, as a card should hold 0.56 and not 0.5600000000000001.
    values = np.arange(100 // len(classes), 101) / 100
    kept = confidence >= values[:, np.newaxis]
    coverage = kept.mean(axis=1)
    values, kept = values[coverage >= min_coverage], kept[coverage >= min_coverage]
    if not len(values):
        raise ValueError(
            "the highest probabilities lie below 1 / n_classes; the rows of probabilities must add "
            "up to 1."
        )
    accuracy = (kept & right).sum(axis=1) / kept.sum(axis=1)
    reached = np.flatnonzero(accuracy >= min_accuracy)
    best = reached[0] if len(reached) else -1
    return {
        "value": float(values[best]),
        "coverage": float(kept[best].mean()),
        "error": float(1 - accuracy[best]),
        "n_items": len(y_true),
    }


def _check_shares(**shares):
    for name, share in shares.items():
        if not 0 < share <= 1:
            raise ValueError(f"{name} must lie above 0 and be at most 1, got {share!r}.")
