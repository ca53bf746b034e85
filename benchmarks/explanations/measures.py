"""How much faster scores change in the order of a map than in other orders."""

from dataclasses import dataclass

import numpy as np

from fer_classic.inspection import (
    centered_blob,
    deletion_curve,
    explain,
    insertion_curve,
    random_order,
)
from fer_classic.utils._interval import interval

__all__ = ["ORDERS", "Row", "gains", "measure", "paired_interval"]

ORDERS = ("map", "random", "blob")
"""Orders in which parts of a face are removed or inserted."""

_N_RESAMPLES = 10_000


@dataclass
class Row:
    """Areas under the curves of a model, and what a map gains on other orders.

    Parameters
    ----------
    model : str
        Name of the model.
    model_digest : str or None
        Of the model file; None for a recipe that was fitted for the measurement.
    dataset, part, digest : str
        See :class:`~benchmarks.robustness.faces.Faces`; the part can be None.
    method : {"linear", "masks", "occlusion"}
        How the maps are made.
    score_kind : {"probability", "decision"}
        Which scores the curves show.
    n, n_units : int
        Number of faces, and of independent units among them.
    score : float
        Mean score of the faces as they are.
    deletion, insertion : dict of str to float
        Mean area by order.
    deletion_gain, insertion_gain : dict of str to dict
        By the other order: mean difference from the map as ``value``, positive where the map is
        better, with ``low`` and ``high`` of its 95 % interval.
    """

    model: str
    model_digest: str | None
    dataset: str
    part: str | None
    digest: str
    method: str
    score_kind: str
    n: int
    n_units: int
    score: float
    deletion: dict
    insertion: dict
    deletion_gain: dict
    insertion_gain: dict


def measure(model, faces, *, report=None):
    """Measure the maps of a model by each method that it allows.

    Parameters
    ----------
    model : Model
    faces : Faces
    report : callable, optional
        Called after each face and method.

    Returns
    -------
    rows : list of Row
        Exact maps first, where the model is linear.

    Raises
    ------
    PredictionError
        If the model cannot score the faces.
    """
    best = explain(model.estimator, faces.images[0]).method
    methods = (*(["linear"] if best == "linear" else []), "masks", "occlusion")
    return [_measure(model, faces, method, report) for method in methods]


def _measure(model, faces, method, report):
    removed, inserted, scores, kind = [], [], [], None
    for image, position in zip(faces.images, faces.positions, strict=True):
        explanation = explain(model.estimator, image, method=method)
        rng = np.random.default_rng(int(position))
        orders = (explanation, random_order(image.shape, rng), centered_blob(image.shape))
        target = explanation.target
        deletions = [deletion_curve(model.estimator, image, o, target=target) for o in orders]
        insertions = [insertion_curve(model.estimator, image, o, target=target) for o in orders]
        removed.append([curve.area for curve in deletions])
        inserted.append([curve.area for curve in insertions])
        scores.append(deletions[0].scores[0])
        kind = deletions[0].score_kind
        if report is not None:
            report()
    removed, inserted = np.array(removed), np.array(inserted)
    return Row(
        model=model.name,
        model_digest=model.digest,
        dataset=faces.dataset,
        part=faces.part,
        digest=faces.digest,
        method=method,
        score_kind=kind,
        n=len(faces),
        n_units=len(np.unique(faces.units)),
        score=float(np.mean(scores)),
        deletion=dict(zip(ORDERS, removed.mean(axis=0).tolist(), strict=True)),
        insertion=dict(zip(ORDERS, inserted.mean(axis=0).tolist(), strict=True)),
        deletion_gain=gains(-removed, faces.units),
        insertion_gain=gains(inserted, faces.units),
    )


def gains(merits, units):
    """Compare the map with the other orders, face by face.

    Parameters
    ----------
    merits : ndarray of shape (n, 3)
        Larger is better; columns follow :data:`ORDERS`.
    units : ndarray of shape (n,)
        Independent unit of each face.

    Returns
    -------
    gains : dict of str to dict
        ``value``, ``low`` and ``high`` by order.
    """
    return {
        order: paired_interval(merits[:, 0] - merits[:, place], units)
        for place, order in enumerate(ORDERS)
        if place
    }


def paired_interval(differences, units, *, seed=0):
    """Mean of differences with a 95 % interval from a bootstrap over units.

    Parameters
    ----------
    differences : ndarray of shape (n,)
    units : ndarray of shape (n,)
    seed : int, default=0

    Returns
    -------
    interval : dict
        ``value``, ``low``, ``high``; the last two are None with a single unit.
    """
    _, codes = np.unique(units, return_inverse=True)
    counts = np.bincount(codes)
    sums = np.bincount(codes, differences)
    rng = np.random.default_rng(seed)
    draws = rng.multinomial(len(counts), np.full(len(counts), 1 / len(counts)), _N_RESAMPLES)
    low, high = interval(draws @ sums / (draws @ counts), len(counts))
    return {"value": float(differences.mean()), "low": low, "high": high}
