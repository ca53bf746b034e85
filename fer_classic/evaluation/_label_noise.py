"""Wrong labels, found by confident learning."""

import numpy as np

from fer_classic.evaluation._inputs import as_names, check_probabilities
from fer_classic.evaluation._intervals import resample_totals, tabulate
from fer_classic.utils._interval import interval

__all__ = ["estimate_label_noise", "find_label_issues"]

# Tolerance: a mean of equal probabilities may lie above all of them.
_ROUNDING = 1e-9


def find_label_issues(y, classes, probabilities):
    """Find the labels that out-of-fold probabilities contradict, the surest first.

    Of each class, as many items as :func:`estimate_label_noise` takes for wrongly labelled are
    candidates: those with the lowest probability of their own label. A candidate is an issue if
    another class has a higher probability.

    Parameters
    ----------
    y : array-like of shape (n,), str
        Labels, some of which may be wrong.
    classes : array-like of shape (n_classes,), str
        Classes in the order of the columns of ``probabilities``; all labels must be among them. A
        class without labelled items is never suggested.
    probabilities : array-like of shape (n, n_classes), float in 0-1
        Probabilities of models that were fitted without the item (and those that depend on it), as
        returned by :func:`out_of_fold_probabilities`.

    Returns
    -------
    issues : dict of ndarray of shape (n_issues,)
        ``index``: index of the item; ``label``: its label; ``suggested``: the other class with the
        highest probability; ``margin``: that probability minus that of the label, in 0-1. Sorted by
        ``margin``, descending.

    Raises
    ------
    ValueError
        If there are no items, lengths do not agree, a label is not in ``classes``, or
        ``probabilities`` are not in 0-1.

    See Also
    --------
    estimate_label_noise : estimate how many labels are wrong.

    Notes
    -----
    This is confident learning with pruning by class, ranked by margin [1]_. Since a model is less
    sure of some classes than of others, even if their labels are correct, classes are pruned
    separately. Margins are compared between all classes: divided by the mean confidence of the
    class, those of rare classes would come first, whether their labels are correct or not.

    References
    ----------
    .. [1] C. G. Northcutt, L. Jiang, I. L. Chuang, "Confident learning: estimating uncertainty in
       dataset labels", Journal of Artificial Intelligence Research 70, 2021.

    Examples
    --------
    >>> from fer_classic.evaluation import find_label_issues
    >>> probabilities = [[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.95, 0.05], [0.2, 0.8]]
    >>> issues = find_label_issues(["happy", "happy", "sad", "sad", "sad"], ["happy", "sad"],
    ...                            probabilities)
    >>> issues["index"].tolist(), issues["suggested"].tolist()
    ([3], ['happy'])
    """
    classes, codes, probabilities = _check(y, classes, probabilities)
    items, counts = np.arange(len(codes)), np.bincount(codes, minlength=len(classes))
    own = probabilities[items, codes]
    others = np.where(counts > 0, probabilities, -1.0)
    others[items, codes] = -1.0
    suggested = others.argmax(axis=1)
    tables = _count(codes, probabilities, None)
    shares = np.nan_to_num(_shares(_joint(tables.sum(axis=0))))
    candidates = [
        members[np.argsort(own[members], kind="stable")][: round(shares[code] * len(members))]
        for code in range(len(classes))
        for members in [np.flatnonzero(codes == code)]
    ]
    rows = np.sort(np.concatenate(candidates))
    margin = others[rows, suggested[rows]] - own[rows]
    order = np.argsort(-margin, kind="stable")
    order = order[margin[order] > 0]
    rows = rows[order]
    return {
        "index": rows,
        "label": classes[codes[rows]],
        "suggested": classes[suggested[rows]],
        "margin": margin[order],
    }


