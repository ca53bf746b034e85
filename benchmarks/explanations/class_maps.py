"""Maps averaged over the faces of each class, kept as small numbers."""

from dataclasses import dataclass

import numpy as np

from fer_classic.inspection import class_average_maps, explain

__all__ = ["BLOCKS", "MAPPED", "ClassMaps", "class_maps"]

MAPPED = ("svm_gabor (linear)", "svm_hog (linear)", "svm_fusion", "cnn")
"""Names of the recipes whose maps are averaged by default: two exact ones, two others."""

BLOCKS = 12
"""Blocks of a map along each side; as many are removed one by one from a face."""


@dataclass
class ClassMaps:
    """The mean map of the faces of each class, for that class.

    Parameters
    ----------
    model : str
        Name of the model.
    dataset, part, digest : str
        See :class:`~benchmarks.robustness.faces.Faces`.
    method : {"linear", "masks"}
        How the maps are made.
    score_kind : {"probability", "decision"}
        Which scores they explain.
    n, n_units : int
        Number of faces of all classes, and of independent units among them.
    largest : float
        Largest absolute value of the maps, in the unit of the scores.
    maps : dict of str to list of list of int
        By class, rows of means over blocks, -100 to 100 in percent of ``largest``.
    """

    model: str
    dataset: str
    part: str | None
    digest: str
    method: str
    score_kind: str
    n: int
    n_units: int
    largest: float
    maps: dict


def class_maps(model, faces, *, report=None):
    """Average the maps of a model for each class.

    Maps are exact where the model is linear; else they come from random masks, which average well.

    Parameters
    ----------
    model : Model
    faces : Faces
        Their sides are multiples of :data:`BLOCKS`.
    report : callable, optional
        Called with the number of faces after each class.

    Returns
    -------
    rows : list of ClassMaps
        One.

    Raises
    ------
    PredictionError
        If the model cannot score the faces.
    """
    first = explain(model.estimator, faces.images[0])
    if first.method != "linear":
        first = explain(model.estimator, faces.images[0], method="masks")
    means = {}
    for name in np.unique(faces.labels):
        of_class = faces.of_classes([name])
        means |= class_average_maps(
            model.estimator, of_class.images, of_class.labels, method=first.method
        )
        if report is not None:
            report(len(of_class))
    means = {name: _block_means(values) for name, values in means.items()}
    largest = max(float(np.abs(values).max()) for values in means.values())
    row = ClassMaps(
        model=model.name,
        dataset=faces.dataset,
        part=faces.part,
        digest=faces.digest,
        method=first.method,
        score_kind=first.score_kind,
        n=len(faces),
        n_units=len(np.unique(faces.units)),
        largest=largest,
        maps={
            name: np.rint(100 * values / (largest or 1.0)).astype(int).tolist()
            for name, values in means.items()
        },
    )
    return [row]


def _block_means(values):
    height, width = (side // BLOCKS for side in values.shape)
    return values.reshape(BLOCKS, height, BLOCKS, width).mean(axis=(1, 3))
