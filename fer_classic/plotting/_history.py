"""Plots of training histories."""

import numpy as np

from fer_classic.plotting._axes import colors, own_figure, with_plain_text
from fer_classic.plotting._values import check_axes, numbers

__all__ = ["plot_history"]

_QUANTITIES = ("loss", "accuracy")


@with_plain_text
def plot_history(history, *, best_epoch=None, axes=None, title=None):
    """Draw training and validation loss and accuracy by epoch.

    Parameters
    ----------
    history : dict of str to sequence of float
        A table with a row for each epoch, such as ``history_`` of a fitted
        :class:`~fer_classic.neural.CNNClassifier`: columns ``loss``, ``accuracy``,
        ``validation_loss``, ``validation_accuracy`` (skipped if missing or NaN), and ``epoch``, by
        default 1, 2, 3 ... Other columns are ignored.
    best_epoch : int, optional
        Epoch to mark.
    axes : sequence of two matplotlib Axes, optional
        Axes of the loss and the accuracy; by default those of a new figure.
    title : str, optional
        Title of the upper axes.

    Returns
    -------
    axes : ndarray of shape (2,) of matplotlib Axes

    Raises
    ------
    ValueError
        If there is nothing to draw, the lengths of the columns differ, a column has something else
        than numbers, an epoch is not finite, or the axes are not two.
    MissingDependencyError
        If matplotlib is not installed.
    """
    columns = {
        name: numbers(history[name], f"the column {name!r} of history", finite=name == "epoch")
        for name in ("epoch", *_columns())
        if name in history
    }
    drawn = [name for name in _columns() if np.isfinite(columns.get(name, np.nan)).any()]
    lengths = {len(columns[name]) for name in {*drawn, "epoch"} & set(columns)}
    if not drawn or len(lengths) != 1:
        raise ValueError(
            "history must contain at least one epoch, in columns of equal length named "
            f"{', '.join(_columns())}; got {', '.join(map(_describe, history.items())) or 'none'}."
        )
    epochs = columns.get("epoch", np.arange(1, lengths.pop() + 1))
    if axes is None:
        axes = own_figure((6.4, 5.6)).subplots(2, 1, sharex=True)
    axes = check_axes(axes, len(_QUANTITIES), "the loss and one for the accuracy")
    for ax, quantity in zip(axes, _QUANTITIES, strict=True):
        if best_epoch in epochs:
            ax.axvline(best_epoch, color="0.4", lw=1, ls="--", label=f"best epoch: {best_epoch}")
        _draw_quantity(ax, quantity, epochs, {name: columns[name] for name in drawn})
    axes[0].set_title(title or "")
    axes[1].set_xlabel("epoch")
    return axes


def _columns():
    return [part + quantity for quantity in _QUANTITIES for part in ("", "validation_")]


def _describe(column):
    name, values = column
    return f"{name} ({np.size(values)})"


def _draw_quantity(ax, quantity, epochs, columns):
    """Draw the training and the validation curve."""
    names = {"training": quantity, "validation": f"validation_{quantity}"}
    for color, (label, name) in zip(colors(2), names.items(), strict=True):
        if name in columns:
            ax.plot(epochs, columns[name], "o-", ms=3, lw=1.4, color=color, label=label)
    ax.set_ylabel(quantity)
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.grid(color="0.9")
    ax.tick_params(length=0)
    ax.spines[["top", "right"]].set_visible(False)
    if ax.lines:
        ax.legend(frameon=False)
