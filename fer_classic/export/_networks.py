"""Networks, from 8-bit images to scores or to the embedding."""

import numpy as np

from fer_classic.exceptions import ExportError
from fer_classic.export._graph import import_onnx
from fer_classic.neural._layers import embedding_position
from fer_classic.neural._onnx import write_onnx
from fer_classic.neural._standardize import MIN_CONTRAST

__all__ = ["dense_probabilities", "network_probabilities", "network_rows", "to_unit_images"]


def to_unit_images(builder, value):
    """Convert images to 0-1, of shape ``(n, 1, h, w)``."""
    graph = builder.graph
    images = graph.add("Cast", builder.enter(value), to=import_onnx().TensorProto.FLOAT)
    images = graph.add("Div", images, np.float32(255))
    return graph.add("Unsqueeze", images, np.array([1]))


def _standardized(builder, value, network):
    graph, images = builder.graph, to_unit_images(builder, value)
    if network.mean_ is not None:
        images = graph.add("Sub", images, np.float32(network.mean_))
        return graph.add("Div", images, np.float32(network.scale_))
    images = graph.add("Sub", images, graph.add("ReduceMean", images, axes=[2, 3]))
    variance = graph.add("ReduceMean", graph.add("Mul", images, images), axes=[2, 3])
    scale = graph.add("Max", graph.add("Sqrt", variance), MIN_CONTRAST)
    return graph.add("Div", images, scale)


def _computed(builder, value, network, *, embedding):
    if getattr(network, "layers_", None) is None:
        raise ExportError(
            f"{type(network).__name__} cannot be exported: its network has operations that only "
            "torch computes; export the module itself with torch.onnx."
        )
    if value.rows:
        raise ExportError(
            f"{type(network).__name__} cannot be exported: it takes flat rows of pixels "
            f"(image_shape={network.image_shape!r}); fit it on image batches, image_shape=None."
        )
    n_layers = embedding_position(network.layers_) if embedding else None
    data = write_onnx(network.layers_, network.state_, network.image_shape_, n_layers=n_layers)
    model = import_onnx().load_from_string(data)
    (scores,) = builder.graph.inline(model, _standardized(builder, value, network))
    return scores


def network_rows(builder, value, network):
    """Give the embedding."""
    values = _computed(builder, value, network, embedding=True)
    return builder.rows(builder.graph.add("Flatten", values, axis=1))


def network_probabilities(builder, value, network):
    """Give the probabilities."""
    scores = _computed(builder, value, network, embedding=False)
    return _probabilities(builder, scores, network)


def dense_probabilities(builder, rows, network):
    """Give the probabilities from the embedding, of a network that ends in a dense layer."""
    graph, weights = builder.graph, network.layers_[-1]["weights"]
    matrix = np.ascontiguousarray(network.state_[weights["weight"]].T)
    scores = graph.add("MatMul", rows, matrix)
    if "bias" in weights:
        scores = graph.add("Add", scores, network.state_[weights["bias"]])
    return _probabilities(builder, scores, network)


def _probabilities(builder, scores, network):
    # Files of earlier versions hold no temperature.
    temperature = np.float32(getattr(network, "temperature_", 1.0))
    return builder.graph.add("Softmax", builder.graph.add("Mul", scores, temperature), axis=1)
