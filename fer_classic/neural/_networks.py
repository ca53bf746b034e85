"""The library's own networks: squeeze-and-excite residual networks for small grey faces."""

import math

import torch
from torch import nn

__all__ = ["compact", "narrow", "wide"]


class _SqueezeExcite(nn.Module):
    """Weigh the channels by what the whole image holds (Hu, Shen, Sun: CVPR 2018)."""

    def __init__(self, channels, reduction=8):
        super().__init__()
        hidden = max(8, channels // reduction)
        self.weigh = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(channels, hidden, 1),
            nn.ReLU(),
            nn.Conv2d(hidden, channels, 1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return x * self.weigh(x)


class _Residual(nn.Module):
    """Two 3x3 convolutions with a shortcut (He, Zhang, Ren, Sun: CVPR 2016)."""

    def __init__(self, channels_in, channels, stride):
        super().__init__()
        self.residual = nn.Sequential(
            nn.Conv2d(channels_in, channels, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            _SqueezeExcite(channels),
        )
        self.shortcut = nn.Sequential()
        if stride > 1:
            self.shortcut.append(
                nn.AvgPool2d(stride, ceil_mode=True, count_include_pad=False),
            )
        if channels_in != channels:
            self.shortcut.append(nn.Conv2d(channels_in, channels, 1, bias=False))
            self.shortcut.append(nn.BatchNorm2d(channels))

    def forward(self, x):
        return torch.relu(self.shortcut(x) + self.residual(x))


class _ResidualNetwork(nn.Sequential):
    """Stages of residual blocks, each at half the size of the one before, and a dense layer.

    The full size sees one cheap layer only, since time goes with the area. The dense layer knows
    where in the face something was found: with a mean over all places in its stead, the usual end
    of a residual network, a hundred steps on FER2013 hardly leave chance.
    """

    def __init__(self, n_classes, image_shape, *, widths, depths, dropout, first=32):
        kept, dense = 32, 128
        layers = [*_convolution(1, first, 3)]
        channels = first
        for width, depth in zip(widths, depths, strict=True):
            for block in range(depth):
                layers.append(_Residual(channels, width, stride=2 if block == 0 else 1))
                channels = width
        places = [-(-side // 2 ** len(widths)) for side in image_shape]
        super().__init__(
            *layers,
            *_convolution(channels, kept, 1),
            # The pooling does nothing but to smaller images, for progressive resizing.
            nn.Sequential(nn.AdaptiveAvgPool2d(tuple(places)), nn.Flatten()),
            nn.Linear(kept * math.prod(places), dense, bias=False),
            nn.BatchNorm1d(dense),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(dense, n_classes),
        )
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")


def _convolution(channels_in, channels, size):
    convolution = nn.Conv2d(channels_in, channels, size, padding=size // 2, bias=False)
    return convolution, nn.BatchNorm2d(channels), nn.ReLU()


def compact(n_classes, image_shape):
    """Residual network of 14 layers for a CPU.

    For seven classes 926,083 parameters; for one image of 48x48 pixels 102.0 million
    multiply-accumulates.

    Parameters
    ----------
    n_classes : int
    image_shape : tuple of two int
        ``(h, w)``.

    Returns
    -------
    network : torch.nn.Module
        From ``(n, 1, h, w)`` to ``(n, n_classes)`` scores.
    """
    return _ResidualNetwork(
        n_classes, image_shape, widths=(48, 96, 160), depths=(2, 2, 1), dropout=0.3
    )


def narrow(n_classes, image_shape):
    """Residual network of 14 layers, where time matters more than accuracy.

    For seven classes 304,465 parameters; for one image of 48x48 pixels 16.3 million
    multiply-accumulates.

    Parameters
    ----------
    n_classes : int
    image_shape : tuple of two int
        ``(h, w)``.

    Returns
    -------
    network : torch.nn.Module
        From ``(n, 1, h, w)`` to ``(n, n_classes)`` scores.
    """
    return _ResidualNetwork(
        n_classes, image_shape, widths=(16, 40, 80), depths=(2, 2, 1), dropout=0.1, first=16
    )


def wide(n_classes, image_shape):
    """Residual network of 16 layers, where accuracy matters more than time.

    For seven classes 4,850,683 parameters; for one image of 48x48 pixels 426.8 million
    multiply-accumulates.

    Parameters
    ----------
    n_classes : int
    image_shape : tuple of two int
        ``(h, w)``.

    Returns
    -------
    network : torch.nn.Module
        From ``(n, 1, h, w)`` to ``(n, n_classes)`` scores.
    """
    return _ResidualNetwork(
        n_classes, image_shape, widths=(96, 176, 320), depths=(2, 2, 2), dropout=0.4
    )
