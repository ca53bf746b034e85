"""A fitted network that computes with torch: on a GPU, or where OpenCV cannot."""

import warnings

import numpy as np
import torch
from scipy.special import softmax

from fer_classic.exceptions import FerClassicWarning
from fer_classic.neural._opencv import OpenCVNetwork
from fer_classic.neural._trace import UntraceableError, trace_layers

__all__ = ["compute_with_torch", "describe_network"]

_TOLERANCE = 1e-4
_N_TRIED = 4


def compute_with_torch(module, images, *, device, embedding=False):
    """Compute scores, or what the last dense layer reads.

    Parameters
    ----------
    module : torch.nn.Module
        In evaluation mode.
    images : ndarray of shape (n, h, w), float32
        Standardised images.
    device : torch.device
    embedding : bool, default=False

    Returns
    -------
    values : ndarray of shape (n, n_values), float32

    Raises
    ------
    ValueError
        If an embedding is wanted of a network without a dense layer.
    """
    module = module.to(device, memory_format=torch.channels_last)
    batch = torch.from_numpy(images).unsqueeze(1).to(device)
    read = []
    hooks = [
        layer.register_forward_pre_hook(lambda _, inputs: read.append(inputs[0]))
        for layer in module.modules()
        if embedding and isinstance(layer, torch.nn.Linear)
    ]
    try:
        with torch.inference_mode():
            values = module(batch.contiguous(memory_format=torch.channels_last))
    finally:
        for hook in hooks:
            hook.remove()
    if embedding:
        if not read:
            raise ValueError(
                "the network has no dense layer, and so no embedding before the last one"
            )
        values = read[-1].flatten(1)
    return values.cpu().numpy()


def describe_network(module, state, image_shape):
    """Describe a network so that OpenCV can compute it, and try whether it does.

    Parameters
    ----------
    module : torch.nn.Module
        In evaluation mode.
    state : dict of str to ndarray
        Its weights.
    image_shape : tuple of two int
        ``(h, w)`` of the images.

    Returns
    -------
    layers : list of dict or None
        None if OpenCV cannot compute the network, or gives other answers.

    Warns
    -----
    FerClassicWarning
        In that case; it says why.
    """
    try:
        layers = trace_layers(module.cpu(), image_shape)
        _compare(module, OpenCVNetwork(layers, state, image_shape), image_shape)
    except Exception as error:  # a network of the user's can hold anything
        problem = error if isinstance(error, UntraceableError) else f"OpenCV fails ({error})"
        warnings.warn(
            f"the network can be used with torch only: {problem}. Predictions need the extra "
            '"cnn".',
            FerClassicWarning,
            stacklevel=4,
        )
        return None
    return layers


def _compare(module, network, image_shape):
    noise = np.random.default_rng(0).normal(size=(_N_TRIED, *image_shape)).astype(np.float32)
    expected = softmax(compute_with_torch(module, noise, device=torch.device("cpu")), axis=1)
    difference = np.abs(softmax(network(noise), axis=1) - expected).max()
    if not difference <= _TOLERANCE:
        raise UntraceableError(f"OpenCV's answers differ by {difference:.2g}")
