"""Drawing what was recognized onto a picture."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from fer_classic.live._results import NO_FACE, UNCERTAIN, Face
from fer_classic.live.drawing._canvas import Canvas
from fer_classic.live.drawing._fonts import find_font
from fer_classic.utils import as_bgr
from fer_classic.utils._palette import EXPRESSION_COLORS

__all__ = ["annotate"]

# BGR, as the picture.
_COLORS = {name: color[::-1] for name, color in EXPRESSION_COLORS.items()}
# BGR; bright enough for dark letters.
_TRACK_COLORS = (
    (233, 180, 86),
    (0, 159, 230),
    (140, 190, 0),
    (190, 130, 235),
    (66, 228, 240),
    (70, 120, 245),
    (255, 150, 140),
    (80, 220, 160),
    (208, 224, 64),
    (150, 165, 255),
)
_WHITE = (255, 255, 255)
_LIGHT = (215, 215, 215)
_GRAY = (185, 185, 185)
_RAIL = (100, 100, 100)
_DARK = (24, 24, 24)
_GLASS = 0.75
# Grey level that the colour of an uncertain face is drawn to.
_MUTED = 150
_MAX_CHARTS = 3
# Share of a single face that its chart may cover.
_TOLERANCE = 0.1


def annotate(
    frame: np.ndarray,
    faces: Iterable[Face],
    *,
    fps: float | None = None,
    milliseconds: dict[str, float] | None = None,
    labels: dict[str, str] | None = None,
    font: str | Path | None = None,
    chart: bool = True,
) -> np.ndarray:
    """Draw boxes, expressions and scores onto a copy of a picture.

    Each face gets a box and a label, in the colour of its track, or without tracks in that of its
    expression; uncertain ones are drawn in a muted way, with the reason if there is one. The
    largest faces get a chart of all their scores where there is room next to them: probabilities on
    a scale from 0 to 1, values of a decision function from the smallest to the largest of the face.

    Parameters
    ----------
    frame : ndarray of shape (h, w), (h, w, 3) or (h, w, 4)
        Grey, BGR or BGRA; what :func:`~fer_classic.utils.as_bgr` accepts.
    faces : iterable of Face
        The faces in it.
    fps : float, optional
        Frames a second, written into the upper left corner, or into another one where faces are in
        the way.
    milliseconds : dict of str to float, optional
        Time of each stage, written below; left out of pictures too small for it.
    labels : dict of str to str, optional
        What expressions are called, as :func:`load_labels` gives it; by default their names.
    font : str or path-like, optional
        Font file. By default a font that has all letters of ``labels`` and of the faces' names.
    chart : bool, default=True
        Whether to draw charts.

    Returns
    -------
    picture : ndarray of shape (h, w, 3), uint8
        BGR; ``frame`` stays as it is.

    Raises
    ------
    DisplayError
        If no font has these letters; :func:`find_font` says so before a run.
    DataNotFoundError, DataFormatError
        If ``font`` does not exist, or is not a font.
    ValueError
        If ``frame`` is not an image.
    """
    labels = labels or {}
    faces = sorted(faces, key=lambda face: -face.box[2] * face.box[3])
    canvas = Canvas(as_bgr(frame).copy(), find_font(_texts(faces, labels), font=font))
    status = [f"{fps:.{0 if fps >= 10 else 1}f} FPS"] if fps is not None else []
    if not faces:
        status.append(labels.get(NO_FACE, NO_FACE))
    for face in faces:
        _draw_box(canvas, face)
    _draw_status(canvas, status, milliseconds or {})
    for face in faces:
        _draw_label(canvas, face, labels)
    for face in faces[:_MAX_CHARTS] if chart else ():
        if face.scores:
            _draw_chart(canvas, face, labels, alone=len(faces) == 1)
    return canvas.picture


def _texts(faces, labels):
    """All that may be written, in an order that stays, so that a font is found only once."""
    names = [
        name for face in faces for name in (*(face.scores or ()), face.expression, face.reason)
    ]
    return tuple(dict.fromkeys((*labels.values(), *(labels.get(name, name) for name in names))))


def _draw_status(canvas, notes, milliseconds):
    size, small = canvas.size, max(9, round(0.8 * canvas.size))
    rows = [(note, "", _WHITE, size) for note in notes]
    rows += [(name, f"{time:.1f} ms", _LIGHT, small) for name, time in milliseconds.items()]
    # Times are for those who want to know; they never fill a small picture.
    if 1.5 * small * len(rows) > canvas.picture.shape[0] / 3:
        rows = rows[: len(notes)]
    if not rows:
        return
    pad, gap = size // 2, size
    left = max(canvas.width(name, size) for name, *_, size in rows)
    right = max(canvas.width(value, size) for _, value, _, size in rows)
    width = left + (gap + right if right else 0)
    heights = [round(1.5 * size) for *_, size in rows]
    extent = (width + 2 * pad, sum(heights) + pad)
    box, _ = canvas.place(extent, canvas.corners(extent))
    canvas.panel(box, _DARK, _GLASS)
    x, y = box[0] + pad, box[1] + pad // 2
    for (name, value, color, size), height in zip(rows, heights, strict=True):
        middle = y + height // 2
        canvas.text(name, (x, middle), color, size)
        canvas.text(value, (x + width - canvas.width(value, size), middle), color, size)
        y += height


def _draw_box(canvas, face):
    thickness = max(1, round(canvas.size / (12 if face.expression == UNCERTAIN else 7)))
    canvas.outline(face.box, _color(face), thickness)


def _draw_label(canvas, face, labels):
    x, y, w, h = face.box
    # Small faces in a crowd get smaller words, down to a size that can still be read.
    size = round(np.clip(w / 6, max(9, 0.65 * canvas.size), canvas.size))
    words = _words(face, labels)
    pad = size // 2
    widths = [canvas.width(word, size) for word in words]
    while len(words) > 1 and sum(widths) + pad * (len(words) + 1) > canvas.picture.shape[1]:
        words.pop()
        widths.pop()
    width, height = sum(widths) + pad * (len(words) + 1), round(1.6 * size)
    gap = max(1, size // 6)
    above, below = y - height - gap, y + h + gap
    corners = [(x, above), (x, below), (x + w - width, above), (x + w - width, below), (x, y)]
    box, _ = canvas.place((width, height), corners)
    if face.expression == UNCERTAIN:
        canvas.panel(box, _DARK, _GLASS)
        ink = _LIGHT
    else:
        canvas.panel(box, _color(face))
        ink = _ink(_color(face))
    left, middle = box[0] + pad, box[1] + height // 2
    for word, width in zip(words, widths, strict=True):
        canvas.text(word, (left, middle), ink, size)
        left += width + pad


def _draw_chart(canvas, face, labels, *, alone):
    """Draw the scores next to a face, where they cover nothing.

    For a single face, a corner of the picture will do as well, and the edge of the face.
    """
    x, y, w, h = face.box
    size = max(9, round(0.8 * canvas.size))
    names = [labels.get(name, name) for name in face.scores]
    column = max(canvas.width(name, size) for name in names)
    pad, rail, row = size // 2, 5 * size, round(1.4 * size)
    extent = width, height = column + rail + 3 * pad, row * len(names) + 2 * pad
    right, left, bottom = x + w + pad, x - width - pad, y + h - height
    spots = [(right, y), (left, y), (right, bottom), (left, bottom)]
    spots += [(x, y + h + pad), (x, y - height - pad)]
    if alone:
        spots += reversed(canvas.corners(extent))
    box, covered = canvas.place(extent, spots)
    rows, columns = canvas.picture.shape[:2]
    if width > columns or height > rows or covered > (_TOLERANCE * w * h if alone else 0):
        return
    canvas.panel(box, _DARK, _GLASS)
    start, middle = box[0] + column + 2 * pad, box[1] + pad + row // 2
    shares = _shares(list(face.scores.values()), face.score_kind)
    for name, label, share in zip(face.scores, names, shares, strict=True):
        text, bar = (_WHITE, _color(face)) if name == face.expression else (_LIGHT, _GRAY)
        canvas.text(label, (start - pad - canvas.width(label, size), middle), text, size)
        canvas.bar((start, middle), rail, size // 2, _RAIL)
        canvas.bar((start, middle), max(1, round(share * rail)), size // 2, bar)
        middle += row


def _words(face, labels):
    name = labels.get(face.expression, face.expression)
    words = [f"{name}: {labels.get(face.reason, face.reason)}" if face.reason else name]
    if face.scores and face.expression in face.scores:
        score = face.scores[face.expression]
        words.append(f"{score:{'.0%' if face.score_kind == 'probability' else '.2f'}}")
    if face.track_id is not None:
        words.append(f"#{face.track_id}")
    return words


def _shares(scores, kind):
    """Length of each bar, 0 to 1."""
    low, high = (0.0, 1.0) if kind == "probability" else (min(scores), max(scores))
    return [min(1.0, max(0.0, (score - low) / ((high - low) or 1.0))) for score in scores]


def _color(face):
    if face.track_id is not None:
        color = _TRACK_COLORS[face.track_id % len(_TRACK_COLORS)]
    else:
        color = _class_color(face)
    if face.expression != UNCERTAIN:
        return color
    return tuple((tint + 2 * _MUTED) // 3 for tint in color)


def _class_color(face):
    """Color of an expression; where a model has other classes, each has one by its place."""
    names = list(face.scores or ())
    if face.expression in names and not _COLORS.keys() >= set(names):
        return _TRACK_COLORS[names.index(face.expression) % len(_TRACK_COLORS)]
    return _COLORS.get(face.expression, _WHITE)


def _ink(color):
    """Dark letters on bright ground, white ones on dark ground."""
    blue, green, red = color
    return _DARK if 0.114 * blue + 0.587 * green + 0.299 * red > 110 else _WHITE
