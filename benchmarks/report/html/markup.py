"""Pieces of HTML: every text is escaped here, and nowhere else."""

import base64
import re
from html import escape
from io import BytesIO

__all__ = ["figure", "fold", "heading", "inline", "key", "name", "png", "table", "title"]

_MARKS = {"leaky": "mark", "persons unknown": "mark unknown"}


def name(text):
    """Escape a name, and let it be broken after an underscore or a comma."""
    return re.sub(r"([_,=:])", r"\1<wbr>", escape(str(text)))


def title(text):
    """Escape the title of a protocol; the mark at its end, such as ``(leaky)``, becomes a badge."""
    for mark, css in _MARKS.items():
        if text.endswith(f"({mark})"):
            rest = text.removesuffix(f"({mark})").rstrip()
            return f'{name(rest)} <span class="{css}">{mark}</span>'
    return name(text)


def inline(text):
    """Escape a sentence; backquotes and asterisks mark code and emphasis, as in Markdown."""
    text = re.sub(r"`([^`]*)`", r"<code>\1</code>", escape(text))
    text = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", text)
    text = re.sub(r"(?<![*\w])\*([^*\s][^*]*)\*(?![*\w])", r"<em>\1</em>", text)
    return re.sub(r"\(leaky\)", '<span class="mark">leaky</span>', text)


def heading(level, text, *, anchor=None):
    """Write a heading; ``anchor`` is what links lead to."""
    of = "" if anchor is None else f' id="{escape(anchor)}"'
    return f"<h{level}{of}>{title(text)}</h{level}>"


def table(header, lines):
    """Write a table of texts; columns of leaky protocols are in their colour.

    Parameters
    ----------
    header : sequence of str
        Names of the columns.
    lines : list of sequence of str
        Its lines; the first cell names the line.

    Returns
    -------
    html : str
    """
    leaky = [' class="leaky"' if text.endswith("(leaky)") else "" for text in header]
    head = "".join(
        f'<th scope="col"{css}>{title(text)}</th>' for text, css in zip(header, leaky, strict=True)
    )
    body = []
    for first, *cells in lines:
        rest = zip(cells, leaky[1:], strict=True)
        cells = "".join(f"<td{css}>{escape(cell)}</td>" for cell, css in rest)
        body.append(f'<tr><th scope="row">{name(first)}</th>{cells}</tr>')
    return (
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


def png(picture):
    """Write a picture of Pillow as the address of an image."""
    content = BytesIO()
    picture.save(content, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(content.getvalue()).decode()}"


def figure(head, content, *, caption="", commands=()):
    """Write a figure with its heading, and the commands that repeat it.

    Parameters
    ----------
    head : str
        Heading.
    content : str
        HTML.
    caption : str
        What is seen; see :func:`inline`.
    commands : sequence of str
        Command lines.

    Returns
    -------
    html : str
    """
    parts = ["<figure>", heading(3, head)]
    if caption:
        parts.append(f"<figcaption>{inline(caption)}</figcaption>")
    parts.append(content)
    if commands:
        lines = "".join(f"<code>{escape(line)}</code>" for line in commands)
        parts.append(f'<div class="command">{lines}</div>')
    return "\n".join([*parts, "</figure>"])


def fold(summary, content):
    """Hide what few will read behind a line."""
    return f"<details><summary>{escape(summary)}</summary>\n{content}\n</details>"


def key(entries):
    """Explain colours and lines.

    Parameters
    ----------
    entries : list of (str, str, str)
        The SVG of a sample of 30x12 pixels, its class, and the text next to it (a title).

    Returns
    -------
    html : str
    """
    samples = "".join(
        f'<span><svg viewBox="0 0 30 12" class="{css}" aria-hidden="true">{sample}</svg>'
        f"<span>{title(text)}</span></span>"
        for sample, css, text in entries
    )
    return f'<div class="key">{samples}</div>'
