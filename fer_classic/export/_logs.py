"""Log-probabilities: of one classifier, and of several that are joined."""

import numpy as np

__all__ = ["join", "log_scores"]

# As in the library: of a probability, and of what is joined.
_LEAST, _LEAST_JOINED = np.float32(1e-12), np.float32(np.log(1e-6))


def log_scores(builder, scores):
    """Give the log-probabilities of what a classifier says."""
    graph = builder.graph
    if scores.kind == "decision":
        return graph.add("LogSoftmax", scores.name, axis=1)
    name = graph.add("Max", scores.name, _LEAST)
    total = graph.add("ReduceSum", name, np.array([1]), keepdims=1)
    return graph.add("Log", graph.add("Div", name, total))


def join(builder, fusion, logs):
    """Give what a fusion makes of the log-probabilities of its parts, up to a constant."""
    graph = builder.graph
    weights, biases = fusion._pool()
    parts = [
        graph.add("Mul", graph.add("Max", each, _LEAST_JOINED), np.float32(weight))
        for each, weight in zip(logs, weights, strict=True)
    ]
    name = graph.add("Sum", *parts)
    return name if biases is None else graph.add("Add", name, biases.astype(np.float32))
