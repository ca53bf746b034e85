"""From a torch module to a list of layers that needs no torch."""

from functools import partial

import torch
from torch import fx, nn
from torch.fx.passes.shape_prop import ShapeProp

__all__ = ["UntraceableError", "trace_layers"]


class UntraceableError(Exception):
    """A network has a layer that cannot be described."""


def trace_layers(module, image_shape):
    """Describe a network.

    Parameters
    ----------
    module : torch.nn.Module
        In evaluation mode, on the CPU.
    image_shape : tuple of two int
        ``(h, w)`` of the images.

    Returns
    -------
    layers : list of dict
        See :mod:`~fer_classic.neural._layers`; weights go by the names of ``state_dict()``.

    Raises
    ------
    UntraceableError
        If it does what layers cannot, such as to decide by what the image holds.
    """
    images = torch.zeros(2, 1, *image_shape)
    try:
        graph = fx.symbolic_trace(module)
        with torch.no_grad():
            ShapeProp(graph).propagate(images)
    except Exception as error:  # a module of the user's can do anything
        reason = str(error).partition("\n")[0]
        raise UntraceableError(
            f"it cannot be followed ({type(error).__name__}: {reason})"
        ) from error
    tracer = _Tracer(graph)
    for node in graph.graph.nodes:
        tracer.visit(node)
    return tracer.layers


class _Tracer:
    def __init__(self, graph):
        self.modules, self.layers = dict(graph.named_modules()), []
        # Of each node that gives a tensor, the position of its value.
        self.values = {}

    def visit(self, node):
        shape = _shape(node)
        if node.op == "placeholder":
            self.values[node] = 0
        elif node.op == "output":
            if self.values.get(node.args[0]) != len(self.layers):
                raise UntraceableError("it gives something else than its last value")
        elif shape is None and node.op != "get_attr":
            return  # a size or another number, which the shapes hold as well
        else:
            self.values[node] = self._describe(node, shape)

    def _describe(self, node, shape):
        if node.op == "call_module":
            layer = self.modules[node.target]
            describe, name = _MODULES.get(type(layer)), type(layer).__name__
            arguments, given = (layer, node.target), node.args
        else:
            name = getattr(node.target, "__name__", str(node.target))
            describe, arguments = _FUNCTIONS.get(name if node.op != "get_attr" else None), ()
            given = node.args
        if describe is None:
            raise UntraceableError(f"{name} ({node.name}) is not among the layers that it knows")
        inputs = [k for k in self._flat(given) if k in self.values]
        sources = [self.values[k] for k in inputs]
        layers = describe(node, *arguments, shapes=([_shape(k) for k in inputs], shape))
        for kind, weights, settings in layers:
            self.layers.append(
                {"kind": kind, "inputs": sources, "weights": weights, "settings": settings}
            )
            # Further ones, if any, work on what the one before gave.
            sources = [len(self.layers)]
        return sources[0]

    def _flat(self, arguments):
        for argument in arguments:
            if isinstance(argument, list | tuple):
                yield from self._flat(argument)
            elif isinstance(argument, fx.Node):
                yield argument


def _shape(node):
    """Give the shape of a tensor for one image, or None if the node gives another thing."""
    meta = node.meta.get("tensor_meta")
    return tuple(meta.shape[1:]) if hasattr(meta, "shape") else None


def _require(holds, problem):
    if not holds:
        raise UntraceableError(problem)


def _pair(value):
    return list(value) if isinstance(value, list | tuple) else [value, value]


def _weights(layer, path, **roles):
    prefix = f"{path}."
    return {role: prefix + n for role, n in roles.items() if getattr(layer, n) is not None}


def _windows(before, after, kernel, stride, start):
    """Padding on all four sides, at the end as much as the last window needs."""
    ends = [
        max(0, (out - 1) * step + length - side - first)
        for side, out, length, step, first in zip(
            before[1:], after[1:], kernel, stride, start, strict=True
        )
    ]
    return [*start, *ends]


