"""How accuracy falls with the strength of disturbances."""

import numpy as np

from fer_classic.plotting._axes import colors, own_figure, with_plain_text
from fer_classic.plotting._values import estimates, numbers

__all__ = ["plot_robustness"]

_COLUMNS = 3
_STYLES = ("-", "--", ":", "-.")


@with_plain_text
def plot_robustness(curves, *, title=None):
    """Draw accuracy against strength, with a panel for each disturbance.

    Parameters
    ----------
    curves : dict of str to dict of str to dict of str to dict
        For each data set, model and disturbance, in this order, a mapping from the strength, in
        0-1, to ``{"value", "low", "high"}``, in 0-1, as in ``score(...)["accuracy"]``; ``low`` and
        ``high`` may be None. Models differ by colour, data sets by the style of the line.
    title : str, optional
        Title of the figure.

    Returns
    -------
    axes : ndarray of shape (n_rows, 3) of matplotlib Axes
        The panels, with the same axes; unused ones are hidden.

    Raises
    ------
    ValueError
        If there is nothing to draw, or a strength or accuracy is not a number from 0 to 1.
    MissingDependencyError
        If matplotlib is not installed.
    """
    lines = [
        (kind, model, dataset, _checked(curve, f"{dataset}, {model}, {kind}"))
        for dataset, by_model in curves.items()
        for model, by_kind in by_model.items()
        for kind, curve in by_kind.items()
        if curve
    ]
    if not lines:
        raise ValueError("curves must hold at least one accuracy.")
    kinds, models, datasets = (list(dict.fromkeys(line[k] for line in lines)) for k in range(3))
    rows = -(-len(kinds) // _COLUMNS)
    figure = own_figure((9.6, 0.9 + 2.5 * rows))
    axes = figure.subplots(rows, _COLUMNS, sharex=True, sharey=True, squeeze=False)
    panels = dict(zip(kinds, axes.flat, strict=False))
    color = dict(zip(models, colors(len(models)), strict=True))
    style = {dataset: _STYLES[k % len(_STYLES)] for k, dataset in enumerate(datasets)}
    for kind, model, dataset, curve in lines:
        label = f"{model}, {dataset}" if len(datasets) > 1 else model
        _draw(panels[kind], curve, color=color[model], ls=style[dataset], label=label)
    for kind, ax in panels.items():
        _dress(ax, kind)
    for ax in axes.flat[len(kinds) :]:
        ax.set_visible(False)
    for ax in axes[:, 0]:
        ax.set_ylabel("accuracy")
    for ax in list(panels.values())[-_COLUMNS:]:
        ax.set_xlabel("strength")
        ax.tick_params(labelbottom=True)
    handles = {line.get_label(): line for ax in panels.values() for line in ax.lines}
    figure.legend(
        handles.values(), handles.keys(), loc="outside lower center", ncols=4, frameon=False
    )
    if title:
        figure.suptitle(title)
    return axes


def _checked(accuracies, name):
    """Return the strengths in ascending order, and the estimates of each."""
    strengths = list(accuracies)
    places = numbers(strengths, f"the strengths of {name}", low=0, high=1)
    rates = estimates(
        list(accuracies.values()), lambda k: f"the accuracy of {name} at {strengths[k]}"
    )
    order = np.argsort(places)
    return places[order], rates[:, order]


def _draw(ax, curve, *, color, ls, label):
    strengths, (value, low, high) = curve
    ax.plot(strengths, value, "o", ls=ls, ms=3, lw=1.4, color=color, label=label)
    # A single unit has no interval.
    ax.fill_between(strengths, low, high, where=np.isfinite(low), color=color, alpha=0.15, lw=0)


def _dress(ax, kind):
    ax.set_title(kind, fontsize=10)
    ax.set(xlim=(-0.03, 1.03), ylim=(0, 1))
    ax.set_xticks(np.linspace(0, 1, 6), ["0", ".2", ".4", ".6", ".8", "1"])
    ax.grid(color="0.9")
    ax.set_axisbelow(True)
    ax.tick_params(length=0)
    ax.spines[["top", "right"]].set_visible(False)
