"""Plots of what the records hold: calibration, cost, robustness and learning curves."""

import numpy as np

from benchmarks._format import number, percent
from benchmarks.report.html.markup import key, name
from benchmarks.report.html.svg import Plot, tens, ticks

__all__ = ["curves", "grid", "panel", "reliability", "scatter"]

_COLOURS = ("c0", "c2", "c1", "c3")
_TEXT = 12


def panel(head, content, *, note=""):
    """Put a plot below a short title, and a note in a line of its own."""
    note = f'<br><span class="ece">{name(note)}</span>' if note else ""
    return f'<div class="panel"><h4>{name(head)}{note}</h4>{content}</div>'


def grid(panels, *, width, fit=False, text=12):
    """Put panels next to each other, as many as there is room for.

    Parameters
    ----------
    panels : list of str
    width : str
        Least width of a panel.
    fit : bool, default=False
        Whether few panels are widened to fill the page.
    text : int, default=12
        Size of the letters in plots, in their pixels.

    Returns
    -------
    html : str
    """
    css = "grid fit" if fit else "grid"
    return f'<div class="{css}" style="--w:{width};--f:{text}px">{"".join(panels)}</div>'


def _percent_ticks(low, high, most):
    return [(tick, f"{100 * tick:.0f}") for tick in ticks(low, high, most)]


def reliability(bins):
    """Draw accuracy against confidence; a model that knows how sure it is lies on the diagonal.

    Parameters
    ----------
    bins : dict
        What :func:`fer_classic.evaluation.calibration_bins` gives.

    Returns
    -------
    svg : str
    """
    plot = Plot((0, 1), (0, 1), size=(200, 200), margin=(34, 10, 10, 36))
    plot.axes(_percent_ticks(0, 1, 4), _percent_ticks(0, 1, 4), xlabel="confidence %")
    plot.line([(0, 0), (1, 1)], css="dash diag")
    filled = bins["count"] > 0
    count, confidence, accuracy = (bins[n][filled] for n in ("count", "confidence", "accuracy"))
    plot.line(list(zip(confidence, accuracy, strict=True)), css="c0")
    # The area of a point stands for its number of images.
    for n, x, y in zip(count, confidence, accuracy, strict=True):
        radius = 2 + 6 * np.sqrt(n / count.sum())
        says = f"{n:,} images: confidence {percent(x)}, accuracy {percent(y)}"
        plot.dot(x, y, radius=radius, css="c0", says=says)
    return plot.render("accuracy against confidence")


def scatter(points, *, xlabel, unit):
    """Draw accuracy against a cost on a logarithmic axis, each point with its name.

    Parameters
    ----------
    points : list of (str, float, dict)
        Name, cost (positive), and accuracy with its interval.
    xlabel : str
        Name of the cost.
    unit : str
        Unit of the cost.

    Returns
    -------
    svg : str
    """
    costs = [cost for _, cost, _ in points]
    xlim = min(costs) / 1.6, max(costs) * 1.6
    low, high = tens(accuracy for *_, accuracy in points)
    plot = Plot(xlim, (low, high), size=(420, 320), log=True, margin=(36, 12, 30, 36))
    plot.axes(
        [(tick, f"{tick:g}") for tick in _powers(*xlim)],
        _percent_ticks(low, high, 6),
        xlabel=f"{xlabel} ({unit})",
        ylabel="accuracy %",
    )
    placed = [_around(plot, cost, accuracy) for _, cost, accuracy in points]
    for what, cost, accuracy in points:
        if accuracy["low"] is not None:
            plot.line([(cost, accuracy["low"]), (cost, accuracy["high"])], css="c0")
        says = f"{what}: {percent(accuracy['value'])} %, {number(cost, 2)} {unit}"
        plot.dot(cost, accuracy["value"], radius=5, css="c0", says=says)
    for what, cost, accuracy in sorted(points, key=lambda point: -point[2]["value"]):
        _label(plot, placed, what, plot.x(cost), plot.y(accuracy["value"]))
    return plot.render(f"accuracy against {xlabel}")


def _powers(low, high):
    """Give ticks of a logarithmic axis: at most 6, and at least 3 if it is not very short."""
    powers = 10.0 ** np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)) + 1)
    found = [
        [float(p * k) for p in powers for k in steps if low <= p * k <= high]
        for steps in ((1, 2, 5), (1, 3), (1,))
    ]
    few = next((of_steps for of_steps in found if len(of_steps) <= 6), found[-1])
    return few if len(few) > 2 else ticks(low, high, 6)


