"""How a cost grows."""

import numpy as np

from fer_classic.plotting._axes import colors, own_figure

__all__ = ["growth", "plot_growth"]


def growth(sizes, costs):
    """Exponent ``p`` of a cost that grows with the p-th power of a size: a slope in logarithms.

    Parameters
    ----------
    sizes, costs : sequence of float
        Two or more of each, above 0.

    Returns
    -------
    slope : float
        Of the straight line that fits best.
    """
    return float(np.polyfit(np.log(sizes), np.log(costs), 1)[0])


def plot_growth(costs, *, axes=None, xlabel="", title=None):
    """Draw costs against sizes, both in logarithms, with the slope of each curve in the legend.

    Parameters
    ----------
    costs : dict of str to dict of str to (sequence of float, sequence of float)
        For each cost, such as seconds, the sizes and costs of each curve; values above 0.
    axes : sequence of matplotlib Axes, optional
        Where to draw each cost; below one another in a figure of their own by default.
    xlabel : str
        What the sizes are.
    title : str, optional
        Title of the upper axes.

    Returns
    -------
    axes : ndarray of shape (n_costs,) of matplotlib Axes

    Raises
    ------
    ValueError
        If there is nothing to draw, or a value is not above 0.
    MissingDependencyError
        If matplotlib is not installed.
    """
    values = [values for curves in costs.values() for curve in curves.values() for values in curve]
    if not values or not all(len(v) and np.min(v) > 0 for v in values):
        raise ValueError("costs must hold at least one curve, of values above 0.")
    if axes is None:
        axes = own_figure((6.4, 3.2 * len(costs))).subplots(len(costs), 1, sharex=True)
    axes = np.atleast_1d(axes)
    for ax, (ylabel, curves) in zip(axes, costs.items(), strict=True):
        _draw(ax, ylabel, curves)
    axes[0].set_title(title or "")
    axes[-1].set_xlabel(xlabel)
    return axes


def _draw(ax, ylabel, curves):
    for color, (name, (sizes, costs)) in zip(colors(len(curves)), curves.items(), strict=True):
        label = f"{name}, slope {growth(sizes, costs):.2f}" if len(sizes) > 1 else name
        ax.loglog(sizes, costs, "o-", ms=4, lw=1.4, color=color, label=label)
    ax.set_ylabel(ylabel)
    ax.grid(color="0.9")
    ax.set_axisbelow(True)
    ax.tick_params(which="both", length=0)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False)
