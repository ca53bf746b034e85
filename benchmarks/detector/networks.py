"""The two small networks of the detector, which say what is a face and where it lies."""

from torch import nn

__all__ = ["CheckNetwork", "LocalContrast", "ProposalNetwork"]


class LocalContrast(nn.Module):
    """Subtract the local mean and divide by the local deviation.

    Parameters
    ----------
    side : int
        Odd side of the square in which both are taken, in pixels.
    floor : float, default=4.0
        Added to the variance, in squared grey levels, so that noise is not blown up.
    """

    def __init__(self, side, floor=4.0):
        super().__init__()
        self.side = side
        self.floor = floor

    def _mean(self, images):
        # Running sums, which cost the same for squares of all sizes.
        for axis in (2, 3):
            sums = nn.functional.pad(
                images.cumsum(axis), (1, 0, 0, 0) if axis == 3 else (0, 0, 1, 0)
            )
            ends = sums.narrow(axis, self.side, sums.shape[axis] - self.side)
            images = (ends - sums.narrow(axis, 0, ends.shape[axis])) / self.side
        return images

    def forward(self, images):
        """Images ``(n, 1, h, w)`` of grey levels in, ``(n, 1, h - side + 1, w - side + 1)`` out."""
        mean = self._mean(images)
        variance = (self._mean(images**2) - mean**2).clamp(min=0)
        half = self.side // 2
        return (images[:, :, half:-half, half:-half] - mean) / (variance + self.floor).sqrt()


class ProposalNetwork(nn.Sequential):
    """Looks at each window of 24 pixels, every 4 pixels; runs on images of any size.

    In go images ``(n, 1, h, w)`` after :class:`LocalContrast`, out come ``(n, 4, h', w')``: the
    logit of a face, the shift of its centre in x and y as shares of the window, and the logarithm
    of its side over the window's.
    """

    side = 24
    stride = 4

    def __init__(self):
        super().__init__(
            nn.Conv2d(1, 8, 4, stride=2),
            nn.PReLU(8),
            nn.Conv2d(8, 16, 3, stride=2),
            nn.PReLU(16),
            nn.Conv2d(16, 20, 3),
            nn.PReLU(20),
            nn.Conv2d(20, 24, 3),
            nn.PReLU(24),
            nn.Conv2d(24, 4, 1),
        )


class CheckNetwork(nn.Sequential):
    """Looks at one window of 40 pixels, whose mean is 0 and whose deviation is 1.

    Out come ``(n, 4, 1, 1)``, as from :class:`ProposalNetwork`.
    """

    side = 40

    def __init__(self):
        super().__init__(
            nn.Conv2d(1, 16, 5, stride=2),
            nn.PReLU(16),
            nn.Conv2d(16, 32, 4, stride=2),
            nn.PReLU(32),
            nn.Conv2d(32, 48, 3),
            nn.PReLU(48),
            nn.Conv2d(48, 64, 3),
            nn.PReLU(64),
            nn.Conv2d(64, 64, 4),
            nn.PReLU(64),
            nn.Dropout(0.2),
            nn.Conv2d(64, 4, 1),
        )
