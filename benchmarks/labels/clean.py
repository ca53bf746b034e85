"""Fit models without suspect labels, and score them on held-out units."""

from dataclasses import dataclass

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import StratifiedGroupKFold

from fer_classic.evaluation import (
    compare,
    find_label_issues,
    fit_with_groups,
    out_of_fold_probabilities,
)

__all__ = ["TREATMENTS", "Cleaned", "fit_cleaned"]

TREATMENTS = (
    "as it is",
    "surest 2 % left out",
    "surest 5 % left out",
    "all suspects left out",
    "as many left out at random",
    "surest 5 % relabelled",
)
"""What is done to the training part of each fold."""


@dataclass(frozen=True)
class Cleaned:
    """The score of a treatment of the training labels.

    Parameters
    ----------
    treatment : str
        Out of ``TREATMENTS``.
    changed : float
        Share of the training labels that it leaves out or changes, mean over the folds.
    n_items, n_units : int
        Held-out images, pooled over the folds, and their independent units.
    accuracy : float
        Share of held-out images whose reference label is predicted.
    difference, low, high, p_value : float or None
        Accuracy minus that of the labels as they are, with its 95 % interval, and p-value, paired
        by image; None for the labels as they are.
    """

    treatment: str
    changed: float
    n_items: int
    n_units: int
    accuracy: float
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None


def fit_cleaned(model, images, labels, units, *, reference=None, n_folds=5, seed=0, report=None):
    """Score each treatment on held-out units; suspects are found inside the training parts.

    Parameters
    ----------
    model : Pipeline
        A recipe.
    images : ndarray of shape (n, h, w)
    labels, units : ndarray of shape (n,)
        Labels that are fitted on, and independent units.
    reference : ndarray of shape (n,), optional
        Labels that are predicted; ``labels`` by default.
    n_folds, seed : int
        Of the shuffled, stratified folds of whole units.
    report : callable, optional
        ``report()`` is called after each treatment of each fold.

    Returns
    -------
    cleaned : list of Cleaned
        One for each treatment.
    """
    reference = labels if reference is None else reference
    predicted = {treatment: labels.copy() for treatment in TREATMENTS}
    changed = {treatment: [] for treatment in TREATMENTS}
    splitter = StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed)
    for train, test in splitter.split(labels, labels, units):
        classes, probabilities = out_of_fold_probabilities(
            model, images[train], labels[train], groups=units[train]
        )
        issues = find_label_issues(labels[train], classes, probabilities)
        for treatment in TREATMENTS:
            kept, treated = _treat(treatment, labels[train], issues, seed)
            fitted = fit_with_groups(
                clone(model), images[train[kept]], treated[kept], units[train[kept]]
            )
            predicted[treatment][test] = fitted.predict(images[test])
            changed[treatment].append(np.mean(~kept | (treated != labels[train])))
            if report is not None:
                report()
    plain = predicted[TREATMENTS[0]]
    return [
        Cleaned(
            treatment,
            float(np.mean(changed[treatment])),
            len(labels),
            len(np.unique(units)),
            float(np.mean(predicted[treatment] == reference)),
            *_difference(treatment, reference, predicted[treatment], plain, units),
        )
        for treatment in TREATMENTS
    ]


def _treat(treatment, labels, issues, seed):
    """Return which items are kept, and the labels of all."""
    kept, treated = np.ones(len(labels), dtype=bool), labels.copy()
    suspects = issues["index"]
    if "surest" in treatment:
        suspects = suspects[: round(float(treatment.split()[1]) / 100 * len(labels))]
    if "relabelled" in treatment:
        treated[suspects] = issues["suggested"][: len(suspects)]
    elif "random" in treatment:
        rng = np.random.default_rng(seed)
        kept[rng.choice(len(labels), len(suspects), replace=False)] = False
    elif "left out" in treatment:
        kept[suspects] = False
    return kept, treated


def _difference(treatment, reference, predicted, plain, units):
    if treatment == TREATMENTS[0]:
        return ()
    result = compare(reference, predicted, plain, units=units)
    return tuple(result[name] for name in ("difference", "low", "high", "p_value"))
