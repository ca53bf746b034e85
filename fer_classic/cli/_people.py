"""Who shows which expression how long in a video: printed, and drawn."""

from pathlib import Path

from fer_classic.cli._figures import check_figure, save_figure

__all__ = ["add_people_arguments", "check_timeline", "draw_timeline", "summary_lines"]


def add_people_arguments(parser):
    """Add the arguments that ask for a summary of the people."""
    parser.add_argument(
        "--summary",
        action="store_true",
        help="print who was in sight when and how long, and the share of each expression in that "
        "time",
    )
    parser.add_argument(
        "--timeline",
        metavar="FILE",
        type=Path,
        help="draw the expressions of each person over time to a .png, .jpg, .svg or .pdf",
    )


def check_timeline(path, *, overwrite):
    """Refuse a picture that cannot be written, or is there already, before any work is done."""
    from fer_classic.utils._files import check_outputs

    check_figure("--timeline", path)
    check_outputs(path, overwrite=overwrite)


def draw_timeline(timeline, path, *, title, labels):
    """Draw the expressions of each person over time."""
    from fer_classic.plotting import plot_timeline

    axes = plot_timeline(timeline.episodes(), seconds=timeline.end, title=title, labels=labels)
    save_figure(axes.figure, path)


def summary_lines(timeline, labels):
    """Give a table of the people, line by line.

    Parameters
    ----------
    timeline : Timeline
        What was seen.
    labels : dict of str to str
        What the expressions are called.

    Yields
    ------
    line : str
        A line of names, then a line for each person: expressions by their share of the time, each
        with its mean score over all frames.
    """
    people = timeline.summary()
    if not people:
        from fer_classic.live import NO_FACE

        yield labels[NO_FACE]
        return
    rows = [
        ("track", "first seen", "last seen", "seconds", "expressions: share of time (mean score)")
    ]
    rows += [(*_place(person), _shares(person, timeline, labels)) for person in people]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for *places, shares in rows:
        cells = [cell.rjust(width) for cell, width in zip(places, widths, strict=False)]
        yield "  ".join([*cells, shares])


def _place(person):
    track = "" if person["track"] is None else f"#{person['track']}"
    seen = [_clock(person[name]) for name in ("first_seen", "last_seen")]
    return track, *seen, f"{person['seconds']:.1f}"


def _clock(seconds):
    """Time as in a player, such as ``1:02:03.4``."""
    tenths = round(10 * seconds)
    hours, minutes, rest = tenths // 36000, tenths // 600, tenths % 600 / 10
    if hours:
        return f"{hours}:{minutes % 60:02}:{rest:04.1f}"
    return f"{minutes}:{rest:04.1f}"


def _shares(person, timeline, labels):
    from fer_classic.live import UNCERTAIN

    shares = {name: person[f"share_{name}"] for name in (*timeline.classes, UNCERTAIN)}
    words = []
    for name in sorted(shares, key=lambda name: -shares[name]):
        if shares[name] > 0:
            mean = person.get(f"score_{name}")
            score = "" if mean is None else f" ({mean:.2f})"
            words.append(f"{labels[name]} {shares[name]:.0%}{score}")
    return ", ".join(words)