def _around(plot, cost, accuracy, reach=6):
    """Box around a point and its interval."""
    low, high = (accuracy["value"] if accuracy[e] is None else accuracy[e] for e in ("low", "high"))
    x, above, below = plot.x(cost), plot.y(high), plot.y(low)
    return x - reach, min(above, below - reach), x + reach, below


def _label(plot, placed, text, x, y):
    """Write a name next to its point, where no other name stands; far ones are joined to it."""
    width = 0.58 * _TEXT * len(text)
    right, left = x + 9, x - 9 - width
    middle = min(max(x - width / 2, plot.margin[0]), plot.size[0] - width)
    near = [(start, step) for step in (0, 1, -1, 2, -2) for start in (right, left)]
    far = [
        (start, k * sign)
        for k in range(3, 14)
        for sign in (-1, 1)
        for start in (middle, right, left)
    ]
    for start, step in near + far:
        line = y + 4 + step * _TEXT / 2
        box = (start, line - _TEXT + 1, start + width, line + 2)
        inside = start >= plot.margin[0] and box[2] <= plot.size[0]
        if inside and all(_apart(box, other) for other in placed):
            break
    placed.append(box)
    if (start, step) in far:
        plot.joint(x, y, min(max(x, start), box[2]), box[3] if step < 0 else box[1])
    plot.text(start, line, text, css="ink")


def _apart(box, other):
    return box[2] < other[0] or other[2] < box[0] or box[3] < other[1] or other[3] < box[1]


def curves(of_panels, *, xlabel, xticks=None, log=False):
    """Draw curves of accuracy, a panel for each group, all with the same axes.

    Parameters
    ----------
    of_panels : dict of str to dict of (str, str) to list of (float, dict)
        For each panel, by line and kind of line, places and accuracies with their intervals. Lines
        of one name have one colour; the second and further kinds are dashed.
    xlabel : str
        Name of the horizontal axis.
    xticks : list of float, optional
        Ticks; by default the places.
    log : bool, default=False
        Whether the horizontal axis is logarithmic.

    Returns
    -------
    html : str
        A key and the panels.
    """
    lines = [line for of_panel in of_panels.values() for line in of_panel]
    names, kinds = (list(dict.fromkeys(line[k] for line in lines)) for k in range(2))
    css = {
        line: (_COLOURS[names.index(line[0]) % len(_COLOURS)], kinds.index(line[1]) > 0)
        for line in lines
    }
    points = [point for p in of_panels.values() for of_line in p.values() for point in of_line]
    places = sorted({place for place, _ in points})
    ylim = tens(accuracy for _, accuracy in points)
    xlim = (places[0] / 1.05, places[-1] * 1.05) if log else (places[0], places[-1])
    if xlim[0] == xlim[1]:
        xlim = xlim[0] - 1, xlim[1] + 1
    panels = []
    for head, of_panel in of_panels.items():
        plot = Plot(xlim, ylim, size=(220, 180), log=log, margin=(32, 10, 10, 36))
        shown = _spaced(plot, places) if xticks is None else xticks
        plot.axes([(x, _short(x)) for x in shown], _percent_ticks(*ylim, 5), xlabel=xlabel)
        for line, of_line in of_panel.items():
            _curve(plot, of_line, *css[line])
        panels.append(panel(head, plot.render(f"accuracy, {head}")))
    samples = []
    for line, (colour, dashed) in css.items():
        text = ", ".join(line) if len(kinds) > 1 else line[0]
        samples.append((f'<path class="l{" dash" * dashed}" d="M1 6H29"/>', colour, text))
    return key(samples) + grid(panels, width="9.5rem", text=14)


def _spaced(plot, places):
    """Give the places whose numbers do not run into those to the left."""
    shown = []
    for place in places:
        if not shown or plot.x(place) - plot.x(shown[-1]) >= 2.5 * _TEXT:
            shown.append(place)
    return shown


def _short(value):
    return f"{value:,.0f}" if value >= 10 else f"{value:g}"


def _curve(plot, points, colour, dashed):
    # A single unit has no interval.
    if not dashed and all(accuracy["low"] is not None for _, accuracy in points):
        lows, highs = ([accuracy[end] for _, accuracy in points] for end in ("low", "high"))
        plot.band([x for x, _ in points], lows, highs, css=colour)
    css = f"{colour} dash" if dashed else colour
    plot.line([(x, accuracy["value"]) for x, accuracy in points], css=css)
    for x, accuracy in points:
        plot.dot(x, accuracy["value"], radius=2.5, css=f"p {colour}")
