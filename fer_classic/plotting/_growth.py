"""Plots of costs against sizes."""

import numpy as np

from fer_classic.plotting._axes import colors, own_figure
from fer_classic.plotting._values import check_axes, numbers

__all__ = ["growth", "plot_growth"]


def growth(sizes, costs):
    """Estimate the exponent ``p`` of a power law: the slope of log cost against log size.

    Parameters
    ----------
    sizes, costs : sequence of float
        At least two positive values each; at least two sizes must differ.

    Returns
    -------
    slope : float
        Slope of the least-squares line.

    Raises
    ------
    ValueError
        If the sizes are all equal, or the values are not positive numbers of equal length.
    """
    sizes, costs = _checked((sizes, costs), "the curve")
    if len(set(sizes)) < 2:
        raise ValueError(f"a slope needs at least two different sizes, got {sizes.tolist()}.")
    return float(np.polyfit(np.log(sizes), np.log(costs), 1)[0])


def plot_growth(costs, *, axes=None, xlabel="", title=None):
    """Draw costs against sizes on logarithmic axes, with slopes in the legend.

    Parameters
    ----------
    costs : dict of str to dict of str to (sequence of float, sequence of float)
        For each cost, such as seconds, the sizes and costs of each curve, all positive. A curve of
        several points has at least two different sizes.
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
        If there is nothing to draw, a value is not a positive number, the sizes of a curve are all
        equal or not as many as its costs, or the number of axes differs from that of costs.
    MissingDependencyError
        If matplotlib is not installed.
    """
    costs = {
        cost: {name: _checked(curve, f"{name!r} in {cost!r}") for name, curve in curves.items()}
        for cost, curves in costs.items()
    }
    curves = [curve for curves in costs.values() for curve in curves.values()]
    if not curves or not all(len(sizes) for sizes, _ in curves):
        raise ValueError("costs must contain at least one curve, and curves at least one point.")
    for cost, curves_by_name in costs.items():
        for name, (sizes, _) in curves_by_name.items():
            if len(sizes) > 1 and len(set(sizes)) == 1:
                raise ValueError(
                    f"the {len(sizes)} sizes of {name!r} in {cost!r} are all {sizes[0]:g}, so the "
                    "curve has no slope; give costs of different sizes, or one point."
                )
    if axes is None:
        axes = own_figure((6.4, 3.2 * len(costs))).subplots(len(costs), 1, sharex=True)
    axes = check_axes(axes, len(costs), "each cost")
    for ax, (ylabel, curves) in zip(axes, costs.items(), strict=True):
        _draw(ax, ylabel, curves)
    axes[0].set_title(title or "")
    axes[-1].set_xlabel(xlabel)
    return axes


def _checked(curve, name):
    """Return the sizes and costs of a curve as positive numbers of equal length."""
    if len(curve) != 2:
        raise ValueError(f"{name} must be two sequences, sizes and costs; got {len(curve)}.")
    sizes, costs = (
        numbers(values, f"the {what} of {name}", positive=True, remedy="leave out other points")
        for what, values in zip(("sizes", "costs"), curve, strict=True)
    )
    if len(sizes) != len(costs):
        raise ValueError(
            f"{name} has {len(sizes)} sizes and {len(costs)} costs; give one for each."
        )
    return sizes, costs


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
