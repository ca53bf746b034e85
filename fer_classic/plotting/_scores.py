"""Plots of the scores of classifiers."""

import numpy as np

from fer_classic.plotting._axes import colors, own_axes, with_plain_text
from fer_classic.plotting._values import estimates, numbers

__all__ = ["plot_confusion_matrix", "plot_recall"]


@with_plain_text
def plot_confusion_matrix(matrix, labels, *, ax=None, normalize=True, title=None):
    """Draw a confusion matrix.

    Parameters
    ----------
    matrix : array-like of shape (n_classes, n_classes), int
        Counts; rows are true classes, columns predicted ones.
    labels : sequence of str
        Class names.
    ax : matplotlib Axes, optional
        Axes to draw on; by default those of a new figure.
    normalize : bool, default=True
        Colour by the fraction of the row, and write this fraction above each count. If False,
        colour by count and write counts only.
    title : str, optional
        Title of the axes.

    Returns
    -------
    ax : matplotlib Axes

    Raises
    ------
    ValueError
        If there are no labels, the matrix is not square or does not fit the labels, or a count is
        not a number of 0 or more.
    MissingDependencyError
        If matplotlib is not installed.
    """
    n_classes = len(labels)
    if not n_classes:
        raise ValueError("labels must name at least one class.")
    checked = numbers(matrix, "matrix", ndim=2, low=0)
    # Whole numbers are written as such.
    matrix = np.asarray(matrix)
    matrix = matrix if matrix.dtype.kind in "iu" else checked
    if matrix.shape != (n_classes, n_classes):
        raise ValueError(
            f"matrix must have one row and one column for each of the {n_classes} labels, "
            f"got shape {matrix.shape}."
        )
    side = 1.6 + 0.72 * n_classes
    ax = own_axes(ax, (side + 0.9, side))
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    shade = shares if normalize else matrix
    top = 1.0 if normalize else max(matrix.max(), 1)
    image = ax.imshow(shade, cmap="Blues", vmin=0, vmax=top)
    for row, column in np.ndindex(matrix.shape):
        count = f"{matrix[row, column]:,}"
        ax.text(
            column,
            row,
            f"{100 * shares[row, column]:.0f} %\n{count}" if normalize else count,
            ha="center",
            va="center",
            fontsize=8,
            color="white" if shade[row, column] > 0.55 * top else "0.15",
        )
    ax.set_xticks(range(n_classes), labels, rotation=40, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(n_classes), labels)
    ax.set(xlabel="predicted", ylabel="true", title=title or "")
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    bar = ax.figure.colorbar(image, ax=ax, fraction=0.046, pad=0.03)
    bar.set_label("share of the true class" if normalize else "images")
    bar.outline.set_visible(False)
    return ax


@with_plain_text
def plot_recall(recalls, *, ax=None, title=None):
    """Draw the recall of each class, for one or several classifiers.

    Parameters
    ----------
    recalls : dict of str to dict
        For each classifier, a mapping from class name to ``{"value", "low", "high"}`` in 0-1, as in
        ``score(...)["recall"]``; ``low`` and ``high`` may be None.
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
        If there is nothing to draw, or a recall is not a number from 0 to 1.
    MissingDependencyError
        If matplotlib is not installed.
    """
    classes = sorted({name for recall in recalls.values() for name in recall})
    if not classes:
        raise ValueError("recalls must contain at least one classifier with at least one class.")
    rates = {name: _recalls(recall, classes, name) for name, recall in recalls.items()}
    ax = own_axes(ax, (max(6.0, 1.5 + 1.25 * len(classes)), 4.2))
    # The points of one class use the middle four fifths of its band.
    shifts = (np.arange(len(recalls)) - (len(recalls) - 1) / 2) * 0.8 / len(recalls)
    palette = colors(len(recalls))
    for shift, color, (name, drawn) in zip(shifts, palette, rates.items(), strict=True):
        places, (values, *ends) = drawn
        low, high = (np.where(np.isnan(end), values, end) for end in ends)
        # If resamples lack the class, the value can be outside the interval.
        reach = np.clip([values - low, high - values], 0, None)
        ax.errorbar(places + shift, values, reach, fmt="o", ms=5, lw=1.4, color=color, label=name)
    ax.set_xticks(range(len(classes)), classes)
    ax.set(xlim=(-0.5, len(classes) - 0.5), ylim=(-0.02, 1.02), ylabel="recall", title=title or "")
    ax.set_xticks(np.arange(len(classes) - 1) + 0.5, minor=True)
    ax.grid(axis="y", color="0.9")
    ax.grid(axis="x", which="minor", color="0.9")
    ax.tick_params(which="both", length=0)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
    return ax


def _recalls(recall, classes, name):
    """Return the indices of the classes of a classifier, and its recalls with their intervals."""
    places = np.array([k for k, label in enumerate(classes) if label in recall], dtype=int)
    found = [recall[classes[k]] for k in places]
    return places, estimates(found, lambda k: f"the recall of {classes[places[k]]!r} by {name}")
