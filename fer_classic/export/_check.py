"""Comparison of an exported model with the original, on a few images."""

import numpy as np

from fer_classic.datasets import load_drawn_faces
from fer_classic.exceptions import ExportError
from fer_classic.persistence._probes import make_probes
from fer_classic.utils import class_scores
from fer_classic.utils._optional import import_optional

__all__ = ["TOLERANCE", "choose_probes", "largest_difference"]

TOLERANCE = 1e-3
"""Largest difference of scores, as a fraction of the largest score where that exceeds 1."""

_ERRORS_ONLY = 3


def choose_probes(model):
    """Choose images that a model takes, or rows.

    Parameters
    ----------
    model : estimator
        A fitted classifier.

    Returns
    -------
    probes : ndarray of shape (m, h, w), uint8, or (m, p)
        Patterns; for images also a blank one and drawn faces.

    Raises
    ------
    ModelFileError
        If no size is found that the model takes.
    """
    probes = make_probes(model)["images"]
    if probes.ndim == 2:
        return probes
    height, width = probes.shape[1:]
    faces = load_drawn_faces(n_subjects=2, n_per_class=1).images
    rows = np.arange(height) * faces.shape[1] // height
    columns = np.arange(width) * faces.shape[2] // width
    blank = np.full_like(probes[:1], 128)
    return np.concatenate([probes, blank, faces[:, rows][:, :, columns]])


def largest_difference(exported, inputs, model, probes, *, kind):
    """Compare the scores of an exported model with those of the original.

    Parameters
    ----------
    exported : bytes
        In the format ONNX.
    inputs : dict of str to ndarray
        The probes, as the exported model takes them.
    model : estimator
        The original.
    probes : ndarray
        As it takes them.
    kind : {"probability", "decision"}
        What the exported model gives.

    Returns
    -------
    difference : float

    Raises
    ------
    ExportError
        If it exceeds :data:`TOLERANCE`, the exported model does not run, or the scores of the
        original are not those of classes.
    """
    runtime = import_optional("onnxruntime", extra="onnx", purpose="export")
    options = runtime.SessionOptions()
    options.log_severity_level = _ERRORS_ONLY
    expected, expected_kind = class_scores(model, probes)
    if expected is None:
        raise ExportError(
            f"the decision values of this {type(model).__name__} compare pairs of classes, so "
            "they name no class; set decision_function_shape='ovr' of the SVC."
        )
    try:
        session = runtime.InferenceSession(exported, options, providers=["CPUExecutionProvider"])
        (scores,) = session.run(None, inputs)
    # The errors of onnxruntime have no base class.
    except Exception as error:
        raise ExportError(f"the exported model does not run in onnxruntime: {error}") from error
    if kind != expected_kind or scores.shape != expected.shape:
        raise ExportError(
            f"the exported model gives {kind} scores of shape {scores.shape}, the original "
            f"{expected_kind} scores of shape {expected.shape}; it was not written."
        )
    largest = max(1.0, float(np.abs(expected).max()))
    difference = float(np.abs(scores - expected).max()) / largest
    if not difference <= TOLERANCE:
        raise ExportError(
            f"the exported model was not written: on {len(probes)} probes its scores differ from "
            f"those of the original by up to {difference:.2g}, more than {TOLERANCE:g}."
        )
    return difference
