"""Plant wrong labels in a data set, and look for them."""

from dataclasses import dataclass

import numpy as np

from fer_classic.evaluation import (
    estimate_label_noise,
    find_label_issues,
    out_of_fold_probabilities,
)

__all__ = ["FLIPS", "Planted", "look_for", "plant"]

FLIPS = ("random", "similar")
"""What a wrong label is: any other class, or one that people take for the true one."""

_SIMILAR = {
    "angry": "disgust",
    "contempt": "happy",
    "disgust": "angry",
    "fear": "surprise",
    "happy": "contempt",
    "neutral": "sad",
    "sad": "neutral",
    "surprise": "fear",
}


@dataclass(frozen=True)
class Planted:
    """How well planted labels were found.

    Parameters
    ----------
    flips : str
        Out of ``FLIPS``.
    draw : int
        Seed of the draw of the images and labels.
    n_items, n_planted : int
        Number of images, and of wrong labels among them.
    accuracy : float
        Of the out-of-fold predictions, by the true labels.
    n_issues : int
        Number of contradicted labels.
    precision_50, precision_100 : float
        Share of planted ones among the surest 50 and 100 issues, or among all if there are fewer.
    found : float or None
        Share of the planted labels that are issues; None if none are planted.
    corrected : float or None
        Share of the found ones whose suggestion is the true label.
    share, low, high : float
        Estimated share of wrong labels, with its 95 % interval.
    """

    flips: str
    draw: int
    n_items: int
    n_planted: int
    accuracy: float
    n_issues: int
    precision_50: float
    precision_100: float
    found: float | None
    corrected: float | None
    share: float
    low: float
    high: float


def plant(names, share, *, flips, draw):
    """Replace labels by wrong ones.

    Parameters
    ----------
    names : ndarray of shape (n,), str
        True class names.
    share : float
        Share of the labels that become wrong, 0 to 1.
    flips : str
        Out of ``FLIPS``.
    draw : int
        Random seed.

    Returns
    -------
    labels : ndarray of shape (n,), str
    """
    rng = np.random.default_rng(draw)
    labels, classes = names.copy(), np.unique(names)
    for item in rng.choice(len(names), round(share * len(names)), replace=False):
        if flips == "similar":
            labels[item] = _SIMILAR[names[item]]
        else:
            labels[item] = rng.choice(classes[classes != names[item]])
    return labels


def look_for(model, images, names, units, *, share, flips, draw):
    """Plant wrong labels and find them by out-of-fold predictions.

    Parameters
    ----------
    model : Pipeline
        A recipe.
    images : ndarray of shape (n, h, w)
    names, units : ndarray of shape (n,)
        True class names, and independent units.
    share, flips, draw
        See :func:`plant`.

    Returns
    -------
    planted : Planted
    """
    labels = plant(names, share, flips=flips, draw=draw)
    is_wrong = labels != names
    classes, probabilities = out_of_fold_probabilities(model, images, labels, groups=units)
    issues = find_label_issues(labels, classes, probabilities)
    noise = estimate_label_noise(labels, classes, probabilities, units=units)
    hits = is_wrong[issues["index"]]
    right = issues["suggested"][hits] == names[issues["index"][hits]]
    return Planted(
        flips=flips,
        draw=draw,
        n_items=len(names),
        n_planted=int(is_wrong.sum()),
        accuracy=float(np.mean(classes[probabilities.argmax(axis=1)] == names)),
        n_issues=len(hits),
        precision_50=_mean(hits[:50]) or 0.0,
        precision_100=_mean(hits[:100]) or 0.0,
        found=float(hits.sum() / is_wrong.sum()) if is_wrong.any() else None,
        corrected=_mean(right),
        share=noise["share"]["value"],
        low=noise["share"]["low"],
        high=noise["share"]["high"],
    )


def _mean(values):
    return float(values.mean()) if len(values) else None
