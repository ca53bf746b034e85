"""A list of layers and its weights as the bytes of an ONNX model.

ONNX is a protocol buffer, of which the few messages that a network needs are written here. OpenCV
reads what this module has written and nothing else, so its parser never meets bytes of a file.
"""

import struct

import numpy as np

from fer_classic.neural._layers import check_layers

__all__ = ["IMAGE", "VALUE", "write_onnx"]

IMAGE, VALUE = "image", "value{}"
"""Names of what goes in, and of the value that a layer gives."""

_IR_VERSION, _OPSET = 7, 13
_FLOAT = 1


def write_onnx(layers, state, image_shape, *, n_layers=None):
    """Write a network, or the first part of it.

    Parameters
    ----------
    layers : list of dict
        See :mod:`~fer_classic.neural._layers`; they are checked.
    state : dict of str to ndarray
        Weights by name.
    image_shape : tuple of two int
        ``(h, w)`` of the images.
    n_layers : int, optional
        Number of layers to write; all by default.

    Returns
    -------
    data : bytes
        From images of shape ``(n, 1, h, w)`` to the value of the last layer written.

    Raises
    ------
    ValueError
        If the layers make no network.
    """
    shapes = check_layers(layers, state, image_shape)
    layers = layers[:n_layers]
    writer = _Writer(state, shapes)
    for position, layer in enumerate(layers, 1):
        writer.write(position, layer)
    output = VALUE.format(len(layers))
    graph = b"".join(
        [
            *writer.nodes,
            _field(2, b"network"),
            *writer.arrays,
            _field(11, _described(IMAGE, shapes[0])),
            _field(12, _described(output, shapes[len(layers)])),
        ]
    )
    opset = _field(1, b"") + _field(2, _OPSET)
    return _field(1, _IR_VERSION) + _field(7, graph) + _field(8, opset)


class _Writer:
    """Nodes and weights, layer by layer."""

    def __init__(self, state, shapes):
        self.state, self.shapes = state, shapes
        self.nodes, self.arrays = [], []

    def write(self, position, layer):
        inputs = [VALUE.format(k) if k else IMAGE for k in layer["inputs"]]
        kind, settings = layer["kind"], layer["settings"]
        weights = {role: self.state[name] for role, name in layer["weights"].items()}
        shape = self.shapes[layer["inputs"][0]]
        arrays = _ARRAYS[kind](weights, shape) if kind in _ARRAYS else []
        for role, array in enumerate(arrays):
            inputs.append(f"weights{position}_{role}")
            self.arrays.append(_field(5, _tensor(inputs[-1], array)))
        attributes = {_NAMES.get(name, name): _value(name, v) for name, v in settings.items()}
        operator, more = _OPERATORS[kind]
        if kind == "conv":
            more = {"kernel_shape": list(weights["weight"].shape[2:])}
        node = [_field(1, name.encode()) for name in inputs]
        node += [_field(2, VALUE.format(position).encode()), _field(3, b"layer%d" % position)]
        node.append(_field(4, operator.encode()))
        node += [_field(5, _attribute(*pair)) for pair in {**more, **attributes}.items()]
        self.nodes.append(_field(1, b"".join(node)))


def _norm_arrays(weights, shape):
    one, zero = np.ones(shape[0]), np.zeros(shape[0])
    scale, shift = weights.get("weight", one), weights.get("bias", zero)
    return [scale, shift, weights["mean"], weights["var"]]


def _linear_arrays(weights, shape):
    return [weights[role] for role in ("weight", "bias") if role in weights]


# The weights of a kind in the order in which ONNX takes them.
_ARRAYS = {
    "conv": _linear_arrays,
    "dense": _linear_arrays,
    "norm": _norm_arrays,
    "prelu": lambda weights, shape: [weights["weight"].reshape(-1, *[1] * (len(shape) - 1))],
}
_OPERATORS: dict[str, tuple] = {
    "add": ("Add", {}),
    "concat": ("Concat", {"axis": 1}),
    "conv": ("Conv", {}),
    "dense": ("Gemm", {"transB": 1}),
    "elu": ("Elu", {}),
    "flatten": ("Flatten", {"axis": 1}),
    "leaky_relu": ("LeakyRelu", {}),
    "max_pool": ("MaxPool", {}),
    "mean_pool": ("AveragePool", {"count_include_pad": 0}),
    "multiply": ("Mul", {}),
    "norm": ("BatchNormalization", {}),
    "prelu": ("PRelu", {}),
    "relu": ("Relu", {}),
    "sigmoid": ("Sigmoid", {}),
    "tanh": ("Tanh", {}),
}
_NAMES = {
    "dilation": "dilations",
    "eps": "epsilon",
    "groups": "group",
    "kernel": "kernel_shape",
    "stride": "strides",
}


def _value(name, value):
    return value[0] if name == "groups" else value


def _varint(number):
    pieces = bytearray()
    while number > 127:
        pieces.append(number & 127 | 128)
        number >>= 7
    return bytes([*pieces, number])


def _field(number, value):
    """Write one field of a message: a whole number of 0 or more, a float, or bytes."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    if isinstance(value, float):
        return _varint(number << 3 | 5) + struct.pack("<f", value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _attribute(name, value):
    start = _field(1, name.encode())
    if isinstance(value, float):
        return start + _field(2, value) + _field(20, 1)
    if isinstance(value, int):
        return start + _field(3, value) + _field(20, 2)
    return start + b"".join(_field(8, number) for number in value) + _field(20, 7)


def _tensor(name, array):
    sides = b"".join(_field(1, side) for side in array.shape)
    content = np.ascontiguousarray(array, dtype="<f4").tobytes()
    return sides + _field(2, _FLOAT) + _field(8, name.encode()) + _field(9, content)


def _described(name, shape):
    """Name a value and its shape; how many images there are is left open."""
    sides = _field(1, _field(2, b"n")) + b"".join(_field(1, _field(1, side)) for side in shape)
    kind = _field(1, _field(1, _FLOAT) + _field(2, sides))
    return _field(1, name.encode()) + _field(2, kind)