def _conv(node, layer, path, *, shapes):
    ((before,), after) = shapes
    _require(layer.padding_mode == "zeros", f"{path} pads with {layer.padding_mode}")
    dilation, stride = list(layer.dilation), list(layer.stride)
    reach = [d * (k - 1) + 1 for d, k in zip(dilation, layer.kernel_size, strict=True)]
    if isinstance(layer.padding, str):
        start = [(r - 1) // 2 if layer.padding == "same" else 0 for r in reach]
    else:
        start = list(layer.padding)
    settings = {
        "stride": stride,
        "pads": _windows(before, after, reach, stride, start),
        "dilation": dilation,
        "groups": [layer.groups],
    }
    return [("conv", _weights(layer, path, weight="weight", bias="bias"), settings)]


def _pool(kind, node, layer, path, *, shapes):
    ((before,), after) = shapes
    kernel, start = _pair(layer.kernel_size), _pair(layer.padding)
    stride = _pair(layer.stride)
    if kind == "max_pool":
        plain = _pair(layer.dilation) == [1, 1] and not layer.return_indices
    else:
        pads = _windows(before, after, kernel, stride, start)
        plain = layer.divisor_override is None
        plain = plain and (not any(pads) or not layer.count_include_pad)
    _require(plain, f"{path} pools in a way that it does not know")
    pads = _windows(before, after, kernel, stride, start)
    return [(kind, {}, {"kernel": kernel, "stride": stride, "pads": pads})]


def _adaptive(kind, node, layer, path, *, shapes):
    ((before,), after) = shapes
    if before == after:
        return []
    divided = all(a % b == 0 for a, b in zip(before[1:], after[1:], strict=True))
    _require(divided, f"{path} makes {after[1:]} of {before[1:]}, which does not divide")
    kernel = [a // b for a, b in zip(before[1:], after[1:], strict=True)]
    return [(kind, {}, {"kernel": kernel, "stride": kernel, "pads": [0] * 4})]


def _dense(node, layer, path, *, shapes):
    return [("dense", _weights(layer, path, weight="weight", bias="bias"), {})]


def _norm(node, layer, path, *, shapes):
    _require(layer.running_mean is not None, f"{path} normalises by the batch")
    roles = {"mean": "running_mean", "var": "running_var", "weight": "weight", "bias": "bias"}
    return [("norm", _weights(layer, path, **roles), {"eps": float(layer.eps)})]


def _prelu(node, layer, path, *, shapes):
    _require(layer.num_parameters == shapes[1][0], f"{path} has one slope for all channels")
    return [("prelu", _weights(layer, path, weight="weight"), {})]


def _plain(kind, node, *layer, shapes):
    return [(kind, {}, {})]


def _nothing(node, *layer, shapes):
    return []


def _with_alpha(kind, name, node, layer, path, *, shapes):
    return [(kind, {}, {"alpha": float(getattr(layer, name))})]


def _flatten(node, *layer, shapes):
    ((before, *_), after) = shapes
    if before == after:
        return []
    _require(after == (torch.Size(before).numel(),), f"{node.name} makes {after} of {before}")
    return [("flatten", {}, {})]


def _pairwise(kind, node, *, shapes):
    _require(len(shapes[0]) == 2 and not node.kwargs, f"{node.name} has a number in it")
    return [(kind, {}, {})]


def _concat(node, *, shapes):
    axis = node.kwargs.get("dim", node.args[1] if len(node.args) > 1 else 0)
    _require(axis in (1, -len(shapes[1])), f"{node.name} joins along axis {axis}")
    return [("concat", {}, {})]


_MODULES = {
    nn.AdaptiveAvgPool2d: partial(_adaptive, "mean_pool"),
    nn.AdaptiveMaxPool2d: partial(_adaptive, "max_pool"),
    nn.AvgPool2d: partial(_pool, "mean_pool"),
    nn.BatchNorm1d: _norm,
    nn.BatchNorm2d: _norm,
    nn.Conv2d: _conv,
    nn.Dropout: _nothing,
    nn.Dropout2d: _nothing,
    nn.ELU: partial(_with_alpha, "elu", "alpha"),
    nn.Flatten: _flatten,
    nn.Identity: _nothing,
    nn.LeakyReLU: partial(_with_alpha, "leaky_relu", "negative_slope"),
    nn.Linear: _dense,
    nn.MaxPool2d: partial(_pool, "max_pool"),
    nn.PReLU: _prelu,
    nn.ReLU: partial(_plain, "relu"),
    nn.Sequential: _nothing,
    nn.Sigmoid: partial(_plain, "sigmoid"),
    nn.Tanh: partial(_plain, "tanh"),
}
_FUNCTIONS = {
    "add": partial(_pairwise, "add"),
    "cat": _concat,
    "dropout": _nothing,
    "flatten": _flatten,
    "mul": partial(_pairwise, "multiply"),
    "relu": partial(_plain, "relu"),
    "reshape": _flatten,
    "sigmoid": partial(_plain, "sigmoid"),
    "tanh": partial(_plain, "tanh"),
    "view": _flatten,
}
