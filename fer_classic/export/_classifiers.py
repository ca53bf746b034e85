"""Classifiers, and what wraps them."""

from functools import singledispatch

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from fer_classic.classifiers import (
    AdaptedClassifier,
    BlockwiseClassifier,
    LeastSquaresSVC,
    ScoreFusion,
    TestTimeAugmentation,
    TrainingAugmentation,
)
from fer_classic.exceptions import ExportError
from fer_classic.export._adapted import adapted_probabilities
from fer_classic.export._foreign import foreign_scores
from fer_classic.export._kernels import svm_scores
from fer_classic.export._logs import join, log_scores
from fer_classic.export._networks import network_probabilities
from fer_classic.export._transforms import mirrored, transform_by_steps
from fer_classic.export._values import Scores
from fer_classic.neural._fitted import FittedNetwork

__all__ = ["classify"]


@singledispatch
def classify(model, builder, value):
    """Compute the scores of a fitted classifier.

    Parameters
    ----------
    model : estimator
    builder : Builder
    value : Value
        What it takes.

    Returns
    -------
    scores : Scores

    Raises
    ------
    ExportError
        If a part of the model has no form in ONNX.
    """
    raise ExportError(f"{type(model).__name__} has no form in ONNX.")


@classify.register
def _(model: BaseEstimator, builder, value):
    # A search, such as GridSearchCV.
    if hasattr(model, "best_estimator_"):
        return classify(model.best_estimator_, builder, value)
    if not value.rows:
        raise ExportError(
            f"{type(model).__name__} takes images, and only classifiers that take rows of features "
            "are converted by skl2onnx."
        )
    probabilities = hasattr(model, "predict_proba")
    if not probabilities and not hasattr(model, "decision_function"):
        raise ExportError(
            f"{type(model).__name__} has neither probabilities nor decision values, which an "
            "exported model gives."
        )
    name = foreign_scores(builder, builder.enter(value), model, probabilities=probabilities)
    return Scores(name, "probability" if probabilities else "decision")


@classify.register
def _(model: Pipeline, builder, value):
    value = transform_by_steps(builder, value, model.steps[:-1])
    return classify(model.steps[-1][1], builder, value)


@classify.register
def _(model: FrozenEstimator, builder, value):
    return classify(model.estimator, builder, value)


@classify.register(TrainingAugmentation)
@classify.register(BlockwiseClassifier)
def _(model, builder, value):
    return classify(model.model_, builder, value)


@classify.register
def _(model: AdaptedClassifier, builder, value):
    return Scores(adapted_probabilities(builder, value, model, classify), "probability")


@classify.register
def _(model: FittedNetwork, builder, value):
    return Scores(network_probabilities(builder, value, model), "probability")


@classify.register
def _(model: LeastSquaresSVC, builder, value):
    graph, scores = builder.graph, svm_scores(builder, value, model)
    if hasattr(model, "predict_proba"):
        scores = graph.add("Mul", scores, np.float32(model.temperature_))
        return Scores(graph.add("Softmax", scores, axis=1), "probability")
    if len(model.classes_) == 2:
        second = graph.add("Slice", scores, np.array([1]), np.array([2]), np.array([1]))
        scores = graph.add("Concat", graph.add("Neg", second), second, axis=1)
    return Scores(scores, "decision")


@classify.register
def _(model: TestTimeAugmentation, builder, value):
    if model.views != "flip":
        raise ExportError(
            f"TestTimeAugmentation(views={model.views!r}) rotates and shifts images, which has no "
            "exact form in ONNX; set views='flip', or export the model inside it."
        )
    graph, inner = builder.graph, model._deployed()
    scores = classify(inner, builder, mirrored(builder, value))
    weights = model._weights().astype(np.float32).reshape(2, 1, 1)
    name = graph.add("Reshape", scores.name, np.array([2, -1, len(inner.classes_)]))
    name = graph.add("Mul", name, weights)
    return Scores(graph.add("ReduceSum", name, np.array([0]), keepdims=0), scores.kind)


@classify.register
def _(model: ScoreFusion, builder, value):
    parts = model.named_estimators_.values()
    logs = [log_scores(builder, classify(part, builder, value)) for part in parts]
    joined = join(builder, model, logs)
    return Scores(builder.graph.add("Softmax", joined, axis=1), "probability")
