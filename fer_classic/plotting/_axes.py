"""Axes to draw on, without pyplot's global state."""

from functools import wraps

from fer_classic.utils._optional import import_optional

__all__ = ["colors", "own_axes", "own_figure", "with_plain_text"]


def own_figure(size):
    """Create an empty figure of the given size in inches."""
    figure = import_optional("matplotlib.figure", extra="plot", purpose="drawing figures")
    return figure.Figure(figsize=size, dpi=100, layout="compressed")


def with_plain_text(plot):
    """Let a function draw names as they are: in those of files and classes, $ begins no formula."""

    @wraps(plot)
    def plotting(*args, **kwargs):
        matplotlib = import_optional("matplotlib", extra="plot", purpose="drawing figures")
        with matplotlib.rc_context({"text.parse_math": False}):
            return plot(*args, **kwargs)

    return plotting


def own_axes(ax, size):
    """Return ``ax``, or the axes of a new figure if it is None."""
    return own_figure(size).add_subplot() if ax is None else ax


def colors(count):
    """Return ``count`` distinguishable colours, as far as available."""
    matplotlib = import_optional("matplotlib", extra="plot", purpose="drawing figures")
    palette = matplotlib.colormaps["tab10" if count <= 10 else "tab20"]
    return [palette(k % palette.N) for k in range(count)]
