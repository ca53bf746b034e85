"""From the name of a network, or a function of the user's own, to a module that fits the images."""

import os
from functools import cache, partial

from fer_classic.exceptions import MissingDependencyError, UnknownNameError
from fer_classic.utils._optional import import_optional

__all__ = ["NETWORKS", "SAVED_EARLIER", "import_torch", "make_network", "prediction_device"]

NETWORKS = ("compact", "narrow", "wide", "elu_vgg", "conv1x1_prelu", "plain3", "four_block")
"""Names of the networks: the library's own three, then four that are often copied."""


SAVED_EARLIER = (
    "a network in a model file of an earlier version (where torch is installed, fer-classic "
    "convert makes a file of it that predicts without)"
)
"""What needs torch, where a file does not say what its network computes."""


def import_torch(*, purpose="training a convolutional network"):
    """Import torch, or say how to install it."""
    torch = import_optional("torch", extra="cnn", purpose=purpose)
    _compute_after_forks(torch)
    return torch


@cache
def _compute_after_forks(torch):
    """Let the children that this process forks compute in one thread, in place of never.

    A fork copies only the thread that calls it. OpenMP does not notice, and a child waits for ever
    for the threads that its parent has used.
    """
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=partial(torch.set_num_threads, 1))


def prediction_device(name, *, needed):
    """Find where torch makes the predictions of a fitted network, if it does.

    Parameters
    ----------
    name : str
        Parameter ``device`` of the classifier.
    needed : bool
        Whether the network is one that OpenCV cannot compute.

    Returns
    -------
    device : torch.device or None
        None where OpenCV makes them: a GPU must be named, and be there.

    Raises
    ------
    MissingDependencyError
        If torch is needed and not installed.
    """
    if not needed and name in ("auto", "cpu"):
        return None
    try:
        import_torch(purpose="a network with layers that OpenCV does not compute")
    except MissingDependencyError:
        if needed:
            raise
        return None
    from fer_classic.neural._device import choose_device

    device = choose_device(name, fallback=True)
    return device if needed or device.type != "cpu" else None


def make_network(network="compact", *, n_classes=7, image_shape=(48, 48)):
    """Build a network with fresh weights.

    Parameters
    ----------
    network : str or callable, default="compact"
        One of :data:`NETWORKS`, or ``function(n_classes, image_shape)`` that returns a
        ``torch.nn.Module`` from images ``(n, 1, h, w)`` to scores ``(n, n_classes)``.
    n_classes : int, default=7
        Number of classes.
    image_shape : tuple of two int, default=(48, 48)
        ``(h, w)`` of the images in pixels.

    Returns
    -------
    module : torch.nn.Module

    Raises
    ------
    UnknownNameError
        If there is no network of that name.
    ValueError
        If the images are too small for the network, or what the function returned is no network
        for such images and classes.
    MissingDependencyError
        If torch is not installed.
    """
    torch = import_torch()
    from fer_classic.neural import _baselines, _networks

    if callable(network):
        module = network(n_classes, image_shape)
        _check(torch, module, n_classes, image_shape)
        return module
    if network not in NETWORKS:
        raise UnknownNameError("network", network, NETWORKS)
    home = _networks if hasattr(_networks, network) else _baselines
    return getattr(home, network)(n_classes, image_shape)


def _check(torch, module, n_classes, image_shape):
    """Raise ValueError unless a module of the user's takes such images and gives such scores."""
    if not isinstance(module, torch.nn.Module):
        raise ValueError(
            f"network must return a torch.nn.Module, but it returned a {type(module).__name__}."
        )
    mode = module.training
    try:
        with torch.inference_mode():
            scores = module.eval()(torch.zeros(2, 1, *image_shape))
    except RuntimeError as error:
        raise ValueError(
            f"the network does not take images of shape {image_shape}: {error}"
        ) from error
    finally:
        module.train(mode)
    if scores.shape != (2, n_classes):
        raise ValueError(
            f"the network must give scores of shape (n, {n_classes}), one for each class; for 2 "
            f"images it gave {tuple(scores.shape)}."
        )
