"""Who shows which expression when."""

from collections import defaultdict
from collections.abc import Mapping
from numbers import Integral

from fer_classic.expressions import EXPRESSIONS
from fer_classic.plotting._axes import colors, own_axes, with_plain_text
from fer_classic.plotting._values import numbers
from fer_classic.utils._palette import EXPRESSION_COLORS

__all__ = ["plot_timeline"]

_UNCERTAIN = "uncertain"
# Seconds up to which the axis counts seconds, and minutes and seconds beyond.
_SHORT = 180


@with_plain_text
def plot_timeline(episodes, *, seconds=None, max_tracks=20, labels=None, ax=None, title=None):
    """Draw the expressions of each person over time.

    Parameters
    ----------
    episodes : iterable of dict
        Runs of one expression of one person: ``track`` (number of the person, or None),
        ``expression``, and ``start`` and ``end`` in seconds; such as
        :meth:`fer_classic.analysis.VideoAnalysis.episodes` gives.
    seconds : float, optional
        Where the axis of time ends; by default where the last episode does.
    max_tracks : int, default=20
        People who get a row, at most: those who are in sight longest.
    labels : dict of str to str, optional
        What the expressions are called, where it is not their own name.
    ax : matplotlib Axes, optional
        Where to draw; a figure of its own by default.
    title : str, optional
        Title of the axes.

    Returns
    -------
    ax : matplotlib Axes
        One row for each person, in the order in which they appear, coloured by expression. Without
        episodes it is empty and says so.

    Raises
    ------
    ValueError
        If ``max_tracks`` is not a whole number of 1 or more, ``seconds`` is not a number of 0 or
        more, or an episode lacks a key, has times that are not finite, or ends before it starts.
    MissingDependencyError
        If matplotlib is not installed.
    """
    if not isinstance(max_tracks, Integral) or max_tracks < 1:
        raise ValueError(f"max_tracks must be 1 or more, got {max_tracks!r}.")
    if seconds is not None:
        numbers(seconds, "seconds", ndim=0, low=0, remedy="None ends where the last episode does")
    episodes = list(episodes)
    for number, episode in enumerate(episodes):
        _check(number, episode)
    bars, n_tracks = _bars(episodes, max_tracks)
    ax = own_axes(ax, (8.0, 1.2 + 0.42 * max(len(bars), 1)))
    ends = [start + width for spans in bars.values() for s in spans.values() for start, width in s]
    end = max([seconds or 0.0, *ends]) or 1.0
    expressions = _in_order({name for spans in bars.values() for name in spans})
    palette = _palette(expressions)
    handles = {}
    for row, spans in enumerate(bars.values()):
        for name in filter(spans.__contains__, expressions):
            handles[name] = ax.broken_barh(spans[name], (row - 0.36, 0.72), **palette[name])
    ax.set_yticks(range(len(bars)), [_name(track) for track in bars])
    ax.set(xlim=(0, end), ylim=(max(len(bars), 1) - 0.5, -0.5), title=title or "")
    _format_time(ax, end)
    ax.grid(axis="x", color="0.9")
    ax.set_axisbelow(True)
    ax.tick_params(length=0)
    ax.spines[["top", "right", "left"]].set_visible(False)
    if not bars:
        ax.text(0.5, 0.5, "no faces", transform=ax.transAxes, ha="center", va="center", color="0.4")
    else:
        entries = [handles[name] for name in expressions]
        place = {"loc": "upper left", "bbox_to_anchor": (1.0, 1.0)}
        names = [(labels or {}).get(name, name) for name in expressions]
        ax.legend(entries, names, frameon=False, **place)
    if n_tracks > len(bars):
        ax.set_ylabel(f"{len(bars)} of {n_tracks} people")
    return ax


def _check(number, episode):
    keys = ("track", "expression", "start", "end")
    if not isinstance(episode, Mapping) or not set(keys) <= set(episode):
        raise ValueError(
            f"episode {number} must be a dict with {', '.join(keys)}, got {episode!r}; of a "
            "DataFrame, pass to_dict('records')."
        )
    for key in ("start", "end"):
        numbers(episode[key], f"the {key} of episode {number}", ndim=0, remedy="give seconds")
    if episode["end"] < episode["start"]:
        raise ValueError(
            f"episode {number} must not end before it starts, got start={episode['start']!r}, "
            f"end={episode['end']!r}."
        )


def _bars(episodes, max_tracks):
    """``{track: {expression: [(start, width), ...]}}`` of the chosen tracks, and their number."""
    bars, sight = defaultdict(lambda: defaultdict(list)), defaultdict(float)
    for episode in sorted(episodes, key=lambda episode: episode["start"]):
        track, width = episode["track"], episode["end"] - episode["start"]
        bars[track][episode["expression"]].append((episode["start"], width))
        sight[track] += width
    longest = sorted(sight, key=lambda track: -sight[track])[:max_tracks]
    return {track: bars[track] for track in bars if track in longest}, len(bars)


def _in_order(names):
    """Expressions in their own order, then other classes by name, and what is none at the end."""
    known = [name for name in EXPRESSIONS if name in names]
    others = sorted(names - {*known, _UNCERTAIN})
    return [*known, *others, *names & {_UNCERTAIN}]


def _palette(names):
    """How the bars of each expression look."""
    own = [name for name in names if name != _UNCERTAIN]
    if EXPRESSION_COLORS.keys() >= set(own):
        chosen = [[value / 255 for value in EXPRESSION_COLORS[name]] for name in own]
    else:
        chosen = colors(len(own))
    looks = {name: {"facecolor": color} for name, color in zip(own, chosen, strict=True)}
    # Hatched, so that it is not taken for the grey of neutral.
    looks[_UNCERTAIN] = {"facecolor": "0.96", "edgecolor": "0.7", "hatch": "////", "linewidth": 0}
    return looks


def _name(track):
    return "no track" if track is None else f"#{track}"


def _format_time(ax, end):
    if end <= _SHORT:
        ax.set_xlabel("time in seconds")
    else:
        ax.set_xlabel("time in minutes and seconds")
        ax.xaxis.get_major_locator().set_params(steps=[1, 1.2, 1.5, 3, 6, 10])
        ax.xaxis.set_major_formatter(lambda value, _: "{}:{:02}".format(*divmod(round(value), 60)))
