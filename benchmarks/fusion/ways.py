"""Ways to join models, compared on images that none of them was fitted on."""

import numpy as np
from scipy.special import softmax
from sklearn.model_selection import StratifiedGroupKFold

from fer_classic.evaluation import compare

__all__ = ["compare_ways"]

_MEASURES = ("accuracy", "balanced_accuracy", "log_loss", "calibration_error")


def compare_ways(found):
    """Compare ways to join the parts of a fusion.

    Weights are fitted on four fifths of the images and scored on the rest, five times, so that no
    image is scored with weights that were fitted on it.

    Parameters
    ----------
    found : HeldOut

    Returns
    -------
    rows : list of dict
        ``way``; ``weights``, fitted on all images, if there are any; ``accuracy`` with its
        interval, ``balanced_accuracy``, ``log_loss``, ``calibration_error``; ``comparison``, what
        :func:`fer_classic.evaluation.compare` gives against the first part with its mirror images.
    """
    ways, first = {}, ""
    for name, answers in found.parts.items():
        ways[name] = (answers.plain, None)
        if answers.mirrored is not None:
            ways[f"{name}, mirror images"] = (answers.averaged, None)
        first = first or list(ways)[-1]
    ways |= {
        "mean": (found.averaged.mean(axis=0), None),
        "geometric mean": (softmax(np.log(found.averaged).mean(axis=0), axis=1), None),
        "log pool, no mirror images": _cross_fitted(found, found.plain),
        "log pool": _cross_fitted(found, found.averaged),
        "log pool, class biases": _cross_fitted(found, found.averaged, biases="fit"),
    }
    best = {way: found.classes[joined.argmax(axis=1)] for way, (joined, _) in ways.items()}
    rows = []
    for way, (joined, weights) in ways.items():
        scores = found.score(joined)
        against = None
        if way != first:
            against = compare(found.labels, best[way], best[first], units=found.units)
        row = {"way": way, "weights": weights, "comparison": against}
        rows.append(row | {name: scores[name] for name in _MEASURES})
    return rows


def _cross_fitted(found, parts, biases=None):
    """Score each fifth with the weights of the others; also gives the weights of all."""
    joined = np.empty_like(parts[0])
    folds = StratifiedGroupKFold(5, shuffle=True, random_state=0)
    for fit, rest in folds.split(found.labels, found.labels, found.units):
        fusion = found.fit_weights(parts, fit, biases=biases)
        joined[rest] = np.exp(fusion.join(np.log(parts[:, rest])))
    weights = found.fit_weights(parts, biases=biases).weights_
    return joined, weights.round(4).tolist()
