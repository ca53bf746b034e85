"""Four small networks that tutorials and repositories copy from each other, as published."""

from torch import nn

__all__ = ["conv1x1_prelu", "elu_vgg", "four_block", "plain3"]


def _after_pooling(image_shape, n_poolings):
    """Number of pixels that are left of an image after it was halved several times."""
    reduction = 2**n_poolings
    height, width = image_shape
    if min(height, width) < reduction:
        raise ValueError(
            f"this network halves images {n_poolings} times and needs {reduction}x{reduction} "
            f"pixels or more, got images of shape {(height, width)}; use larger images, or "
            "another network ('compact' takes any size)."
        )
    return (height // reduction) * (width // reduction)


def elu_vgg(n_classes, image_shape):
    """Three blocks of two 3x3 convolutions with exponential linear units.

    For seven classes 2,326,983 parameters; for one image of 48x48 pixels 342.2 million
    multiply-accumulates.

    Parameters
    ----------
    n_classes : int
    image_shape : tuple of two int
        ``(h, w)`` in pixels, 8 or more each.

    Returns
    -------
    network : torch.nn.Module
        From ``(n, 1, h, w)`` to ``(n, n_classes)`` scores.
    """
    layers, channels = [], 1
    for width in (64, 128, 256):
        for _ in range(2):
            layers += [
                nn.Conv2d(channels, width, 3, padding=1),
                nn.ELU(),
                nn.BatchNorm2d(width),
            ]
            channels = width
        layers.append(nn.MaxPool2d(2))
    pixels = _after_pooling(image_shape, 3)
    return nn.Sequential(
        *layers,
        nn.Flatten(),
        nn.Linear(channels * pixels, 128),
        nn.ELU(),
        nn.BatchNorm1d(128),
        nn.Linear(128, n_classes),
    )


def conv1x1_prelu(n_classes, image_shape):
    """A 1x1 convolution, two blocks of 3x3 and 5x5 with PReLU, two large dense layers.

    For seven classes 21,242,439 parameters; for one image of 48x48 pixels 379.7 million
    multiply-accumulates.

    Parameters
    ----------
    n_classes : int
    image_shape : tuple of two int
        ``(h, w)`` in pixels, 4 or more each.

    Returns
    -------
    network : torch.nn.Module
        From ``(n, 1, h, w)`` to ``(n, n_classes)`` scores.

    Notes
    -----
    The units have one slope a channel; Keras, where the network is usually written down, gives
    them one slope a pixel by default.

    References
    ----------
    Kuo, Lai, Sarkis: A compact deep learning model for robust facial expression recognition. CVPR
    Workshops 2018.
    """
    layers, channels = [nn.Conv2d(1, 32, 1), nn.ReLU()], 32
    for _ in range(2):
        layers += [
            nn.Conv2d(channels, 64, 3, padding=1),
            nn.PReLU(64),
            nn.Conv2d(64, 64, 5, padding=2),
            nn.PReLU(64),
            nn.MaxPool2d(2),
        ]
        channels = 64
    pixels = _after_pooling(image_shape, 2)
    return nn.Sequential(
        *layers,
        nn.Flatten(),
        nn.Linear(channels * pixels, 2048),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(2048, 1024),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(1024, n_classes),
    )


def plain3(n_classes, image_shape):
    """Three convolutions, each followed by pooling, and a dense layer.

    For seven classes 683,527 parameters; for one image of 48x48 pixels 22.5 million
    multiply-accumulates.

    Parameters
    ----------
    n_classes : int
    image_shape : tuple of two int
        ``(h, w)`` in pixels, 8 or more each.

    Returns
    -------
    network : torch.nn.Module
        From ``(n, 1, h, w)`` to ``(n, n_classes)`` scores.
    """
    layers, channels = [], 1
    for width in (32, 64, 128):
        layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
        channels = width
    pixels = _after_pooling(image_shape, 3)
    return nn.Sequential(
        *layers,
        nn.Flatten(),
        nn.Linear(channels * pixels, 128),
        nn.ReLU(),
        nn.Dropout(0.25),
        nn.Linear(128, n_classes),
    )


def four_block(n_classes, image_shape):
    """Four blocks of one wide convolution, and two dense layers.

    For seven classes 4,474,759 parameters; for one image of 48x48 pixels 290.5 million
    multiply-accumulates.

    Parameters
    ----------
    n_classes : int
    image_shape : tuple of two int
        ``(h, w)`` in pixels, 16 or more each.

    Returns
    -------
    network : torch.nn.Module
        From ``(n, 1, h, w)`` to ``(n, n_classes)`` scores.
    """
    layers, channels = [], 1
    for width, side in ((64, 3), (128, 5), (512, 3), (512, 3)):
        layers += [
            nn.Conv2d(channels, width, side, padding=side // 2),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Dropout(0.25),
        ]
        channels = width
    layers.append(nn.Flatten())
    features = channels * _after_pooling(image_shape, 4)
    for width in (256, 512):
        layers += [
            nn.Linear(features, width),
            nn.BatchNorm1d(width),
            nn.ReLU(),
            nn.Dropout(0.25),
        ]
        features = width
    return nn.Sequential(*layers, nn.Linear(features, n_classes))
