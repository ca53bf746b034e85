"""Scores of a classifier with confidence intervals."""

import numpy as np

from fer_classic.evaluation._inputs import as_names, check_probabilities
from fer_classic.evaluation._intervals import resample_totals, tabulate
from fer_classic.utils._interval import interval

__all__ = ["calibration_bins", "score"]

_CALIBRATION_BINS = 15
_SCORE_KINDS = ("probability", "decision", None)


def score(
    y_true,
    y_pred,
    *,
    classes,
    class_scores=None,
    score_kind=None,
    units=None,
    n_resamples=1000,
    seed=0,
):
    """Score predictions, with 95 % bootstrap intervals over independent units.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n,), str
        True and predicted class names.
    classes : array-like of shape (n_classes,), str
        Classes of the model, in the order of the columns of ``class_scores``.
    class_scores : array-like of shape (n, n_classes), optional
        Score of each class for each item.
    score_kind : {"probability", "decision", None}
        Kind of ``class_scores``.
    units : array-like of shape (n,), optional
        Independent unit of each item; by default each item is a unit.
    n_resamples : int, default=1000
        Number of bootstrap resamples.
    seed : int, default=0
        Random seed of the bootstrap.

    Returns
    -------
    scores : dict
        ``accuracy``, ``balanced_accuracy`` and ``macro_f1``, each ``{"value", "low", "high"}`` in
        0-1; ``recall``, the same for each class that occurs in ``y_true``; ``log_loss`` (in nats)
        and ``calibration_error`` (0-1), None without probabilities; ``n_items`` and ``n_units``.
        ``low`` and ``high`` are None with a single unit, which contains no information about the
        variation between units.

    Raises
    ------
    ValueError
        If there are no items, the lengths do not agree, scores are not finite, ``score_kind`` is
        another, or probabilities are not in 0-1.

    Notes
    -----
    Balanced accuracy and macro-F1 are means over the classes that occur in ``y_true``. A class that
    only the model contains adds no term, but predicting it is an error; a class unknown to the
    model has recall and F1 of 0. In each resample the same applies to the classes that were drawn.

    The intervals are expanded percentiles, see [2]_: percentiles alone are too close together where
    there are few units. With two or three units these are so, too.

    The log-loss clips probabilities (also those of classes unknown to the model) at the float64
    resolution. The calibration error is the expected calibration error of the predicted class with
    15 bins of equal width [1]_.

    References
    ----------
    .. [1] C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, "On calibration of modern neural networks",
       ICML 2017.
    .. [2] T. Hesterberg, "What teachers should know about the bootstrap: resampling in the
       undergraduate statistics curriculum", The American Statistician 69, 2015.
    """
    if score_kind not in _SCORE_KINDS:
        raise ValueError(
            f"score_kind must be 'probability', 'decision' or None, got {score_kind!r}."
        )
    y_true, y_pred, classes = as_names(y_true, y_pred, classes)
    _check_lengths(y_true, y_pred, classes, class_scores, units)
    labels = np.unique(np.concatenate([y_true, y_pred]))
    cells = np.searchsorted(labels, y_true) * len(labels) + np.searchsorted(labels, y_pred)
    tables = tabulate(cells, units, (len(labels), len(labels)))
    values = _rates(tables.sum(axis=0))
    draws = _rates(resample_totals(tables, n_resamples=n_resamples, seed=seed))

    def estimate(name, *index):
        low, high = interval(draws[name][:, *index], len(tables))
        return {"value": float(values[name][index]), "low": low, "high": high}

    probabilities = class_scores if score_kind == "probability" else None
    if probabilities is not None:
        check_probabilities(probabilities, (len(y_true), len(classes)))
    return {
        "accuracy": estimate("accuracy"),
        "balanced_accuracy": estimate("balanced_accuracy"),
        "macro_f1": estimate("macro_f1"),
        "recall": {
            str(label): estimate("recall", column)
            for column, label in enumerate(labels)
            if label in y_true
        },
        "log_loss": _log_loss(y_true, classes, probabilities),
        "calibration_error": _calibration_error(y_true, classes, probabilities),
        "n_items": len(y_true),
        "n_units": len(tables),
    }


