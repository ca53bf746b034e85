"""Plots of the content of a data set."""

import numpy as np

from fer_classic.plotting._axes import colors, own_axes, with_plain_text
from fer_classic.plotting._values import numbers

__all__ = ["plot_class_counts"]


@with_plain_text
def plot_class_counts(counts, *, ax=None, title=None):
    """Draw the number of images of each class and split.

    Parameters
    ----------
    counts : dict of str to dict of str to int
        For each split, a mapping from class name to number of images.
    ax : matplotlib Axes, optional
        Axes to draw on; by default those of a new figure.
    title : str, optional
        Title of the axes.

    Returns
    -------
    ax : matplotlib Axes

    Raises
    ------
    ValueError
        If there is nothing to draw, or a count is not a number of 0 or more.
    MissingDependencyError
        If matplotlib is not installed.
    """
    classes = sorted({name for count in counts.values() for name in count})
    if not classes:
        raise ValueError("counts must contain at least one split with at least one class.")
    widths = {
        split: numbers(
            [count.get(name, 0) for name in classes],
            f"the counts of {split!r} by class",
            low=0,
            remedy="leave out classes that were not counted",
        )
        for split, count in counts.items()
    }
    ax = own_axes(ax, (6.4, 1.4 + 0.42 * len(classes)))
    left = np.zeros(len(classes))
    for color, (split, width) in zip(colors(len(counts)), widths.items(), strict=True):
        ax.barh(classes, width, left=left, height=0.72, color=color, label=split)
        left += width
    for place, total in enumerate(left):
        ax.annotate(
            f"{total:,.0f}", (total, place), (4, 0), textcoords="offset points", va="center", size=9
        )
    ax.invert_yaxis()
    ax.margins(x=0.12)
    ax.set(xlabel="images", title=title or "")
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    ax.grid(axis="x", color="0.9")
    ax.set_axisbelow(True)
    ax.tick_params(length=0)
    ax.spines[["top", "right", "bottom"]].set_visible(False)
    if len(counts) > 1:
        ax.legend(frameon=False)
    return ax
