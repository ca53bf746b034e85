"""A classifier that was adapted to the faces of one person."""

import numpy as np
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from fer_classic.classifiers import ScoreFusion, TrainingAugmentation
from fer_classic.classifiers._adapt import SHARPNESS
from fer_classic.classifiers._embedding import wrapped
from fer_classic.export._logs import join, log_scores
from fer_classic.export._networks import dense_probabilities, network_rows
from fer_classic.export._transforms import transform_by_steps
from fer_classic.export._values import Scores
from fer_classic.neural._fitted import FittedNetwork

__all__ = ["adapted_probabilities"]


def adapted_probabilities(builder, value, adapted, classify):
    """Give the probabilities; ``classify`` computes the scores of other classifiers."""
    graph = builder.graph
    logs, rows = _score_and_embed(adapted.model_, builder, value, classify, stepped=False)
    rows = graph.add("Sub", rows, adapted.mean_.astype(np.float32))
    rows = graph.add("Div", rows, adapted.scale_.astype(np.float32))
    linear = graph.add("MatMul", rows, adapted.coef_.astype(np.float32))
    linear = graph.add("Add", linear, adapted.intercept_.astype(np.float32))
    linear = graph.add("LogSoftmax", graph.add("Mul", linear, np.float32(SHARPNESS)), axis=1)
    return graph.add("Softmax", _mixed(graph, logs, linear, adapted), axis=1)


def _score_and_embed(model, builder, value, classify, *, stepped):
    """Give log-probabilities and the embedding, from the same places as the library does."""
    graph = builder.graph
    if isinstance(model, FrozenEstimator):
        return _score_and_embed(model.estimator, builder, value, classify, stepped=stepped)
    if isinstance(model, TrainingAugmentation):
        return _score_and_embed(model.model_, builder, value, classify, stepped=stepped)
    if isinstance(model, Pipeline):
        before = model.steps[:-1]
        stepped = stepped or any(hasattr(step, "transform") for _, step in before)
        value = transform_by_steps(builder, value, before)
        return _score_and_embed(model.steps[-1][1], builder, value, classify, stepped=stepped)
    if isinstance(model, ScoreFusion):
        parts = [
            _score_and_embed(part, builder, value, classify, stepped=stepped)
            for part in model.named_estimators_.values()
        ]
        logs, rows = zip(*parts, strict=True)
        joined = graph.add("LogSoftmax", join(builder, model, logs), axis=1)
        return joined, graph.add("Concat", *rows, axis=1)
    if isinstance(model, FittedNetwork):
        rows = builder.enter(network_rows(builder, value, model))
        if hasattr(model, "classify_embedding"):
            scores = Scores(dense_probabilities(builder, rows, model), "probability")
        else:
            scores = classify(model, builder, value)
        return log_scores(builder, scores), rows
    logs = log_scores(builder, classify(model, builder, value))
    inner = wrapped(model)
    if inner is not None:
        return logs, _score_and_embed(inner, builder, value, classify, stepped=stepped)[1]
    return logs, builder.enter(value) if stepped and value.rows else logs


def _mixed(graph, logs, linear, adapted):
    """Mix what the two say, as the library does; up to a constant."""
    model, given = adapted.model_.classes_.tolist(), adapted.given_classes_.tolist()
    shared = [name for name in given if name in model]
    if not shared:
        return linear
    ours = graph.add("Gather", logs, np.array([model.index(name) for name in shared]), axis=1)
    theirs = graph.add("Gather", linear, np.array([given.index(name) for name in shared]), axis=1)
    share, theirs_total = (
        graph.add("ReduceLogSumExp", each, axes=[1], keepdims=1) for each in (ours, theirs)
    )
    weight = np.float32(adapted.weight_)
    both = graph.add("Mul", ours, 1 - weight)
    both = graph.add("Add", both, graph.add("Mul", theirs, weight))
    mixed = graph.add("Add", graph.add("LogSoftmax", both, axis=1), share)
    odds = graph.add("Add", graph.add("Sub", linear, theirs_total), share)
    # The last of them that knows a class gives its column.
    columns = {name: k for k, name in enumerate([*model, *given, *shared])}
    every = graph.add("Concat", logs, odds, mixed, axis=1)
    order = np.array([columns[name] for name in adapted.classes_.tolist()])
    return graph.add("Gather", every, order, axis=1)
