"""One way to ask any fitted classifier for a score per class."""

import numpy as np

__all__ = ["class_scores"]


def class_scores(model, X):
    """Score every class for every sample, with whatever the fitted model offers.

    Parameters
    ----------
    model : estimator
        A fitted classifier or pipeline.
    X : array-like
        What the model takes.

    Returns
    -------
    scores : ndarray of shape (n, n_classes), float64, or None
        Columns follow ``model.classes_``. A two-class decision function ``d`` becomes the
        columns ``-d`` and ``d``. None if the model has neither method.
    kind : {"probability", "decision", None}
        Whether the scores come from ``predict_proba`` or ``decision_function``.
    """
    if hasattr(model, "predict_proba"):
        return np.asarray(model.predict_proba(X), dtype=np.float64), "probability"
    if not hasattr(model, "decision_function"):
        return None, None
    scores = np.asarray(model.decision_function(X), dtype=np.float64)
    if scores.ndim == 1:
        scores = np.column_stack([-scores, scores])
    return scores, "decision"
