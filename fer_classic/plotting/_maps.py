"""Maps of the parts of a face that raise or lower the score of each class."""

from collections.abc import Mapping
from numbers import Integral

import numpy as np

from fer_classic.plotting._axes import own_axes, with_plain_text
from fer_classic.plotting._values import check_side, numbers
from fer_classic.units import to_uint8
from fer_classic.utils._optional import import_optional
from fer_classic.utils._tint import tint

__all__ = ["plot_class_maps"]


@with_plain_text
def plot_class_maps(maps, faces=None, *, columns=4, side=1.6, ax=None):
    """Draw one map for each class, side by side, with one colour scale.

    Parameters
    ----------
    maps : dict of str to ndarray of shape (h, w)
        By class, as returned by :func:`fer_classic.inspection.class_average_maps`.
    faces : ndarray of shape (h, w), or dict of str to ndarray of shape (h, w), optional
        A grey face to draw the maps over, ``uint8`` or floating in 0-1, or one for each class, such
        as their means; white by default. Faces of FER2013, JAFFE and CK+ may not be shown.
    columns : int, default=4
        Number of maps per row.
    side : float, default=1.6
        Width of a map in a figure of its own, in inches; above 0.
    ax : matplotlib Axes, optional
        Axes to draw on; by default those of a new figure.

    Returns
    -------
    ax : matplotlib Axes

    Raises
    ------
    ValueError
        If there are no maps or columns, ``side`` is not above 0, a map is no array of finite
        numbers, a class has no face, or maps and faces differ in size.
    MissingDependencyError
        If matplotlib is not installed.
    """
    if not maps or not isinstance(columns, Integral) or columns < 1:
        raise ValueError(
            f"at least one map and column are required, got {len(maps)} maps, {columns} columns."
        )
    check_side(side)
    remedy = "replace it, by 0 where a pixel does not count"
    maps = {
        name: numbers(values, f"the map of {name!r}", ndim=2, remedy=remedy)
        for name, values in maps.items()
    }
    height, width = next(iter(maps.values())).shape
    if not height or not width:
        raise ValueError(f"maps must have pixels, got the shape {(height, width)}.")
    grounds = {name: _ground(name, faces, (height, width)) for name in maps}
    for name, values in maps.items():
        if values.shape != grounds[name].shape:
            raise ValueError(
                f"the map of {name!r} has the shape {values.shape}, and the face "
                f"{grounds[name].shape}; all must be equal."
            )
    columns = min(columns, len(maps))
    rows = -(-len(maps) // columns)
    gap, head = max(2, width // 16), max(8, round(0.22 / side * width))
    step_y, step_x = height + gap + head, width + gap
    ax = own_axes(ax, (side * columns + 0.9, side * rows * step_y / step_x))
    largest = max(float(np.abs(values).max()) for values in maps.values()) or 1.0
    for number, (name, values) in enumerate(maps.items()):
        y, x = (number // columns) * step_y + head, (number % columns) * step_x
        picture = tint(grounds[name][..., np.newaxis], values / largest) / 255
        extent = (x, x + width, y + height, y)
        ax.imshow(picture, extent=extent, interpolation="antialiased")
        ax.text(x + width / 2, y - 1, name, ha="center", va="bottom", fontsize=8)
    ax.set(xlim=(-gap, columns * step_x), ylim=(rows * step_y, -gap))
    ax.set_axis_off()
    ax.figure.colorbar(_scale(largest), ax=ax, label="against it – for it", shrink=0.8)
    return ax


def _ground(name, faces, shape):
    if faces is None:
        return np.full(shape, 255, dtype=np.uint8)
    face = faces
    if isinstance(faces, Mapping):
        face = faces.get(name)
    if face is None:
        raise ValueError(
            f"faces has no face of {name!r}, only of {', '.join(map(str, faces)) or 'no class'}; "
            "give one for each map, or one for all."
        )
    try:
        return to_uint8(face)
    except ValueError as error:
        raise ValueError(f"the face of {name!r}: {error}") from None


def _scale(largest):
    """What a colour bar needs: the colours on white."""
    matplotlib = import_optional("matplotlib.cm", extra="plot", purpose="drawing figures")
    from matplotlib.colors import ListedColormap, Normalize

    ramp = tint(np.full((1, 256, 1), 255), np.linspace(-1, 1, 256)[np.newaxis])[0] / 255
    return matplotlib.ScalarMappable(Normalize(-largest, largest), ListedColormap(ramp))
