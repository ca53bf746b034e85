"""A network as plain data: a list of layers, checked before anything is computed with it.

A layer is a dictionary: ``kind``; ``inputs``, positions of values; ``weights``, names of arrays by
their role; ``settings``, numbers by name. Value 0 is the image, of shape ``(1, h, w)``; layer
``k``, counted from 1, gives value ``k``, and reads values before it only. The last value is the
scores.

Such a list may come from a file of anybody's. What passes :func:`check_layers` has shapes that fit
each other, weights that are finite, and takes no more time and memory than the bounds below allow.
"""

import math
from typing import NamedTuple

import numpy as np

__all__ = ["check_layers", "embedding_position"]

_MAX_LAYERS = 2_000
_MAX_INPUTS = 16
# The largest kernel, stride, ... in pixels, and the largest factor.
_MAX_PIXELS, _MAX_FACTOR = 4096, 1000.0
# For one image: numbers in all values together, and multiply-accumulates.
_MAX_VALUES, _MAX_MACS = 2**26, 2**33
# Numbers in all weights together.
_MAX_WEIGHTS = 2**28


class _Kind(NamedTuple):
    """What a kind of layer needs."""

    shape: object
    """From the layer, the shapes of its inputs and its weights to the shape of its value."""
    weights: tuple = ()
    optional: tuple = ()
    integers: tuple = ()
    factors: tuple = ()
    n_inputs: tuple = (1, 1)


def check_layers(layers, state, image_shape):
    """Check a list of layers, and that it fits the weights.

    Parameters
    ----------
    layers : list of dict
        The layers, see this module.
    state : dict of str to ndarray
        Arrays by name.
    image_shape : tuple of two int
        ``(h, w)`` of the images.

    Returns
    -------
    shapes : list of tuple of int
        Shapes of all values for one image: ``(channels, h, w)`` or ``(features,)``.

    Raises
    ------
    ValueError
        If they make no network; the message says which layer is wrong.
    """
    _require(type(layers) is list and 0 < len(layers) <= _MAX_LAYERS, "there are no layers")
    shapes, used, n_values, n_macs = [(1, *image_shape)], set(), 0, 0
    for position, layer in enumerate(layers, 1):
        try:
            kind, inputs, weights = _read(layer, state, position)
            _require(used.isdisjoint(layer["weights"].values()), "its weights have another use")
            shape = kind.shape(layer["settings"], [shapes[k] for k in inputs], weights)
            _require(min(shape) > 0, f"nothing is left of an image of shape {image_shape}")
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"layer {position} of the network makes no sense: {error}") from None
        used.update(layer["weights"].values())
        shapes.append(shape)
        n_values += math.prod(shape)
        n_macs += _count_macs(layer, shapes, weights)
        _require(n_values <= _MAX_VALUES and n_macs <= _MAX_MACS, "the network is too large")
    _require(sum(state[name].size for name in used) <= _MAX_WEIGHTS, "the network is too large")
    _require(len(shapes[-1]) == 1, "the network does not end in one score for each class")
    return shapes


def embedding_position(layers):
    """Find the value that the last dense layer reads.

    Raises
    ------
    ValueError
        If there is no dense layer.
    """
    dense = [layer for layer in layers if layer["kind"] == "dense"]
    _require(dense, "the network has no dense layer, and so no embedding before the last one")
    return dense[-1]["inputs"][0]


def _read(layer, state, position):
    """Check what does not depend on shapes."""
    _require(layer.keys() == {"kind", "inputs", "weights", "settings"}, "it is no layer")
    _require(layer["kind"] in _KINDS, f"there is no kind {layer['kind']!r}")
    kind, inputs, settings = _KINDS[layer["kind"]], layer["inputs"], layer["settings"]
    minimum, maximum = kind.n_inputs
    _require(type(inputs) is list and minimum <= len(inputs) <= maximum, "it has other inputs")
    _require(all(type(k) is int and 0 <= k < position for k in inputs), "its inputs do not exist")
    _require(settings.keys() == {*kind.integers, *kind.factors}, "it has other settings")
    for name in kind.integers:
        _require(_are_integers(settings[name], *_LENGTHS[name]), f"{name}={settings[name]!r}")
    for name in kind.factors:
        value = settings[name]
        _require(type(value) is float and abs(value) <= _MAX_FACTOR, f"{name}={value!r}")
    roles = layer["weights"].keys()
    _require({*kind.weights} <= roles <= {*kind.weights, *kind.optional}, "it has other weights")
    weights = {role: _weights(state, name) for role, name in layer["weights"].items()}
    return kind, inputs, weights


# Length of a setting, and the minimum of its numbers.
_LENGTHS = {
    "stride": (2, 1),
    "dilation": (2, 1),
    "kernel": (2, 1),
    "pads": (4, 0),
    "groups": (1, 1),
}


