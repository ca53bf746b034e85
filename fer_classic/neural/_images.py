"""Images as a network takes them."""

import math

import numpy as np
import torch

from fer_classic.neural._standardize import standardize
from fer_classic.units import to_unit

__all__ = ["Images"]

# Images that are taken at a time where no gradients are kept.
_BLOCK = 256


class Images:
    """Images in their own dtype, standardised when they are asked for.

    Parameters
    ----------
    values : ndarray of shape (n, h, w)
        Images.
    mean, scale : float, optional
        Mean and standard deviation by which they are standardised, integers being scaled by
        1/255; without them each image by its own.
    """

    def __init__(self, values, *, mean=None, scale=None):
        self.values, self.mean, self.scale = values, mean, scale

    @classmethod
    def of_training(cls, values, positions):
        """Images that are standardised by the pixels of those at ``positions``."""
        mean, scale = _moments(values, positions)
        return cls(values, mean=mean, scale=scale)

    def batch(self, positions, device, change=None):
        """Give images as a tensor of shape ``(n, 1, h, w)``.

        ``change`` is a function of the pixels, in 0-1, that is applied before they are
        standardised.
        """
        units = to_unit(self.values[positions])
        units = units if change is None else change(units)
        units = standardize(units, self.mean, self.scale)
        images = torch.from_numpy(units).unsqueeze(1).to(device)
        return images.contiguous(memory_format=torch.channels_last)

    def blocks(self, positions, device, change=None):
        """Give images block by block, as :meth:`batch` does."""
        for start in range(0, len(positions), _BLOCK):
            yield self.batch(positions[start : start + _BLOCK], device, change)


def _moments(values, positions):
    # In blocks, since the squares of a whole data set would take eight times its memory.
    blocks = [positions[k : k + _BLOCK] for k in range(0, len(positions), _BLOCK)]
    means = [to_unit(values[block]).mean(dtype=np.float64) for block in blocks]
    mean = float(np.average(means, weights=list(map(len, blocks))))
    squares = [((to_unit(values[block]) - mean) ** 2).mean() for block in blocks]
    variance = float(np.average(squares, weights=list(map(len, blocks))))
    return mean, math.sqrt(variance) if variance > 0 else 1.0