def estimate_label_noise(y, classes, probabilities, *, units=None, n_resamples=1000, seed=0):
    """Estimate the share of wrong labels in each class, with 95 % bootstrap intervals.

    Parameters
    ----------
    y : array-like of shape (n,), str
        Labels, some of which may be wrong.
    classes : array-like of shape (n_classes,), str
        Classes in the order of the columns of ``probabilities``; all labels must be among them.
    probabilities : array-like of shape (n, n_classes), float in 0-1
        Out-of-fold probabilities, see :func:`find_label_issues`.
    units : array-like of shape (n,), optional
        Independent unit of each item; by default each item is a unit.
    n_resamples : int, default=1000
        Number of bootstrap resamples.
    seed : int, default=0
        Random seed of the bootstrap.

    Returns
    -------
    noise : dict
        ``share``: ``{"value", "low", "high"}`` in 0-1, of all labels; ``classes``: the same for
        the items labelled with each class; ``joint``: estimated number of items of each label
        (first key) and each class that they belong to (second key). The share is None for a class
        without items; ``low`` and ``high`` are None with a single unit.

    Raises
    ------
    ValueError
        As :func:`find_label_issues`, or if ``units`` has another length.

    Notes
    -----
    The estimate is that of the confident joint [1]_, whose rows are scaled to the number of items
    of each label. It is exact for models whose errors come from wrong labels only. The errors that
    a model makes with confidence on correct labels are counted as wrong labels: for a weak model
    the estimate is an upper bound. The interval holds the thresholds fixed and does not include
    this bias.

    References
    ----------
    .. [1] C. G. Northcutt, L. Jiang, I. L. Chuang, "Confident learning: estimating uncertainty in
       dataset labels", Journal of Artificial Intelligence Research 70, 2021.

    Examples
    --------
    >>> from fer_classic.evaluation import estimate_label_noise
    >>> probabilities = [[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.95, 0.05], [0.2, 0.8]]
    >>> noise = estimate_label_noise(["happy", "happy", "sad", "sad", "sad"], ["happy", "sad"],
    ...                              probabilities)
    >>> round(noise["classes"]["sad"]["value"], 2)
    0.33
    """
    classes, codes, probabilities = _check(y, classes, probabilities)
    if units is not None and len(units) != len(codes):
        raise ValueError(f"units must have one entry per item ({len(codes)}), got {len(units)}.")
    n_classes = len(classes)
    tables = _count(codes, probabilities, units)
    joint = _joint(tables.sum(axis=0))
    resampled_joint = _joint(resample_totals(tables, n_resamples=n_resamples, seed=seed))
    shares, resampled = _shares(joint), _shares(resampled_joint)

    def estimate(column):
        low, high = interval(resampled[:, column], len(tables))
        value = shares[column]
        return {"value": None if np.isnan(value) else float(value), "low": low, "high": high}

    names = classes.tolist()
    return {
        "share": estimate(n_classes),
        "classes": {name: estimate(column) for column, name in enumerate(names)},
        "joint": {
            name: dict(zip(names, row, strict=True))
            for name, row in zip(names, joint.round(1).tolist(), strict=True)
        },
    }


def _mean_confidence(codes, probabilities):
    """Return the mean probability of each class for the items labelled so; infinity if none is."""
    n_items, n_classes = probabilities.shape
    counts = np.bincount(codes, minlength=n_classes)
    own = probabilities[np.arange(n_items), codes]
    sums = np.bincount(codes, weights=own, minlength=n_classes)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.inf)


def _count(codes, probabilities, units):
    """Count, for each unit, labels (rows) and the classes that items belong to (columns).

    An item belongs to the most probable of the classes whose mean it reaches; those that reach none
    are in the last column.
    """
    n_classes = probabilities.shape[1]
    is_sure = probabilities >= _mean_confidence(codes, probabilities) - _ROUNDING
    best = np.where(is_sure, probabilities, -1.0).argmax(axis=1)
    best[~is_sure.any(axis=1)] = n_classes
    shape = (n_classes, n_classes + 1)
    cells = np.ravel_multi_index((codes, best), shape)
    return tabulate(cells, units, shape)


def _joint(tables):
    """Scale the counts of each label to its number of items."""
    counts = tables.sum(axis=-1, keepdims=True)
    confident = tables[..., :-1]
    sums = confident.sum(axis=-1, keepdims=True)
    # A resample may have items of a label without having one that belongs to a class.
    with np.errstate(invalid="ignore"):
        scaled = confident / sums * counts
    return np.where(counts > 0, scaled, 0.0)


def _shares(joint):
    """Return the share of wrong labels of each class, and of all in the last column."""
    right, counts = np.diagonal(joint, axis1=-2, axis2=-1), joint.sum(axis=-1)
    with np.errstate(invalid="ignore"):
        by_class = 1 - right / counts
        total = 1 - np.nansum(right, axis=-1) / np.nansum(counts, axis=-1)
    return np.concatenate([by_class, total[..., np.newaxis]], axis=-1)


def _check(y, classes, probabilities):
    """Return the arrays and the column of each label."""
    y, classes = as_names(y, classes)
    probabilities = check_probabilities(probabilities, (len(y), len(classes)))
    unknown = sorted(set(y.tolist()) - set(classes.tolist()))
    if unknown:
        raise ValueError(f"labels that are not in classes: {', '.join(map(repr, unknown))}.")
    order = np.argsort(classes)
    return classes, order[np.searchsorted(classes, y, sorter=order)], probabilities
