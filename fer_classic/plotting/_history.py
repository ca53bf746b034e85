"""The course of a training."""

import numpy as np

from fer_classic.plotting._axes import colors, own_figure

__all__ = ["plot_history"]

_QUANTITIES = ("loss", "accuracy")


def plot_history(history, *, best_epoch=None, axes=None, title=None):
    """Draw loss and accuracy of each epoch, in training and in validation.

    Parameters
    ----------
    history : dict of str to sequence of float
        A table with a row for each epoch, such as ``history_`` of a fitted
        :class:`~fer_classic.neural.CNNClassifier`: columns ``loss``, ``accuracy``,
        ``validation_loss``, ``validation_accuracy`` (those that are missing or nan are left out),
        and ``epoch``, by default 1, 2, 3 ... Other columns are passed over.
    best_epoch : int, optional
        The epoch to mark.
    axes : sequence of two matplotlib Axes, optional
        Where to draw the loss and the accuracy; in a figure of their own by default.
    title : str, optional
        Title of the upper axes.

    Returns
    -------
    axes : ndarray of shape (2,) of matplotlib Axes

    Raises
    ------
    ValueError
        If there is nothing to draw, or the columns have several lengths.
    MissingDependencyError
        If matplotlib is not installed.
    """
    columns = {name: np.asarray(column, float) for name, column in history.items()}
    drawn = [name for name in _columns() if np.isfinite(columns.get(name, np.nan)).any()]
    lengths = {len(columns[name]) for name in {*drawn, "epoch"} & set(columns)}
    if not drawn or len(lengths) != 1:
        raise ValueError(
            "history must hold at least one epoch, in columns of one length named "
            f"{', '.join(_columns())}; got {', '.join(map(_describe, columns.items())) or 'none'}."
        )
    epochs = columns.get("epoch", np.arange(1, lengths.pop() + 1))
    if axes is None:
        axes = own_figure((6.4, 5.6)).subplots(2, 1, sharex=True)
    for ax, quantity in zip(axes, _QUANTITIES, strict=True):
        if best_epoch in epochs:
            ax.axvline(best_epoch, color="0.4", lw=1, ls="--", label=f"best epoch: {best_epoch}")
        _draw_quantity(ax, quantity, epochs, {name: columns[name] for name in drawn})
    axes[0].set_title(title or "")
    axes[1].set_xlabel("epoch")
    return np.asarray(axes)


def _columns():
    return [part + quantity for quantity in _QUANTITIES for part in ("", "validation_")]


def _describe(column):
    name, values = column
    return f"{name} ({len(values)})"


def _draw_quantity(ax, quantity, epochs, columns):
    """Draw the curves of the training images and of the validation part."""
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
