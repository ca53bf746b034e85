"""Progressive resizing: the first epochs of a training see smaller images."""

from numbers import Real

import torch
from torch.nn import functional

__all__ = ["Resizing"]

# Networks do not take images of fewer pixels a side than this.
_MIN_SIDE = 8


class Resizing:
    """Sizes of the training images, epoch by epoch.

    Parameters
    ----------
    shares : sequence of float or None
        Sizes as shares of the full side, each for an equal part of the epochs; the last one is 1.
        With fewer epochs than sizes, some sizes are left out, but not the last one.
    image_shape : tuple of two int
        ``(h, w)`` of the images.
    n_epochs : int

    Raises
    ------
    ValueError
        If the shares are not as described.
    """

    def __init__(self, shares, image_shape, n_epochs):
        shares = [1.0] if shares is None else list(shares)
        proper = all(isinstance(share, Real) and 0 < share <= 1 for share in shares)
        if not (shares and proper and shares[-1] == 1):
            raise ValueError(
                "progressive_resizing must be shares of the image's side above 0 and up to 1, the "
                f"last one 1, such as (0.5, 0.75, 1); got {tuple(shares)}."
            )
        self._shapes = [
            tuple(max(round(share * side), min(side, _MIN_SIDE)) for side in image_shape)
            for share in shares
        ]
        self._n_epochs = n_epochs

    def shape(self, epoch):
        """Give the size of an epoch, counted from 1."""
        n_sizes, left = len(self._shapes), self._n_epochs - epoch
        return self._shapes[n_sizes - 1 - left * n_sizes // self._n_epochs]

    def is_full(self, epoch):
        """Say whether an epoch sees images of full size."""
        return self.shape(epoch) == self._shapes[-1]

    @property
    def n_smaller(self):
        """Number of epochs up to the last one of smaller images."""
        epochs = range(self._n_epochs, 0, -1)
        return next((epoch for epoch in epochs if not self.is_full(epoch)), 0)

    def apply(self, images, epoch):
        """Resize a batch ``(n, 1, h, w)`` to the size of an epoch."""
        shape = self.shape(epoch)
        if images.shape[2:] == shape:
            return images
        return functional.interpolate(images, shape, mode="bilinear", antialias=True)

    def check(self, module, device):
        """Raise ValueError unless a network takes images of all the sizes."""
        training = module.training
        module.eval()
        try:
            for shape in dict.fromkeys(self._shapes[:-1]):
                with torch.inference_mode():
                    module(torch.zeros(1, 1, *shape, device=device))
        except RuntimeError as error:
            raise ValueError(
                f"progressive_resizing asks for images of shape {shape}, which this network does "
                f"not take: {error}"
            ) from error
        finally:
            module.train(training)
