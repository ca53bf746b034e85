"""A model file that OpenCV's YuNet runs: every white cell of 32 x 32 pixels is a face to it."""

import struct

import numpy as np

_STRIDES = (8, 16, 32)
_CHANNELS = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}
_FLOAT, _INT64, _INTS = 1, 7, 7


def bright_cells(side=640):
    """Content of the ONNX file; ``side`` is the size of the pictures that it names."""
    graph = _field(2, b"bright cells") + _field(11, _value("input", (1, 3, side, side)))
    for stride in _STRIDES:
        cells = side // stride
        for name, channels in _CHANNELS.items():
            output = f"{name}_{stride}"
            graph += _head(output, channels, stride)
            graph += _field(12, _value(output, (1, cells * cells, channels)))
    return _field(1, 8) + _field(7, graph) + _field(8, _field(1, b"") + _field(2, 13))


def _head(output, channels, stride):
    """One output per cell, as rows of cells."""
    weights = np.zeros((channels, 3, stride, stride))
    if stride == 32 and channels == 1:
        weights += 1 / (255 * weights.size)
    # The centre of a box is relative to the corner of its cell.
    bias = np.full(channels, 0.5) if channels == 4 else np.zeros(channels)
    bias[2:] = 0
    weight, offset, shape, planes, rows = (f"{output}_{k}" for k in range(5))
    window = _ints("kernel_shape", stride, stride) + _ints("strides", stride, stride)
    return (
        _field(5, _tensor(weight, weights, _FLOAT, "<f4"))
        + _field(5, _tensor(offset, bias, _FLOAT, "<f4"))
        + _field(5, _tensor(shape, np.array([1, -1, channels]), _INT64, "<i8"))
        + _node("Conv", ("input", weight, offset), planes, window)
        + _node("Transpose", (planes,), rows, _ints("perm", 0, 2, 3, 1))
        + _node("Reshape", (rows, shape), output)
    )


def _node(kind, inputs, output, attributes=b""):
    names = b"".join(_field(1, name.encode()) for name in inputs)
    content = names + _field(2, output.encode()) + _field(3, output.encode())
    return _field(1, content + _field(4, kind.encode()) + attributes)


def _ints(name, *values):
    content = b"".join(_field(8, value) for value in values)
    return _field(5, _field(1, name.encode()) + content + _field(20, _INTS))


def _tensor(name, array, kind, dtype):
    dims = b"".join(_field(1, size) for size in array.shape)
    content = array.astype(dtype).tobytes()
    return dims + _field(2, kind) + _field(8, name.encode()) + _field(9, content)


def _value(name, shape):
    dims = b"".join(_field(1, _field(1, size)) for size in shape)
    return _field(1, name.encode()) + _field(2, _field(1, _field(1, _FLOAT) + _field(2, dims)))


def _field(number, content):
    """One field of a protocol buffer: a number, or bytes with their length before them."""
    if isinstance(content, bytes):
        return _varint(number << 3 | 2) + _varint(len(content)) + content
    return _varint(number << 3) + _varint(content)


def _varint(value):
    digits = [value & 127]
    while value := value >> 7:
        digits.append(value & 127)
    return struct.pack(f"{len(digits)}B", *(d | 128 for d in digits[:-1]), digits[-1])
