"""Accuracies with their intervals, one under the other."""

from benchmarks._format import estimate
from benchmarks.report.html.markup import key, name, title
from benchmarks.report.html.svg import coordinate, tens, ticks
from benchmarks.report.summary import marked_titles

__all__ = ["axis", "strip", "strips"]

_HONEST = ("c0", "c1", "c2", "c3")


def strips(rows):
    """Draw the accuracies of recipes under protocols.

    Parameters
    ----------
    rows : list of Row
        Rows with scores; those of a recipe stand together, the recipes in the order of the first
        row of each.

    Returns
    -------
    html : str
        A table with a line for each row. Leaky protocols have a colour, a mark and the word.
    """
    titles = marked_titles(rows)
    honest = [text for text in dict.fromkeys(titles.values()) if not text.endswith("(leaky)")]
    colours = {text: _HONEST[k % len(_HONEST)] for k, text in enumerate(honest)}
    css = {of: colours.get(text, "cl") for of, text in titles.items()}
    low, high = tens(row.scores["accuracy"] for row in rows)
    by_recipe = {}
    for row in rows:
        by_recipe.setdefault(row.recipe, []).append(row)
    body = []
    for recipe, group in by_recipe.items():
        for number, row in enumerate(group):
            first = f'<th scope="rowgroup" rowspan="{len(group)}">{name(recipe)}</th>'
            body.append(
                f'<tr class="{css[row.title]}{"" if number else " first"}">'
                f"{'' if number else first}"
                f'<td class="t">{title(_short(row, titles))}</td>'
                f'<td class="strip">{strip([(row.scores["accuracy"], "")], low, high)}</td>'
                f'<td class="n">{estimate(row.scores["accuracy"])}</td></tr>'
            )
    sample = '<path class="l" d="M1 6H29"/><circle class="dot" cx="15" cy="6" r="4"/>'
    legend = key([(sample, css[of], text) for of, text in titles.items()])
    return (
        f'{legend}<table class="strips"><thead><tr><th scope="col">recipe</th><th class="t"></th>'
        f'<th class="axis">{axis(low, high)}</th><th scope="col" class="n">accuracy %</th></tr>'
        f"</thead><tbody>{''.join(body)}</tbody></table>"
    )


def _short(row, titles):
    """Title of a row; that of a subset without the test part, which stands next to it."""
    return (
        row.subset + titles[row.title].removeprefix(row.title) if row.subset else titles[row.title]
    )


def _place(value, low, high):
    return f"{coordinate(100 * (value - low) / (high - low))}%"


def _grid(low, high):
    return [(_place(tick, low, high), tick) for tick in ticks(low, high, most=5)]


def strip(estimates, low, high):
    """Draw estimates with their intervals in a line of a table.

    Parameters
    ----------
    estimates : list of (dict, str)
        Each with the class of its colour, "" for that of the line; from above to below.
    low, high : float
        Ends of the axis.

    Returns
    -------
    svg : str
    """
    marks = [
        f'<line class="{"g" if tick else "g zero"}" x1="{x}" x2="{x}" y2="20"/>'
        for x, tick in _grid(low, high)
    ]
    for number, (value, css) in enumerate(estimates, 1):
        y, place = coordinate(20 * number / (len(estimates) + 1)), _place(value["value"], low, high)
        mark = f'<circle class="dot" cx="{place}" cy="{y}" r="4.5"/>'
        if value["low"] is not None:
            ends = [_place(value[end], low, high) for end in ("low", "high")]
            mark = f'<line class="l" x1="{ends[0]}" x2="{ends[1]}" y1="{y}" y2="{y}"/>{mark}'
        marks.append(f'<g class="{css}">{mark}</g>' if css else mark)
    return f'<svg aria-hidden="true">{"".join(marks)}</svg>'


def axis(low, high):
    """Write the numbers above such lines, in percent."""
    texts = "".join(
        f'<text class="mid" x="{x}" y="15">{100 * tick:.0f}</text>' for x, tick in _grid(low, high)
    )
    return f'<svg aria-hidden="true">{texts}</svg>'
