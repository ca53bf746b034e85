"""Networks that train quickly."""

from torch import nn


def tiny(n_classes, image_shape):
    """Two layers, for images of any shape."""
    height, width = image_shape
    return nn.Sequential(
        nn.Flatten(), nn.Linear(height * width, 32), nn.ReLU(), nn.Linear(32, n_classes)
    )


def small(n_classes, image_shape):
    """A convolution, batch normalisation, dropout: layers with a state or random numbers."""
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, stride=2, padding=1),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(4),
        nn.Flatten(),
        nn.Dropout(0.2),
        nn.Linear(128, n_classes),
    )


def with_gelu(n_classes, image_shape):
    """A layer that OpenCV is not told how to compute."""
    height, width = image_shape
    return nn.Sequential(nn.Flatten(), nn.GELU(), nn.Linear(height * width, n_classes))


def without_dense(n_classes, image_shape):
    """Convolutions only."""
    return nn.Sequential(
        nn.Conv2d(1, n_classes, 3), nn.BatchNorm2d(n_classes), nn.AdaptiveAvgPool2d(1), nn.Flatten()
    )
