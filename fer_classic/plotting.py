"""Figures: data and axes in, axes out.

Nothing here touches pyplot's global state. Without ``ax`` a function makes a figure of its own, to
be reached as ``ax.figure``: ``plot_confusion_matrix(...).figure.savefig("confusion.png")``.
"""

import numpy as np

from fer_classic.utils import import_optional

__all__ = ["contact_sheet", "plot_class_counts", "plot_confusion_matrix", "plot_recall"]


def plot_confusion_matrix(matrix, labels, *, ax=None, normalize=True, title=None):
    """Draw a confusion matrix.

    Parameters
    ----------
    matrix : array-like of shape (n_classes, n_classes), int
        Counts; rows are true classes, columns predicted ones.
    labels : sequence of str
        Class names.
    ax : matplotlib Axes, optional
        Where to draw; a figure of its own by default.
    normalize : bool, default=True
        Colour by the share of the row, and write that share above each count. False colours by
        count and writes counts only.
    title : str, optional
        Title of the axes.

    Returns
    -------
    ax : matplotlib Axes

    Raises
    ------
    ValueError
        If the matrix is not square or does not fit the labels.
    MissingDependencyError
        If matplotlib is not installed.
    """
    matrix = np.asarray(matrix)
    n_classes = len(labels)
    if matrix.shape != (n_classes, n_classes):
        raise ValueError(
            f"matrix must have one row and one column for each of the {n_classes} labels, "
            f"got shape {matrix.shape}."
        )
    side = 1.6 + 0.72 * n_classes
    ax = _axes(ax, (side + 0.9, side))
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    colors = shares if normalize else matrix
    top = 1.0 if normalize else max(matrix.max(), 1)
    image = ax.imshow(colors, cmap="Blues", vmin=0, vmax=top)
    for row, column in np.ndindex(matrix.shape):
        count = f"{matrix[row, column]:,}"
        ax.text(
            column,
            row,
            f"{100 * shares[row, column]:.0f} %\n{count}" if normalize else count,
            ha="center",
            va="center",
            fontsize=8,
            color="white" if colors[row, column] > 0.55 * top else "0.15",
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


def plot_recall(recalls, *, ax=None, title=None):
    """Draw the recall of each class, for one or several classifiers.

    Parameters
    ----------
    recalls : dict of str to dict
        For each classifier a mapping from class name to ``{"value", "low", "high"}`` in 0-1, as in
        ``score(...)["recall"]``; ``low`` and ``high`` may be None.
    ax : matplotlib Axes, optional
        Where to draw; a figure of its own by default.
    title : str, optional
        Title of the axes.

    Returns
    -------
    ax : matplotlib Axes

    Raises
    ------
    ValueError
        If there is nothing to draw.
    MissingDependencyError
        If matplotlib is not installed.
    """
    classes = sorted({name for recall in recalls.values() for name in recall})
    if not classes:
        raise ValueError("recalls must hold at least one classifier with at least one class.")
    ax = _axes(ax, (max(6.0, 1.5 + 1.25 * len(classes)), 4.2))
    # The dots of one class keep to the middle four fifths of its place.
    shifts = (np.arange(len(recalls)) - (len(recalls) - 1) / 2) * 0.8 / len(recalls)
    colors = _colors(len(recalls))
    for shift, color, (name, recall) in zip(shifts, colors, recalls.items(), strict=True):
        places = np.array([k for k, emotion in enumerate(classes) if emotion in recall])
        estimates = [recall[classes[k]] for k in places]
        values = np.array([estimate["value"] for estimate in estimates])
        low, high = (
            np.array([e["value"] if e[end] is None else e[end] for e in estimates])
            for end in ("low", "high")
        )
        # A resample can miss a class that the data has, and leave the value outside the interval.
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


def plot_class_counts(counts, *, ax=None, title=None):
    """Draw how many images of each class there are, split by split.

    Parameters
    ----------
    counts : dict of str to dict of str to int
        For each split a mapping from class name to number of images.
    ax : matplotlib Axes, optional
        Where to draw; a figure of its own by default.
    title : str, optional
        Title of the axes.

    Returns
    -------
    ax : matplotlib Axes

    Raises
    ------
    ValueError
        If there is nothing to draw.
    MissingDependencyError
        If matplotlib is not installed.
    """
    classes = sorted({name for count in counts.values() for name in count})
    if not classes:
        raise ValueError("counts must hold at least one split with at least one class.")
    ax = _axes(ax, (6.4, 1.4 + 0.42 * len(classes)))
    left = np.zeros(len(classes), dtype=np.int64)
    for color, (split, count) in zip(_colors(len(counts)), counts.items(), strict=True):
        widths = np.array([count.get(name, 0) for name in classes])
        ax.barh(classes, widths, left=left, height=0.72, color=color, label=split)
        left += widths
    for place, total in enumerate(left):
        ax.annotate(
            f"{total:,}", (total, place), (4, 0), textcoords="offset points", va="center", size=9
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


def contact_sheet(images, titles=None, *, columns=8, ax=None):
    """Draw many small images side by side.

    Parameters
    ----------
    images : sequence of ndarray of shape (h, w)
        Grey images, ``uint8`` or floating in 0-1; sizes may differ.
    titles : sequence of str, optional
        A line above each image.
    columns : int, default=8
        Images in a row.
    ax : matplotlib Axes, optional
        Where to draw; a figure of its own by default.

    Returns
    -------
    ax : matplotlib Axes

    Raises
    ------
    ValueError
        If there are no images, or another number of titles.
    MissingDependencyError
        If matplotlib is not installed.
    """
    if not len(images) or columns < 1 or (titles is not None and len(titles) != len(images)):
        raise ValueError(
            "a contact sheet needs at least one image and column, and one title per image or none; "
            f"got {len(images)} images, {columns} columns, "
            f"{'no' if titles is None else len(titles)} titles."
        )
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    height, width = np.max([image.shape for image in images], axis=0)
    gap = max(2, width // 16)
    head = max(8, round(0.2 * width)) if titles is not None else 0
    step_y, step_x = height + gap + head, width + gap
    ax = _axes(ax, (1.1 * columns, 1.1 * rows * step_y / step_x))
    for number, image in enumerate(images):
        y, x = (number // columns) * step_y + head, (number % columns) * step_x
        top = 255 if image.dtype == np.uint8 else 1.0
        extent = (x, x + image.shape[1], y + image.shape[0], y)
        ax.imshow(image, cmap="gray", vmin=0, vmax=top, extent=extent, interpolation="nearest")
        if titles is not None:
            ax.text(x + width / 2, y - 1, titles[number], ha="center", va="bottom", fontsize=8)
    ax.set(xlim=(-gap, columns * step_x), ylim=(rows * step_y, -gap))
    ax.set_axis_off()
    return ax


def _axes(ax, size):
    if ax is not None:
        return ax
    figure = import_optional("matplotlib.figure", extra="plot", purpose="drawing figures")
    return figure.Figure(figsize=size, dpi=100, layout="compressed").add_subplot()


def _colors(count):
    matplotlib = import_optional("matplotlib", extra="plot", purpose="drawing figures")
    palette = matplotlib.colormaps["tab10" if count <= 10 else "tab20"]
    return [palette(k % palette.N) for k in range(count)]
