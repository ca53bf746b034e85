"""Panels, outlines, bars and words on a picture, and where there is room for them."""

import numpy as np

from fer_classic.live.drawing._fonts import draw_text, text_width
from fer_classic.utils._opencv import cv2

__all__ = ["Canvas"]

# The corners of a rounded box, clockwise from the lower right, each with the directions from its
# centre to the points of its arc.
_CORNERS = np.repeat([[1, 1], [-1, 1], [-1, -1], [1, -1]], 9, axis=0)
_ANGLES = np.concatenate([np.linspace(k, k + 1, 9) for k in range(4)]) * np.pi / 2
_ARCS = np.column_stack([np.cos(_ANGLES), np.sin(_ANGLES)])
# Bits of a pixel's fraction in the points given to OpenCV.
_SHIFT = 4


class Canvas:
    """A picture to be drawn on, and the boxes ``x, y, w, h`` in it that are taken."""

    def __init__(self, picture, font):
        self.picture = picture
        self.font = font
        self.taken = []
        # Text of one size would be unreadable on a phone's photo and cover a small one.
        self.size = max(9, round(min(picture.shape[:2]) / 32))

    def corners(self, size):
        """Where a panel begins in each corner of the picture, the upper left one first."""
        margin = self.size // 2
        x, y = np.subtract(self.picture.shape[1::-1], size) - margin
        return [(margin, margin), (margin, y), (x, margin), (x, y)]

    def place(self, size, spots):
        """The first of some spots where a panel covers nothing, or least, and the area covered."""
        spots = np.clip(spots, 0, np.maximum(0, np.subtract(self.picture.shape[1::-1], size)))
        taken = np.array(self.taken).reshape(-1, 4)
        ends = np.minimum(spots[:, np.newaxis] + size, taken[:, :2] + taken[:, 2:])
        shared = ends - np.maximum(spots[:, np.newaxis], taken[:, :2])
        covered = np.clip(shared, 0, None).prod(axis=2).sum(axis=1)
        best = covered.argmin()
        return (*spots[best].tolist(), *size), covered[best]

    def outline(self, box, color, thickness):
        """Draw a rounded box, which may reach beyond the picture; its place is taken."""
        self.taken.append(box)
        points = _rounded(box, min(*box[2:], 4 * self.size) / 8)
        cv2.polylines(self.picture, [points], True, color, thickness, cv2.LINE_AA, _SHIFT)

    def panel(self, box, color, opacity=1.0):
        """Fill a rounded box, which begins in the picture; its place is taken."""
        self.taken.append(box)
        x, y, w, h = box
        region = self.picture[y : y + h, x : x + w]
        layer = region.copy()
        cv2.fillConvexPoly(layer, _rounded((0, 0, w, h), self.size / 4), color, cv2.LINE_AA, _SHIFT)
        cv2.addWeighted(layer, opacity, region, 1 - opacity, 0, dst=region)

    def bar(self, position, length, thickness, color):
        """Fill a bar that begins at the left end of a line."""
        x, y = position[0], position[1] - thickness // 2
        self.picture[y : y + thickness, x : x + length] = color

    def text(self, text, position, color, size):
        """Write a text that begins at the left end of a line."""
        draw_text(self.picture, text, position, size=size, color=color, font=self.font)

    def width(self, text, size):
        """Width of a text in pixels."""
        return text_width(text, size, self.font)


def _rounded(box, radius):
    """Points on the outline of a rounded box, in the fractions of a pixel that OpenCV takes."""
    x, y, w, h = box
    # The last pixel of a box of width w is w - 1 beyond its first.
    half = np.array([w - 1, h - 1]) / 2
    points = np.array([x, y]) + half + (half - radius) * _CORNERS + radius * _ARCS
    return np.rint(points * 2**_SHIFT).astype(np.int32)
