"""Class scores of any fitted classifier."""

from contextlib import contextmanager

import numpy as np

from fer_classic.exceptions import FerClassicError, PredictionError
from fer_classic.utils._blocks import image_blocks
from fer_classic.utils._parts import model_parts

__all__ = ["class_scores", "in_blocks", "predicting"]

# Rows that are predicted at a time: the features of all at once may take gigabytes.
_BLOCK = 2000


@contextmanager
def predicting(model, images):
    """Convert exceptions that a model raises in the block to PredictionError.

    Parameters
    ----------
    model : estimator
        The model used in the block.
    images : array-like
        Its input.

    Raises
    ------
    PredictionError
        If the model raises anything but an error of this library, or runs out of memory.
    """
    try:
        yield
    except (FerClassicError, MemoryError):
        raise
    except Exception as error:  # a foreign model may raise anything
        raise PredictionError(
            f"the model ({type(model).__name__}) cannot score these images"
            f"{_shape(images)}: {type(error).__name__}: {error}"
        ) from error


def in_blocks(predict, X):
    """Predict many images block by block, so that memory does not grow with their features.

    Parameters
    ----------
    predict : callable
        ``predict(X)`` of a fitted model.
    X : array-like
        Its input.

    Returns
    -------
    predicted : ndarray
    """
    blocks = image_blocks(X, _BLOCK)
    if len(blocks) <= 1:
        return predict(X)
    return np.concatenate([np.asarray(predict(X[block])) for block in blocks])


def class_scores(model, X):
    """Compute class scores with ``predict_proba`` or else ``decision_function``, in blocks.

    Parameters
    ----------
    model : estimator
        A fitted classifier or pipeline.
    X : array-like
        Input of the model.

    Returns
    -------
    scores : ndarray of shape (n, n_classes), float64, or None
        Columns follow ``model.classes_``. A two-class decision function ``d`` becomes the
        columns ``-d`` and ``d``. None if the model has neither method, or if its decision
        function does not score classes, but pairs of them (``decision_function_shape="ovo"``).
    kind : {"probability", "decision", None}
        Whether the scores come from ``predict_proba`` or ``decision_function``.
    """
    if hasattr(model, "predict_proba"):
        return np.asarray(in_blocks(model.predict_proba, X), dtype=np.float64), "probability"
    if not hasattr(model, "decision_function"):
        return None, None
    scores = np.asarray(in_blocks(model.decision_function, X), dtype=np.float64)
    if scores.ndim == 1:
        scores = np.column_stack([-scores, scores])
    elif scores.shape[1] != len(model.classes_) or _compares_pairs(model):
        return None, None
    return scores, "decision"


def _compares_pairs(model):
    """Whether decisions are those of an SVC for pairs of classes; three classes have three."""
    return len(model.classes_) == 3 and any(
        getattr(part, "decision_function_shape", None) == "ovo"
        and len(getattr(part, "classes_", ())) == 3
        for part in model_parts(model)
    )


def _shape(images):
    shape = getattr(images, "shape", ())[1:]
    return f" of shape {shape}" if shape else ""
