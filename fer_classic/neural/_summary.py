"""What a network is made of, as text."""

from typing import NamedTuple

from fer_classic.neural._build import import_torch, make_network

__all__ = ["Layer", "layers_of", "network_summary"]


class Layer(NamedTuple):
    """One layer of a network.

    Parameters
    ----------
    name : str
        Path of the layer in the network.
    kind : str
        Name of its type.
    shape : tuple of int
        Shape of what it gives for one image.
    parameters : int
        Number of its weights.
    macs : int
        Multiply-accumulates for one image; those of convolutions and linear layers are counted.
    """

    name: str
    kind: str
    shape: tuple
    parameters: int
    macs: int


def layers_of(module, image_shape):
    """List the layers of a network in the order in which an image passes them.

    Parameters
    ----------
    module : torch.nn.Module
        From ``(n, 1, h, w)`` to scores.
    image_shape : tuple of two int
        ``(h, w)`` of the images.

    Returns
    -------
    layers : list of Layer
    """
    torch = import_torch()
    layers, hooks, counted = [], [], (torch.nn.Conv2d, torch.nn.Linear)

    def note(name):
        def hook(layer, _, output):
            macs = output.numel() * layer.weight[0].numel() if isinstance(layer, counted) else 0
            count = sum(parameter.numel() for parameter in layer.parameters())
            shape = tuple(output.shape[1:])
            layers.append(Layer(name, type(layer).__name__, shape, count, macs))

        return hook

    for name, layer in module.named_modules():
        if not any(True for _ in layer.children()):
            hooks.append(layer.register_forward_hook(note(name)))
    mode = module.training
    try:
        with torch.inference_mode():
            module.eval()(torch.zeros(1, 1, *image_shape))
    finally:
        module.train(mode)
        for hook in hooks:
            hook.remove()
    return layers


def network_summary(network="compact", *, n_classes=7, image_shape=(48, 48)):
    """Describe a network: its layers, their output, parameters and multiply-accumulates.

    Parameters
    ----------
    network : str or callable, default="compact"
        As in :func:`make_network`.
    n_classes : int, default=7
        Number of classes.
    image_shape : tuple of two int, default=(48, 48)
        ``(h, w)`` of the images in pixels.

    Returns
    -------
    summary : str
        A table with a row for each layer, and the sums.

    Raises
    ------
    UnknownNameError, ValueError, MissingDependencyError
        As :func:`make_network` does.
    """
    layers = layers_of(
        make_network(network, n_classes=n_classes, image_shape=image_shape), image_shape
    )
    rows = [("layer", "type", "output", "parameters", "multiply-accumulates")]
    rows += [
        (
            layer.name or "(all)",
            layer.kind,
            "x".join(map(str, layer.shape)),
            f"{layer.parameters:,}" if layer.parameters else "",
            f"{layer.macs:,}" if layer.macs else "",
        )
        for layer in layers
    ]
    totals = (sum(layer.parameters for layer in layers), sum(layer.macs for layer in layers))
    rows.append(("total", "", "", *(f"{total:,}" for total in totals)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if place < 3 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join(lines)
