"""Canvas in face units: filled contours, strokes and Gaussian bumps as arrays."""

import math
from functools import lru_cache
from operator import itemgetter

import numpy as np

from fer_classic.utils._opencv import cv2

__all__ = ["Canvas"]

_SHIFT = 6  # binary digits of OpenCV's fixed-point coordinates
_TILE = 5.0  # face units after which the texture repeats


class Canvas:
    """A rectangle of the face plane, divided into square pixels.

    Parameters
    ----------
    window : tuple of four float
        ``left, top, right, bottom`` in face units.
    scale : float
        Pixels per face unit.
    """

    def __init__(self, window, scale):
        left, top, right, bottom = window
        self.scale = scale
        self.origin = np.array([left, top])
        self.shape = (round((bottom - top) * scale), round((right - left) * scale))
        self.x = (left + (np.arange(self.shape[1], dtype=np.float32) + 0.5) / scale)[None, :]
        self.y = (top + (np.arange(self.shape[0], dtype=np.float32) + 0.5) / scale)[:, None]

    def to_pixels(self, points):
        """Convert points to pixel coordinates; the centre of the first pixel is (0, 0)."""
        return (np.asarray(points, dtype=float) - self.origin) * self.scale - 0.5

    def fill(self, *contours, blur=0.0):
        """Return the coverage, 0 to 1, of the interior of closed contours."""
        mask = np.zeros(self.shape, np.uint8)
        cv2.fillPoly(mask, [self._fixed(contour) for contour in contours], 255, cv2.LINE_AA, _SHIFT)
        return self._soften(mask, blur)

    def stroke(self, *curves, width, blur=0.0):
        """Return the coverage, 0 to 1, of lines of one width."""
        mask = np.zeros(self.shape, np.uint8)
        thickness = max(1, round(width * self.scale))
        fixed = [self._fixed(curve) for curve in curves]
        cv2.polylines(mask, fixed, False, 255, thickness, cv2.LINE_AA, _SHIFT)
        return self._soften(mask, blur)

    def creases(self, weighted_curves, *, width, blur=0.0):
        """Return lines tapering at both ends, with weights of 0 to 2; the maximum counts."""
        mask = np.zeros(self.shape, np.uint8)
        for curve, weight in sorted(weighted_curves, key=itemgetter(1)):
            grey = min(round(127.5 * weight), 255)
            if grey > 0:
                contour = self._fixed(_taper(curve, width))
                cv2.fillPoly(mask, [contour], grey, cv2.LINE_AA, _SHIFT)
        return 2.0 * self._soften(mask, blur)

    def bump(self, center, spread):
        """Return a Gaussian of height 1 with standard deviations ``spread`` in x and y."""
        # Python floats, since NumPy floats would promote the result to float64.
        cx, cy = (float(coordinate) for coordinate in center)
        sx, sy = spread
        return np.exp(-0.5 * ((self.y - cy) / sy) ** 2) * np.exp(-0.5 * ((self.x - cx) / sx) ** 2)

    def blur(self, sheet, sigma):
        """Blur an array by a Gaussian of ``sigma`` face units."""
        return cv2.GaussianBlur(sheet, (0, 0), sigma * self.scale)

    def grain(self, seed, lump):
        """Return smooth noise of unit variance that is fixed to the face plane.

        ``lump`` is its correlation length in x and y.
        """
        side = round(_TILE * self.scale)
        sigmas = tuple(max(size * self.scale, 0.3) for size in lump)
        left, top = np.rint(self.origin * self.scale).astype(int)
        rows = (top + np.arange(self.shape[0])) % side
        columns = (left + np.arange(self.shape[1])) % side
        return _grain_tile(seed, side, sigmas)[np.ix_(rows, columns)]

    def _fixed(self, curve):
        return np.rint(self.to_pixels(curve) * 2**_SHIFT).astype(np.int32)[:, None]

    def _soften(self, mask, blur):
        mask = mask.astype(np.float32) / np.float32(255.0)
        return self.blur(mask, blur) if blur else mask


@lru_cache(maxsize=32)
def _grain_tile(seed, side, sigmas):
    noise = np.random.default_rng(seed).standard_normal((side, side), dtype=np.float32)
    # Wrapped borders make the tile seamless.
    margin = math.ceil(4 * max(sigmas))
    noise = cv2.copyMakeBorder(noise, *[margin] * 4, cv2.BORDER_WRAP)
    noise = cv2.GaussianBlur(noise, (0, 0), sigmaX=sigmas[0], sigmaY=sigmas[1])
    noise = noise[margin:-margin, margin:-margin]
    return noise / noise.std()


def _taper(curve, width):
    """Return the contour of a line of ``width`` in its middle, tapering to its ends."""
    step = np.empty_like(curve)
    step[1:-1] = curve[2:] - curve[:-2]
    step[0], step[-1] = curve[1] - curve[0], curve[-1] - curve[-2]
    normal = step[:, ::-1] * (-1.0, 1.0) / np.hypot(*step.T)[:, None]
    half = 0.5 * width * np.sqrt(np.abs(np.sin(np.linspace(0.0, np.pi, len(curve)))))
    offset = half[:, None] * normal
    return np.concatenate([curve + offset, (curve - offset)[::-1]])
