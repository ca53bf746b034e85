"""Small plots as SVG, whose colours come from the style of the page."""

from html import escape

import numpy as np

__all__ = ["Plot", "coordinate", "tens", "ticks"]


def coordinate(value):
    """Write a coordinate in as few characters as a screen can show."""
    return f"{value:.1f}".removesuffix(".0")


def ticks(low, high, most=6):
    """Give round numbers from ``low`` to ``high``, at most ``most`` steps apart."""
    raw = (high - low) / most
    power = 10.0 ** np.floor(np.log10(raw))
    step = next(power * k for k in (1, 2, 5, 10) if power * k >= raw * (1 - 1e-9))
    first = np.ceil(low / step - 1e-9)
    # Without 0.0, the zero would be written with a sign.
    return [float(k * step) + 0.0 for k in np.arange(first, np.floor(high / step + 1e-9) + 1)]


def tens(estimates):
    """Give the tens of percent around scores and their intervals, as fractions."""
    ends = [e[end] for e in estimates for end in ("value", "low", "high") if e[end] is not None]
    low, high = np.floor(10 * min(ends)) / 10, np.ceil(10 * max(ends)) / 10
    if low == high:
        low, high = max(low - 0.1, 0.0), min(high + 0.1, 1.0)
    return float(low), float(high)


class Plot:
    """Axes with a grid, on which marks are drawn.

    Parameters
    ----------
    xlim, ylim : (float, float)
        Ends of the axes.
    size : (float, float)
        Width and height in pixels; the page scales them.
    log : bool, default=False
        Whether the horizontal axis is logarithmic.
    margin : (float, float, float, float)
        Pixels left, right, above and below the axes.
    """

    def __init__(self, xlim, ylim, *, size=(320, 240), log=False, margin=(34, 10, 8, 34)):
        self.xlim = np.log10(xlim) if log else np.asarray(xlim, float)
        self.ylim, self.size, self.log, self.margin = ylim, size, log, margin
        self._marks = []

    def x(self, value):
        """Pixels of a value on the horizontal axis."""
        left, right = self.margin[:2]
        value = np.log10(value) if self.log else value
        share = (value - self.xlim[0]) / (self.xlim[1] - self.xlim[0])
        return left + share * (self.size[0] - left - right)

    def y(self, value):
        """Pixels of a value on the vertical axis."""
        above, below = self.margin[2:]
        share = (value - self.ylim[0]) / (self.ylim[1] - self.ylim[0])
        return self.size[1] - below - share * (self.size[1] - above - below)

    def axes(self, xticks, yticks, *, xlabel="", ylabel=""):
        """Draw the grid with its numbers; ticks are pairs of value and text."""
        left, right = self.x(self._end(0)), self.x(self._end(1))
        top, bottom = self.y(self.ylim[1]), self.y(self.ylim[0])
        for value, text in yticks:
            self._line(left, self.y(value), right, self.y(value))
            self.text(left - 5, self.y(value) + 4, text, css="end")
        for value, text in xticks:
            self._line(self.x(value), top, self.x(value), bottom)
            self.text(self.x(value), bottom + 15, text, css="mid")
        if xlabel:
            self.text((left + right) / 2, self.size[1] - 3, xlabel, css="mid")
        if ylabel:
            self.text(0, top - 14, ylabel)

    def _end(self, which):
        return 10 ** self.xlim[which] if self.log else self.xlim[which]

    def _line(self, *ends):
        x1, y1, x2, y2 = map(coordinate, ends)
        self._marks.append(f'<path class="g" d="M{x1} {y1}L{x2} {y2}"/>')

    def line(self, points, *, css=""):
        """Join points, pairs of values on both axes, by a line."""
        if len(points):
            self._marks.append(f'<path class="l {css}" d="{self._path(points)}"/>')

    def joint(self, *ends):
        """Join two places, in pixels, by a thin line behind all marks."""
        self._line(*ends)
        self._marks.insert(0, self._marks.pop())

    def band(self, points, lows, highs, *, css=""):
        """Fill the space between two lines over the same places."""
        edge = [*zip(points, lows, strict=True), *reversed([*zip(points, highs, strict=True)])]
        self._marks.append(f'<path class="band {css}" d="{self._path(edge)}Z"/>')

    def _path(self, points):
        pixels = (f"{coordinate(self.x(x))} {coordinate(self.y(y))}" for x, y in points)
        return "M" + "L".join(pixels)

    def dot(self, x, y, *, radius=4, css="", says=""):
        """Mark a point; ``says`` is read aloud and shown under a pointer."""
        inside = f"<title>{escape(says)}</title>" if says else ""
        self._marks.append(
            f'<circle class="dot {css}" cx="{coordinate(self.x(x))}" cy="{coordinate(self.y(y))}" '
            f'r="{coordinate(radius)}">{inside}</circle>'
        )

    def text(self, x, y, text, *, css=""):
        """Write a text; places are in pixels."""
        self._marks.append(
            f'<text x="{coordinate(x)}" y="{coordinate(y)}" class="{css}">{escape(text)}</text>'
        )

    def render(self, says):
        """Give the SVG; ``says`` is its text alternative."""
        width, height = self.size
        return (
            f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(says)}">'
            f"{''.join(self._marks)}</svg>"
        )
