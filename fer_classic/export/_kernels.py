"""The least-squares support vector classifier."""

import numpy as np

from fer_classic.export._graph import import_onnx

__all__ = ["svm_scores"]


def svm_scores(builder, value, svm):
    """Give the decision values of all classes, in the precision of the classifier.

    Rows and weights keep the precision in which they are stored, so that the file stays as small as
    that of the model.
    """
    graph, tensor = builder.graph, import_onnx().TensorProto
    dtype = svm.intercept_.dtype
    kind = tensor.DOUBLE if dtype == np.float64 else tensor.FLOAT
    X = graph.add("Cast", builder.enter(value), to=kind)
    kept = graph.add("Cast", svm.X_fit_, to=kind)
    if svm.X_scale_ is not None:
        low, step = svm.X_scale_.astype(dtype)
        kept = graph.add("Add", graph.add("Mul", kept, step), low)
    kernel = svm._make_kernel(svm.kernel_, svm.gamma_)
    parts = [
        graph.add("Mul", _block(graph, kernel, k, X, kept, dtype), dtype.type(weight))
        for k, weight in enumerate(kernel.weights)
    ]
    mean = graph.add("Sum", *parts)
    weights = graph.add("Cast", svm.dual_coef_, to=kind)
    scores = graph.add("Add", graph.add("MatMul", mean, weights), svm.intercept_)
    return graph.add("Cast", scores, to=tensor.FLOAT)


def _block(graph, kernel, k, X, kept, dtype):
    """Give the kernel of one block of columns."""
    block = kernel.blocks[k]
    if len(kernel.blocks) > 1:
        bounds = np.array([block.start]), np.array([block.stop]), np.array([1])
        X, kept = (graph.add("Slice", rows, *bounds) for rows in (X, kept))
    products = graph.add("MatMul", X, graph.add("Transpose", kept, perm=[1, 0]))
    gamma = dtype.type(kernel.gammas[k])
    if kernel.kind == "linear":
        return graph.add("Mul", products, gamma)
    own, theirs = (graph.add("ReduceSumSquare", rows, axes=[1], keepdims=1) for rows in (X, kept))
    distances = graph.add("Mul", products, dtype.type(-2))
    distances = graph.add("Add", distances, own)
    distances = graph.add("Add", distances, graph.add("Transpose", theirs, perm=[1, 0]))
    distances = graph.add("Max", distances, dtype.type(0))
    return graph.add("Exp", graph.add("Mul", distances, -gamma))