def _check_lengths(y_true, y_pred, classes, class_scores, units):
    n_items = len(y_true)
    if not n_items or len(y_pred) != n_items:
        raise ValueError(
            "y_true and y_pred must have the same length, at least 1; "
            f"got {n_items} and {len(y_pred)}."
        )
    if units is not None and len(units) != n_items:
        raise ValueError(f"units must have one entry per item ({n_items}), got {len(units)}.")
    expected = (n_items, len(classes))
    if class_scores is not None and np.shape(class_scores) != expected:
        raise ValueError(
            f"class_scores must have one row per item and one column per class, {expected}; "
            f"got shape {np.shape(class_scores)}."
        )
    if class_scores is not None and not np.isfinite(class_scores).all():
        raise ValueError("class_scores must be finite numbers; some are NaN or infinite.")


def _rates(tables):
    """Compute rates of confusion tables (..., true, predicted); NaN for absent classes."""
    hits = np.diagonal(tables, axis1=-2, axis2=-1)
    true, predicted = tables.sum(axis=-1), tables.sum(axis=-2)
    with np.errstate(invalid="ignore"):
        recall = hits / true
    f1 = np.where(true > 0, 2 * hits / np.maximum(true + predicted, 1), np.nan)
    return {
        "accuracy": hits.sum(axis=-1) / true.sum(axis=-1),
        "balanced_accuracy": np.nanmean(recall, axis=-1),
        "macro_f1": np.nanmean(f1, axis=-1),
        "recall": recall,
    }


def _log_loss(y_true, classes, probabilities):
    if probabilities is None:
        return None
    true_class = (np.asarray(probabilities) * (y_true[:, np.newaxis] == classes)).sum(axis=1)
    return float(-np.log(np.clip(true_class, np.finfo(np.float64).eps, 1.0)).mean())


def calibration_bins(y_true, class_scores, *, classes):
    """Compare confidence and accuracy in 15 bins of equal width: a reliability diagram [1]_.

    Parameters
    ----------
    y_true : array-like of shape (n,), str
        True class names.
    class_scores : array-like of shape (n, n_classes)
        Probability of each class for each item.
    classes : array-like of shape (n_classes,), str
        Classes of the model, in the order of the columns of ``class_scores``.

    Returns
    -------
    bins : dict of str to ndarray of shape (15,)
        ``count`` (int), the number of items whose most probable class has a probability in the bin,
        and ``confidence`` and ``accuracy`` (0-1), the means over these; NaN for an empty bin.

    Raises
    ------
    ValueError
        If there are no items, the lengths do not agree, or probabilities are not in 0-1.

    Notes
    -----
    The mean of ``abs(accuracy - confidence)``, weighted by the count, is the expected calibration
    error, ``score(...)["calibration_error"]``.

    References
    ----------
    .. [1] C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, "On calibration of modern neural networks",
       ICML 2017.

    Examples
    --------
    >>> from fer_classic.evaluation import calibration_bins
    >>> bins = calibration_bins(["fear", "sad"], [[0.9, 0.1], [0.9, 0.1]], classes=["fear", "sad"])
    >>> bins["accuracy"][-2:], bins["confidence"][-2:]
    (array([0.5, nan]), array([0.9, nan]))
    """
    y_true, classes = as_names(y_true, classes)
    _check_lengths(y_true, y_true, classes, class_scores, None)
    check_probabilities(class_scores, (len(y_true), len(classes)))
    bins, confidence, right = _bins(y_true, classes, class_scores)
    count = np.bincount(bins, minlength=_CALIBRATION_BINS)
    sums = [np.bincount(bins, values, _CALIBRATION_BINS) for values in (confidence, right)]
    with np.errstate(invalid="ignore"):
        means = [of_bins / count for of_bins in sums]
    return {"count": count, "confidence": means[0], "accuracy": means[1]}


def _calibration_error(y_true, classes, probabilities):
    if probabilities is None:
        return None
    bins, confidence, right = _bins(y_true, classes, probabilities)
    return float(np.abs(np.bincount(bins, right - confidence)).sum() / len(y_true))


def _bins(y_true, classes, probabilities):
    """Bin, confidence and whether the most probable class is the true one, for each item."""
    probabilities = np.asarray(probabilities)
    confidence = probabilities.max(axis=1)
    right = classes[probabilities.argmax(axis=1)] == y_true
    # Rounded, since a confidence such as 0.2 may fall on either side of a bin edge.
    edges = np.round(confidence * _CALIBRATION_BINS, 12)
    bins = np.clip(np.ceil(edges) - 1, 0, _CALIBRATION_BINS - 1)
    return bins.astype(np.int64), confidence, right
