"""What results show in a notebook: HTML of limited size that needs nothing from elsewhere."""

import base64
import io
from html import escape

from fer_classic.analysis._pictures import as_jpeg
from fer_classic.analysis._words import short_name
from fer_classic.exceptions import MissingDependencyError

__all__ = ["photos_html", "video_html"]

_MAX_PHOTOS = 12
_MAX_ROWS = 20
_MAX_PEOPLE = 20
# Expressions of a person that are written out; the rest is in the summary.
_MAX_SHARES = 3

_CELL = 'style="text-align:left;vertical-align:middle"'
_FLOW = "display:flex;flex-wrap:wrap;gap:8px;align-items:flex-start"


def photos_html(analysis):
    """Show photos with their faces, and the table.

    Parameters
    ----------
    analysis : PhotoAnalysis

    Returns
    -------
    html : str
        With the first 12 photos and 20 rows; it says how many there are.
    """
    alone = len(analysis.photos) == 1
    shown = analysis.pictures(_MAX_PHOTOS, longest=900 if alone else 320, chart=alone)
    figures = [
        _figure(picture, short_name(analysis.photos[number].photo)) for number, picture in shown
    ]
    rows = analysis.rows
    cells = [_photo_cells(row) for row in rows[:_MAX_ROWS]]
    names = ("photo", "face", "expression", "score", "box", "sharpness", "symmetry", "note")
    more = _more((len(analysis.photos), len(shown), "photos"), (len(rows), len(cells), "rows"))
    return (
        f'<div><div style="{_FLOW}">{"".join(figures)}</div>{_table(names, cells)}'
        f"<p>{escape(repr(analysis))}{more}</p></div>"
    )


def video_html(analysis):
    """Show the people of a video, and the timeline if matplotlib is installed.

    Parameters
    ----------
    analysis : VideoAnalysis

    Returns
    -------
    html : str
        With the first 20 people; it says how many there are.
    """
    people = analysis.summary()
    cells = [_person_cells(row, analysis) for row in people[:_MAX_PEOPLE]]
    names = ("", "track", "first seen", "last seen", "seconds", "expressions (share of time)")
    damage = f"<p>{escape(analysis.damage)}</p>" if analysis.damage else ""
    return (
        f"<div>{_table(names, cells)}{_timeline(analysis)}{damage}"
        f"<p>{escape(repr(analysis))}{_more((len(people), len(cells), 'people'))}</p></div>"
    )


def _photo_cells(row):
    score = row.get(f"score_{row['expression']}")
    if score is not None:
        score = f"{score:.0%}" if row["score_kind"] == "probability" else f"{score:.2f}"
    box = None
    if row["x"] is not None:
        box = f"{row['x']}, {row['y']}, {row['width']} x {row['height']}"
    quality = [None if row[n] is None else f"{row[n]:.2f}" for n in ("sharpness", "symmetry")]
    note = row["error"] or row["reason"]
    cells = (row["photo"], row["face"], row["expression"], score, box, *quality, note)
    return ["" if cell is None else escape(str(cell)) for cell in cells]


def _person_cells(row, analysis):
    picture = analysis.portraits.get(row["track"])
    face = "" if picture is None else _image(as_jpeg(picture), "jpeg", height=64)
    shares = {name: row[f"share_{name}"] for name in (*analysis.classes, "uncertain")}
    most = sorted(shares, key=lambda name: -shares[name])[:_MAX_SHARES]
    words = ", ".join(f"{escape(name)} {shares[name]:.0%}" for name in most if shares[name] > 0)
    times = [f"{row[name]:.1f}" for name in ("first_seen", "last_seen", "seconds")]
    return [face, "" if row["track"] is None else f"#{row['track']}", *times, words]


def _timeline(analysis):
    try:
        figure = analysis.plot_timeline(max_tracks=_MAX_PEOPLE).figure
    except MissingDependencyError:
        return ""
    content = io.BytesIO()
    figure.savefig(content, format="png")
    return f"<div>{_image(content.getvalue(), 'png')}</div>"


def _table(names, rows):
    head = "".join(f"<th {_CELL}>{escape(name)}</th>" for name in names)
    body = "".join(
        f"<tr>{''.join(f'<td {_CELL}>{cell}</td>' for cell in row)}</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _figure(picture, name):
    image = _image(as_jpeg(picture), "jpeg")
    caption = f'<figcaption style="max-width:320px;overflow-wrap:anywhere">{escape(name)}'
    return f'<figure style="margin:0">{image}{caption}</figcaption></figure>'


def _image(content, kind, *, height=None):
    size = f";height:{height}px" if height else ""
    data = base64.b64encode(content).decode()
    return f'<img style="max-width:100%{size}" alt="" src="data:image/{kind};base64,{data}">'


def _more(*counts):
    cut = [f"{shown:,} of {total:,} {what}" for total, shown, what in counts if shown < total]
    return f" Shown: {', '.join(cut)}; all are in to_dataframe() and rows." if cut else ""
