"""Log-probabilities: of one classifier, and of several that are joined."""

import numpy as np

from fer_classic.classifiers._embedding import MIN_PROBABILITY
from fer_classic.classifiers._fusion import MIN_LOG_PROBABILITY

__all__ = ["join", "log_scores"]


def log_scores(builder, scores):
    """Give the log-probabilities of what a classifier says."""
    graph = builder.graph
    if scores.kind == "decision":
        return graph.add("LogSoftmax", scores.name, axis=1)
    name = graph.add("Max", scores.name, np.float32(MIN_PROBABILITY))
    total = graph.add("ReduceSum", name, np.array([1]), keepdims=1)
    return graph.add("Log", graph.add("Div", name, total))


def join(builder, fusion, logs):
    """Give what a fusion makes of the log-probabilities of its parts, up to a constant."""
    graph = builder.graph
    weights, biases = fusion._pool()
    lower_bound = np.float32(MIN_LOG_PROBABILITY)
    parts = [
        graph.add("Mul", graph.add("Max", each, lower_bound), np.float32(weight))
        for each, weight in zip(logs, weights, strict=True)
    ]
    name = graph.add("Sum", *parts)
    return name if biases is None else graph.add("Add", name, biases.astype(np.float32))
