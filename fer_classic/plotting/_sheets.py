"""Contact sheets of images."""

from numbers import Integral

import numpy as np

from fer_classic.exceptions import LicenceError
from fer_classic.plotting._axes import own_axes, with_plain_text
from fer_classic.plotting._values import check_side, numbers
from fer_classic.units import to_uint8

__all__ = ["contact_sheet", "plot_mistakes"]

# All other data sets are licensed only to the people who requested them.
_SHOWABLE = ("drawn", "folder")


@with_plain_text
def contact_sheet(images, titles=None, *, columns=8, side=1.1, ax=None):
    """Draw a grid of images.

    Parameters
    ----------
    images : sequence of ndarray of shape (h, w) or (h, w, 3)
        Grey or BGR images, ``uint8`` or floating in 0-1; sizes may differ.
    titles : sequence of str, optional
        Title of each image, in one or more lines.
    columns : int, default=8
        Number of images per row.
    side : float, default=1.1
        Width of an image in a figure of its own, in inches; above 0.
    ax : matplotlib Axes, optional
        Axes to draw on; by default those of a new figure.

    Returns
    -------
    ax : matplotlib Axes

    Raises
    ------
    ValueError
        If there are no images, ``side`` is not above 0, the number of titles differs, or an image
        is not grey or BGR, or has values outside the range of its dtype.
    MissingDependencyError
        If matplotlib is not installed.
    """
    n_titles = len(images) if titles is None else len(titles)
    if not len(images) or not _is_count(columns) or n_titles != len(images):
        raise ValueError(
            "a contact sheet requires at least one image and column, and one title per image or "
            f"none; got {len(images)} images, {columns} columns, "
            f"{'no' if titles is None else len(titles)} titles."
        )
    check_side(side)
    images = [_pixels(image, number) for number, image in enumerate(images)]
    titles = None if titles is None else list(map(str, titles))
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    height, width = np.max([image.shape[:2] for image in images], axis=0)
    gap = max(2, width // 16)
    lines = 0 if titles is None else max(1 + title.count("\n") for title in titles)
    # Inches of a line of text, in pixels of the images.
    head = lines * max(8, round(0.22 / side * width))
    step_y, step_x = height + gap + head, width + gap
    ax = own_axes(ax, (side * columns, side * rows * step_y / step_x))
    for number, image in enumerate(images):
        y, x = (number // columns) * step_y + head, (number % columns) * step_x
        x += (width - image.shape[1]) // 2
        extent = (x, x + image.shape[1], y + image.shape[0], y)
        pixels = image if image.ndim == 2 else image[..., ::-1]
        # Much larger than life, pixels stay squares; smaller, they are averaged.
        ax.imshow(pixels, cmap="gray", vmin=0, vmax=255, extent=extent, interpolation="antialiased")
        if titles is not None:
            ax.text(
                x + image.shape[1] / 2, y - 1, titles[number], ha="center", va="bottom", fontsize=8
            )
    ax.set(xlim=(-gap, columns * step_x), ylim=(rows * step_y, -gap))
    ax.set_axis_off()
    return ax


def _is_count(value):
    return isinstance(value, Integral) and value >= 1


def _pixels(image, number):
    """Return an image as bytes; an error gives its number."""
    image = np.asarray(image)
    if image.ndim not in (2, 3) or image.shape[2:] not in ((), (3,)) or not image.size:
        raise ValueError(
            f"image {number} must be grey (h, w) or BGR (h, w, 3) with at least one pixel, got the "
            f"shape {image.shape}; fer_classic.utils.as_bgr converts others."
        )
    try:
        return to_uint8(image)
    except ValueError as error:
        raise ValueError(f"image {number}: {error}") from None


@with_plain_text
def plot_mistakes(images, y_true, y_pred, confidence, *, dataset, n_images=32, columns=8, ax=None):
    """Draw the misclassified images with the highest confidence.

    Parameters
    ----------
    images : sequence of ndarray of shape (h, w)
        Grey images, ``uint8`` or floating in 0-1; sizes may differ.
    y_true, y_pred : array-like of shape (n,)
        True and predicted labels.
    confidence : array-like of shape (n,)
        Score of the predicted label, larger if more certain.
    dataset : str
        Name of the data set of the images. Images of ``"drawn"`` and ``"folder"`` (your own images,
        at your own responsibility) may be shown; those of FER2013, JAFFE and CK+ may not.
    n_images : int, default=32
        Maximum number of images.
    columns : int, default=8
        Number of images per row.
    ax : matplotlib Axes, optional
        Axes to draw on; by default those of a new figure.

    Returns
    -------
    ax : matplotlib Axes
        Titles give the true label, and the predicted one with its confidence.

    Raises
    ------
    LicenceError
        If images of the data set may not be shown.
    ValueError
        If there are no mistakes, the numbers of labels and images differ, a confidence is not a
        finite number, or true labels are names and predicted ones are numbers, or vice versa.
    MissingDependencyError
        If matplotlib is not installed.
    """
    if dataset not in _SHOWABLE:
        raise LicenceError(
            f"images of the data set {dataset!r} are not drawn: their licence does not allow "
            f"showing them. Mistakes are drawn for: {', '.join(_SHOWABLE)}."
        )
    y_true, y_pred = _labels(y_true, "y_true"), _labels(y_pred, "y_pred")
    remedy = "give the score of the predicted label of each image"
    confidence = numbers(confidence, "confidence", remedy=remedy)
    lengths = [len(images), len(y_true), len(y_pred), len(confidence)]
    if len(set(lengths)) > 1 or not _is_count(n_images):
        raise ValueError(
            "images, y_true, y_pred and confidence must have equal lengths and n_images "
            f"must be at least 1; got lengths {lengths} and n_images={n_images}."
        )
    if len(images) and (y_true.dtype.kind in "US") != (y_pred.dtype.kind in "US"):
        raise ValueError(
            f"y_true has labels such as {y_true.tolist()[0]!r}, and y_pred such as "
            f"{y_pred.tolist()[0]!r}; give both as names, or both as codes."
        )
    wrong = np.flatnonzero(y_true != y_pred)
    if not len(wrong):
        raise ValueError(f"there is no mistake among {len(images)} images.")
    shown = wrong[np.argsort(-confidence[wrong], kind="stable")][:n_images]
    titles = [f"{y_true[k]}\n→ {y_pred[k]} {confidence[k]:.2f}" for k in shown]
    return contact_sheet([images[k] for k in shown], titles, columns=columns, ax=ax)


def _labels(labels, name):
    labels = np.asarray(labels)
    if labels.ndim != 1:
        raise ValueError(f"{name} must have one label per image, got the shape {labels.shape}.")
    # Names in a table of objects, as pandas has them.
    texts = labels.dtype == object and all(isinstance(label, str) for label in labels)
    return labels.astype(str) if texts else labels
