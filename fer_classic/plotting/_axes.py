"""Axes to draw on, without pyplot's global state."""

from fer_classic.utils._optional import import_optional

__all__ = ["colors", "own_axes", "own_figure"]


def own_figure(size):
    """Make an empty figure of a size in inches."""
    figure = import_optional("matplotlib.figure", extra="plot", purpose="drawing figures")
    return figure.Figure(figsize=size, dpi=100, layout="compressed")


def own_axes(ax, size):
    """Return ``ax``, or if there is none the axes of a figure of its own."""
    return own_figure(size).add_subplot() if ax is None else ax


def colors(count):
    """Give so many colours that can be told apart, as far as there are any."""
    matplotlib = import_optional("matplotlib", extra="plot", purpose="drawing figures")
    palette = matplotlib.colormaps["tab10" if count <= 10 else "tab20"]
    return [palette(k % palette.N) for k in range(count)]
