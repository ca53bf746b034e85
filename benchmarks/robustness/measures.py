"""How well a model does on faces that are disturbed."""

import hashlib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._rows import read_rows
from fer_classic.evaluation import score
from fer_classic.exceptions import FerClassicError
from fer_classic.persistence import BUNDLED, bundled_path, open_model
from fer_classic.utils import DISTURBANCES, class_scores, disturb
from fer_classic.utils._scores import predicting

__all__ = [
    "STRENGTHS",
    "Model",
    "Row",
    "conditions",
    "disturb_faces",
    "measure",
    "read_model",
    "read_records",
]

STRENGTHS = (0.2, 0.4, 0.6, 0.8, 1.0)
"""Strengths at which each disturbance is measured."""


@dataclass(frozen=True, eq=False)
class Model:
    """A model and what identifies it.

    Parameters
    ----------
    name : str
        Name of a bundled model, or name of a file without its ending.
    digest : str of 16 hexadecimal digits, or None
        Of the file, the first digits of its SHA-256; None for a model that is in no file.
    estimator : estimator
        Fitted.
    """

    name: str
    digest: str | None
    estimator: Any


@dataclass
class Row:
    """Scores of a model on faces with one disturbance at one strength.

    Parameters
    ----------
    model, model_digest : str
        See :class:`Model`.
    dataset, part, digest : str
        See :class:`~benchmarks.robustness.faces.Faces`; the part can be None.
    kind : str or None
        The disturbance; None for the faces as they are.
    strength : float
        From 0, which is the faces as they are, to 1.
    n : int
        Number of faces. Those of classes that the model does not know are left out.
    accuracy : dict
        ``value`` in 0-1, with ``low`` and ``high`` of its 95 % interval.
    calibration_error : float or None
        In 0-1; None for a model without probabilities.
    """

    model: str
    model_digest: str
    dataset: str
    part: str | None
    digest: str
    kind: str | None
    strength: float
    n: int
    accuracy: dict
    calibration_error: float | None


def read_model(source, *, trust=False):
    """Load a model by name or from a file.

    Parameters
    ----------
    source : str
        Name of a bundled model or path of a model file.
    trust : bool, default=False
        As in :func:`fer_classic.persistence.load_model`.

    Returns
    -------
    model : Model

    Raises
    ------
    UnknownNameError, DataNotFoundError, UntrustedModelError, ModelFileError
        As :func:`fer_classic.persistence.open_model` does.
    """
    estimator, _ = open_model(source, trust=trust)
    path = bundled_path(source) if source in BUNDLED else Path(source)
    return Model(path.stem, hashlib.sha256(path.read_bytes()).hexdigest()[:16], estimator)


def read_records(path):
    """Read the rows that a file holds; see :func:`benchmarks._rows.read_rows`."""
    names = [*(field.name for field in fields(Row)), "commit", "versions"]
    return read_rows(path, names, of="robustness")


def conditions(kinds, strengths=STRENGTHS):
    """List the pairs of disturbance and strength, first the faces as they are: ``(None, 0)``."""
    return [(None, 0.0), *((kind, strength) for kind in kinds for strength in strengths)]


def disturb_faces(faces, kind, strength):
    """Disturb each face.

    Parameters
    ----------
    faces : Faces
    kind : str or None
        One of :data:`fer_classic.utils.DISTURBANCES`; None for the faces as they are.
    strength : float
        0-1.

    Returns
    -------
    images : ndarray of shape (n, h, w), uint8
        Random numbers depend on the face and the kind only. So all models see the same images,
        and a larger strength enlarges the same disturbance.
    """
    if kind is None:
        return faces.images
    disturbed = np.empty_like(faces.images)
    for k, (image, position) in enumerate(zip(faces.images, faces.positions, strict=True)):
        rng = np.random.default_rng([int(position), *kind.encode()])
        # In 8 bits, as images come from files and cameras.
        disturbed[k] = np.rint(255 * disturb(image / np.float32(255), kind, strength, rng))
    return disturbed


def measure(model, faces, *, kinds=tuple(DISTURBANCES), strengths=STRENGTHS, report=None):
    """Measure a model on faces under each condition.

    Parameters
    ----------
    model : Model
    faces : Faces
    kinds : sequence of str
        Disturbances.
    strengths : sequence of float
    report : callable, optional
        Called after each condition with the number of faces.

    Returns
    -------
    rows : list of Row
        In the order of :func:`conditions`.

    Raises
    ------
    FerClassicError
        If the model knows no class of the data set.
    PredictionError
        If the model cannot score the faces.
    """
    classes = np.asarray(model.estimator.classes_).astype(str)
    known = faces.of_classes(classes)
    if not len(known):
        raise FerClassicError(
            f"the model {model.name} ({', '.join(classes)}) knows no class of the data set "
            f"{faces.dataset} ({', '.join(sorted(set(faces.labels)))}); name other --datasets."
        )
    rows = []
    for kind, strength in conditions(kinds, strengths):
        scores = _score(model.estimator, classes, known, disturb_faces(known, kind, strength))
        rows.append(
            Row(
                model.name,
                model.digest,
                faces.dataset,
                faces.part,
                faces.digest,
                kind,
                strength,
                len(known),
                scores["accuracy"],
                scores["calibration_error"],
            )
        )
        if report is not None:
            report(len(known))
    return rows


def _score(estimator, classes, faces, images):
    with predicting(estimator, images):
        scores, score_kind = class_scores(estimator, images)
        # As the programs name a face; predict() would do the work a second time.
        best = estimator.predict(images) if scores is None else classes[scores.argmax(axis=1)]
    return score(
        faces.labels,
        best,
        classes=classes,
        class_scores=scores,
        score_kind=score_kind,
        units=faces.units,
    )
