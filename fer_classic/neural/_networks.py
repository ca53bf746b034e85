"""The library's own networks: squeeze-and-excite residual networks for small grey faces."""

import torch
from torch import nn

__all__ = ["compact", "wide"]


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
    """Two 3x3 convolutions beside a shortcut (He, Zhang, Ren, Sun: CVPR 2016)."""

    def __init__(self, channels_in, channels, stride):
        super().__init__()
        last = nn.BatchNorm2d(channels)
        # Each block begins as the identity, so that the first steps see a shallow network.
        nn.init.zeros_(last.weight)
        self.residual = nn.Sequential(
            nn.Conv2d(channels_in, channels, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            last,
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
    """Stages of residual blocks, each after the first at half the size, and one linear layer."""

    def __init__(self, n_classes, *, widths, depths, dropout):
        layers = [
            nn.Conv2d(1, widths[0], 3, padding=1, bias=False),
            nn.BatchNorm2d(widths[0]),
            nn.ReLU(),
        ]
        channels = widths[0]
        for stage, (width, depth) in enumerate(zip(widths, depths, strict=True)):
            for block in range(depth):
                stride = 2 if stage > 0 and block == 0 else 1
                layers.append(_Residual(channels, width, stride))
                channels = width
        super().__init__(
            *layers,
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Dropout(dropout),
            nn.Linear(channels, n_classes),
        )
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")


def compact(n_classes, image_shape):
    """Residual network of 13 layers for a CPU.

    For seven classes 862,091 parameters; for one image of 48x48 pixels 177.1 million
    multiply-accumulates.

    Parameters
    ----------
    n_classes : int
    image_shape : tuple of two int
        Not looked at: the network takes images of any size.

    Returns
    -------
    network : torch.nn.Module
        From ``(n, 1, h, w)`` to ``(n, n_classes)`` scores.
    """
    return _ResidualNetwork(n_classes, widths=(32, 64, 96, 160), depths=(1, 2, 2, 1), dropout=0.2)


def wide(n_classes, image_shape):
    """Residual network of 17 layers, where accuracy matters more than time.

    For seven classes 3,826,511 parameters; for one image of 48x48 pixels 682.7 million
    multiply-accumulates.

    Parameters
    ----------
    n_classes : int
    image_shape : tuple of two int
        Not looked at: the network takes images of any size.

    Returns
    -------
    network : torch.nn.Module
        From ``(n, 1, h, w)`` to ``(n, n_classes)`` scores.
    """
    return _ResidualNetwork(n_classes, widths=(48, 96, 192, 320), depths=(2, 2, 3, 1), dropout=0.3)
