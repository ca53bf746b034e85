"""What a fitted classifier knows of images: log-scores of its classes, and an embedding."""

import numpy as np
from scipy.sparse import issparse
from scipy.special import log_softmax
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from fer_classic.classifiers._test_time_augmentation import TestTimeAugmentation
from fer_classic.classifiers._training_augmentation import TrainingAugmentation
from fer_classic.utils import class_scores

__all__ = ["MIN_PROBABILITY", "log_scores", "log_scores_and_embedding", "wrapped"]

MIN_PROBABILITY = 1e-12
"""Lower bound of probabilities, whose logarithm is taken."""

# Attributes that hold the classifier in a wrapper (an earlier adaptation, a search).
_WRAPPED = ("model_", "best_estimator_")


def log_scores_and_embedding(model, X):
    """Compute both for a classifier, with one pass through the steps that they share.

    Parameters
    ----------
    model : estimator
        A fitted classifier; pipelines, frozen estimators, augmentation, searches, adapted
        classifiers and fusions are looked into.
    X : array-like
        What it takes.

    Returns
    -------
    log_scores : ndarray of shape (n, n_classes), float64
        Logarithms of probabilities; columns follow ``classes_``.
    embedding : ndarray of shape (n, n_features), float64
        What ``transform`` gives; else what the last step of a pipeline reads, if these are rows;
        else the log-scores. For a fusion, those of its parts side by side.
    """
    return _score_and_embed(model, X, stepped=False)


def _score_and_embed(model, X, *, stepped):
    if isinstance(model, FrozenEstimator):
        return _score_and_embed(model.estimator, X, stepped=stepped)
    if isinstance(model, TrainingAugmentation):
        return _score_and_embed(model.model_, X, stepped=stepped)
    if isinstance(model, Pipeline):
        for _, step in model.steps[:-1]:
            # Neither "passthrough" nor a step that resamples does anything to new images.
            if hasattr(step, "transform"):
                X = step.transform(X)
                stepped = True
        return _score_and_embed(model.steps[-1][1], X, stepped=stepped)
    if hasattr(model, "join"):
        parts = [
            _score_and_embed(part, X, stepped=stepped) for part in model.named_estimators_.values()
        ]
        scores, embeddings = zip(*parts, strict=True)
        return model.join(scores), np.hstack(embeddings)
    if hasattr(model, "classify_embedding"):
        # A network need not compute an image twice.
        embedding = np.asarray(model.transform(X))
        return _log(model.classify_embedding(embedding)), embedding.astype(np.float64)
    scores = log_scores(model, X)
    inner = wrapped(model)
    if inner is not None:
        return scores, _score_and_embed(inner, X, stepped=stepped)[1]
    if hasattr(model, "transform"):
        X = model.transform(X)
    elif not (stepped and len(np.shape(X)) == 2):
        X = scores
    embedding = X.toarray() if issparse(X) else np.asarray(X)
    return scores, embedding.astype(np.float64)


def wrapped(model):
    """Return the classifier in a wrapper; None for a model that is no wrapper."""
    if isinstance(model, TestTimeAugmentation):
        # It may wrap a fitted model without being fitted itself.
        return model._deployed()
    return next((getattr(model, name) for name in _WRAPPED if hasattr(model, name)), None)


def log_scores(model, X):
    """Compute log-probabilities: those of ``predict_proba``, else of decision values or votes.

    Parameters
    ----------
    model : estimator
        A fitted classifier.
    X : array-like
        Its input.

    Returns
    -------
    log_scores : ndarray of shape (n, n_classes), float64
        Columns follow ``classes_``; none is below -28.
    """
    scores, kind = class_scores(model, X)
    if scores is None:
        scores = model.predict(X)[:, np.newaxis] == model.classes_
        kind = "probability"
    if kind == "decision":
        return log_softmax(scores, axis=1)
    return _log(scores)


def _log(probabilities):
    probabilities = np.maximum(probabilities, MIN_PROBABILITY)
    return np.log(probabilities / probabilities.sum(axis=1, keepdims=True))
