"""Numbers, names and tables as text."""

import re

__all__ = [
    "estimate",
    "leak_note",
    "leak_words",
    "markdown_table",
    "number",
    "p_value",
    "percent",
    "slug",
    "text_table",
    "with_settings",
]

_MISSING = "–"


def number(value, digits=1):
    """Write a number, or a dash for None."""
    return _MISSING if value is None else f"{value:,.{digits}f}"


def percent(value):
    """Write a fraction in percent."""
    return number(None if value is None else 100 * value)


def estimate(value):
    """Write a score with its interval, in percent."""
    if value["low"] is None:
        return percent(value["value"])
    return f"{percent(value['value'])} [{percent(value['low'])}, {percent(value['high'])}]"


def p_value(value):
    """Write a p-value."""
    if value is None:
        return _MISSING
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def with_settings(name, settings):
    """Write a name with what was set by hand, such as ``svm_lbp (lbp__radius=2)``.

    Parameters
    ----------
    name : str
    settings : dict
    """
    changes = ", ".join(f"{parameter}={value}" for parameter, value in settings.items())
    return f"{name} ({changes})" if changes else name


def slug(*words):
    """Join words to the name of a file; empty ones are left out."""
    return "-".join(re.sub(r"[^\w.+=]+", "-", word).strip("-") for word in words if word)


def leak_words(leaks):
    """Say what is on both sides of a split; "" if nothing is.

    Parameters
    ----------
    leaks : dict of str to int or None
        Test items with a link into the training part, by kind of link.
    """
    kinds = [kind for kind, count in leaks.items() if count]
    return f"leaky: same {' / '.join(kinds)} on both sides" if kinds else ""


def leak_note(row):
    """Say what is on both sides of a row's split, or may be; "" for an honest one."""
    notes = [leak_words(row.leaks)] if row.leaks else []
    if row.people_unknown:
        notes.append("persons unknown: the same may be on both sides")
    return "; ".join(notes)


def text_table(header, rows):
    """Align a table for the screen: the first two columns to the left, the others to the right."""
    lines = [header, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    texts = []
    for line in lines:
        cells = [
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        texts.append("  ".join(cells).rstrip())
    return "\n".join(texts)


def markdown_table(header, rows):
    """Write a table in Markdown: the first column to the left, the others to the right."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
