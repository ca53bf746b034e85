"""Plots of costs against sizes."""

import numpy as np

from fer_classic.plotting._axes import colors, own_figure

__all__ = ["growth", "plot_growth"]


def growth(sizes, costs):
    """Estimate the exponent ``p`` of a power law: the slope of log cost against log size.

    Parameters
    ----------
    sizes, costs : sequence of float
        At least two positive values each.

    Returns
    -------
    slope : float
        Slope of the least-squares line.
    """
    return float(np.polyfit(np.log(sizes), np.log(costs), 1)[0])


def plot_growth(costs, *, axes=None, xlabel="", title=None):
    """Draw costs against sizes on logarithmic axes, with slopes in the legend.

    Parameters
    ----------
    costs : dict of str to dict of str to (sequence of float, sequence of float)
        For each cost, such as seconds, the sizes and costs of each curve, all positive.
    axes : sequence of matplotlib Axes, optional
        Axes to draw on, one per cost; by default those of a new figure.
    xlabel : str
        Label of the sizes.
    title : str, optional
        Title of the upper axes.

    Returns
    -------
    axes : ndarray of shape (n_costs,) of matplotlib Axes

    Raises
    ------
    ValueError
        If there is nothing to draw, or a value is not positive.
    MissingDependencyError
        If matplotlib is not installed.
    """
    values = [values for curves in costs.values() for curve in curves.values() for values in curve]
    if not values or not all(len(v) and np.min(v) > 0 for v in values):
        raise ValueError("costs must contain at least one curve of positive values.")
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