def _are_integers(values, length, minimum):
    return (
        type(values) is list
        and len(values) == length
        and all(type(value) is int and minimum <= value <= _MAX_PIXELS for value in values)
    )


def _weights(state, name):
    array = state[name]
    with np.errstate(over="ignore"):
        finite = array.dtype.kind == "f" and np.isfinite(array.astype(np.float32, copy=False)).all()
    _require(finite and array.size, f"{name} does not hold finite numbers")
    return array


def _count_macs(layer, shapes, weights):
    size = math.prod(shapes[-1])
    if "weight" in weights and layer["kind"] in ("conv", "dense"):
        return size * math.prod(weights["weight"].shape[1:])
    return size * math.prod(layer["settings"].get("kernel", [1]))


def _windows(settings, shape, kernel):
    """Give the shape after windows of a kernel, moved over a padded image."""
    top, left, bottom, right = settings["pads"]
    sides = []
    for side, start, end, length, step in zip(
        shape, (top, left), (bottom, right), kernel, settings["stride"], strict=True
    ):
        _require(max(start, end) < length, "its padding is as wide as its kernel")
        _require(side + start + end >= length, "its kernel is larger than the image")
        sides.append((side + start + end - length) // step + 1)
    return sides


def _conv(settings, inputs, weights):
    (shape,), kernel = inputs, weights["weight"].shape
    (groups,) = settings["groups"]
    _require(len(shape) == 3 and len(kernel) == 4, "it does not convolve images")
    _require(shape[0] == kernel[1] * groups and kernel[0] % groups == 0, "it has other channels")
    _require_length(weights, "bias", kernel[0])
    reach = [d * (k - 1) + 1 for d, k in zip(settings["dilation"], kernel[2:], strict=True)]
    return (kernel[0], *_windows(settings, shape[1:], reach))


def _pool(settings, inputs, weights):
    (shape,) = inputs
    _require(len(shape) == 3, "it does not pool images")
    return (shape[0], *_windows(settings, shape[1:], settings["kernel"]))


def _dense(settings, inputs, weights):
    (shape,), (n_outputs, n_inputs) = inputs, weights["weight"].shape
    _require(shape == (n_inputs,), f"it takes {n_inputs} features, got {shape}")
    _require_length(weights, "bias", n_outputs)
    return (n_outputs,)


def _norm(settings, inputs, weights):
    for role in weights:
        _require_length(weights, role, inputs[0][0])
    _require(1e-12 <= settings["eps"] <= 1, f"eps={settings['eps']}")
    _require(weights["var"].min() >= 0, "a variance is negative")
    return inputs[0]


def _prelu(settings, inputs, weights):
    _require_length(weights, "weight", inputs[0][0])
    return inputs[0]


def _same(settings, inputs, weights):
    return inputs[0]


def _flatten(settings, inputs, weights):
    return (math.prod(inputs[0]),)


def _pairwise(settings, inputs, weights):
    """Two values of one shape, or one of them with one number for each channel."""
    one, other = inputs
    if len(one) == len(other) == 3 and one[0] == other[0]:
        if other[1:] == (1, 1):
            return one
        if one[1:] == (1, 1):
            return other
    _require(one == other, f"it combines shapes {one} and {other}")
    return one


def _concat(settings, inputs, weights):
    _require(len({shape[1:] for shape in inputs}) == 1, "it joins values of several sizes")
    _require(len({len(shape) for shape in inputs}) == 1, "it joins values of several sizes")
    return (sum(shape[0] for shape in inputs), *inputs[0][1:])


def _require_length(weights, role, length):
    if role in weights:
        _require(weights[role].shape == (length,), f"{role} is not made of {length} numbers")


def _require(holds, problem):
    if not holds:
        raise ValueError(problem)


_WINDOW = ("kernel", "stride", "pads")
_KINDS = {
    "add": _Kind(_pairwise, n_inputs=(2, 2)),
    "concat": _Kind(_concat, n_inputs=(2, _MAX_INPUTS)),
    "conv": _Kind(_conv, ("weight",), ("bias",), ("stride", "pads", "dilation", "groups")),
    "dense": _Kind(_dense, ("weight",), ("bias",)),
    "elu": _Kind(_same, factors=("alpha",)),
    "flatten": _Kind(_flatten),
    "leaky_relu": _Kind(_same, factors=("alpha",)),
    "max_pool": _Kind(_pool, integers=_WINDOW),
    "mean_pool": _Kind(_pool, integers=_WINDOW),
    "multiply": _Kind(_pairwise, n_inputs=(2, 2)),
    "norm": _Kind(_norm, ("mean", "var"), ("weight", "bias"), factors=("eps",)),
    "prelu": _Kind(_prelu, ("weight",)),
    "relu": _Kind(_same),
    "sigmoid": _Kind(_same),
    "tanh": _Kind(_same),
}
