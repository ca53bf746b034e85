"""Images as a network takes them."""

import math

import numpy as np
import torch

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
        Mean and standard deviation of all pixels, integers being scaled by 1/255; computed from
        ``positions`` by default.
    positions : ndarray of int, optional
        The images that are looked at for that; all by default.
    """

    def __init__(self, values, *, mean=None, scale=None, positions=None):
        self.values = values
        if mean is None:
            mean, scale = self._moments(np.arange(len(values)) if positions is None else positions)
        self.mean, self.scale = mean, scale

    def _moments(self, positions):
        # In blocks, since the squares of a whole data set would take eight times its memory.
        blocks = [positions[k : k + _BLOCK] for k in range(0, len(positions), _BLOCK)]
        means = [to_unit(self.values[block]).mean(dtype=np.float64) for block in blocks]
        mean = float(np.average(means, weights=list(map(len, blocks))))
        squares = [((to_unit(self.values[block]) - mean) ** 2).mean() for block in blocks]
        variance = float(np.average(squares, weights=list(map(len, blocks))))
        return mean, math.sqrt(variance) if variance > 0 else 1.0

    def batch(self, positions, device):
        """Give images as a tensor of shape ``(n, 1, h, w)``."""
        units = (to_unit(self.values[positions]) - np.float32(self.mean)) / np.float32(self.scale)
        images = torch.from_numpy(units).unsqueeze(1).to(device)
        return images.contiguous(memory_format=torch.channels_last)

    def blocks(self, positions, device):
        """Give images block by block."""
        for start in range(0, len(positions), _BLOCK):
            yield self.batch(positions[start : start + _BLOCK], device)
