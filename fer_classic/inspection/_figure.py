"""The picture of an explanation: photo, face, map, scores and a legend."""

import numpy as np

from fer_classic.inspection._render import AGAINST, FOR, render_explanation, tint
from fer_classic.live.drawing._canvas import Canvas
from fer_classic.live.drawing._fonts import find_font
from fer_classic.utils import as_bgr
from fer_classic.utils._opencv import cv2

__all__ = ["draw_explanation"]

_TILE = 256
_GAP = 24
_PANEL = 300
_WIDEST = 900  # of the photo
_CAPTION = 22
_SIZE, _SMALL = 15, 12
_WHITE, _INK, _PALE, _RAIL = (255, 255, 255), (40, 40, 40), (110, 110, 110), (225, 225, 225)


def draw_explanation(photo, result):
    """Draw a photo, the face in it, the map of its explanation, its scores and a legend.

    Parameters
    ----------
    photo : ndarray of shape (h, w), (h, w, 3) or (h, w, 4)
        Grey, BGR or BGRA.
    result : PhotoExplanation
        Result of :func:`explain_photo` for this photo.

    Returns
    -------
    picture : ndarray of shape (height, width, 3), uint8
        BGR. A photo that is a crop itself is not drawn a second time.

    Raises
    ------
    DisplayError
        If no font on this machine can show the names of the classes.
    """
    explanation = result.explanation
    height = 2 * (_CAPTION + _TILE) + _GAP
    tiles = [
        ("face", _enlarged(as_bgr(explanation.image))),
        ("map", _enlarged(render_explanation(explanation.image, explanation, least_side=_TILE))),
    ]
    whole = None
    if np.shape(photo)[:2] != explanation.image.shape:
        whole = _photo(photo, result, height - _CAPTION)
    width = _TILE + _PANEL + 3 * _GAP + (0 if whole is None else whole.shape[1] + _GAP)
    page = np.full((height + 2 * _GAP, width, 3), 255, dtype=np.uint8)
    names = (explanation.target, *(result.face.scores or ()))
    canvas = Canvas(page, find_font(names))
    left = _GAP
    if whole is not None:
        number = f"face {result.number + 1} of {len(result.faces)}"
        _paste(canvas, whole, (left, _GAP), f"photo, {number}")
        left += whole.shape[1] + _GAP
    for place, (caption, tile) in enumerate(tiles):
        _paste(canvas, tile, (left, _GAP + place * (_CAPTION + _TILE + _GAP)), caption)
    _draw_panel(canvas, left + _TILE + _GAP, result)
    return canvas.picture


def _enlarged(picture):
    """Fit a face into a tile; pixels stay visible."""
    scale = _TILE / max(picture.shape[:2])
    size = tuple(max(1, round(scale * side)) for side in picture.shape[1::-1])
    return cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA)


def _photo(photo, result, height):
    """The photo with the map over the face, as high as the page or as wide as it may be."""
    picture = as_bgr(photo)
    scale = min(height / picture.shape[0], _WIDEST / picture.shape[1])
    size = tuple(max(1, round(scale * side)) for side in picture.shape[1::-1])
    interpolation = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    picture = cv2.resize(picture, size, interpolation=interpolation)
    corners = scale * result.corners
    picture = render_explanation(picture, result.explanation, corners=corners, least_side=1)
    upper_left, upper_right, lower_left = corners
    outline = np.array([upper_left, upper_right, upper_right + lower_left - upper_left, lower_left])
    cv2.polylines(picture, [np.rint(outline).astype(np.int32)], True, _WHITE, 2, cv2.LINE_AA)
    return picture


def _paste(canvas, picture, position, caption):
    x, y = position
    canvas.text(caption, (x, y + _CAPTION // 2 - 2), _PALE, _SMALL)
    height, width = picture.shape[:2]
    canvas.picture[y + _CAPTION : y + _CAPTION + height, x : x + width] = picture


def _draw_panel(canvas, left, result):
    """Write the answer, draw the scores and the legend."""
    y = _GAP + _CAPTION + 8
    face, explanation = result.face, result.explanation
    canvas.text(face.expression, (left, y), _INK, 2 * _SIZE)
    y += 40
    for name, score in sorted((face.scores or {}).items(), key=lambda item: -item[1]):
        _draw_score(canvas, left, y, name, score, result)
        y += 24
    y += 16
    canvas.text(f"why {explanation.target}?", (left, y), _INK, _SIZE + 2)
    y = _draw_legend(canvas, left, y + 30, explanation)
    for line in _words(explanation):
        canvas.text(line, (left, y), _PALE, _SMALL)
        y += 19


def _draw_score(canvas, left, y, name, score, result):
    scores = result.face.scores
    probability = result.face.score_kind == "probability"
    low, high = (0.0, 1.0) if probability else (min(scores.values()), max(scores.values()))
    share = (score - low) / ((high - low) or 1.0)
    start, rail = left + 92, _PANEL - 150
    canvas.text(name, (left, y), _INK, _SIZE)
    canvas.bar((start, y), rail, 10, _RAIL)
    chosen = name == result.explanation.target
    canvas.bar((start, y), max(1, round(share * rail)), 10, FOR if chosen else _PALE)
    text = f"{score:.0%}" if probability else f"{score:.2f}"
    canvas.text(text, (start + rail + 8, y), _INK, _SIZE)


def _draw_legend(canvas, left, y, explanation):
    """Draw the colours on a grey ground, with the values at both ends; return where it ends."""
    width = _PANEL - 10
    ramp = np.tile(np.linspace(-1, 1, width, dtype=np.float32), (16, 1))
    ground = np.full((16, width, 3), 190, dtype=np.uint8)
    canvas.picture[y : y + 16, left : left + width] = tint(ground, ramp)
    largest = float(np.abs(explanation.map).max())
    ends = [(f"{-largest:.2g}", "against it"), (f"+{largest:.2g}", "for it")]
    for row, texts in enumerate(zip(*ends, strict=True)):
        middle = y + 28 + 17 * row
        canvas.text(texts[0], (left, middle), (_PALE, AGAINST)[row], _SMALL)
        end = left + width - canvas.width(texts[1], _SMALL)
        canvas.text(texts[1], (end, middle), (_PALE, FOR)[row], _SMALL)
    return y + 72


def _words(explanation):
    score, base = explanation.score, explanation.base_value
    if explanation.method == "linear":
        return [
            "Exact contribution of each pixel to the decision",
            "score; they sum to what the face adds:",
            f"{score:.2f} = {base:.2f} without the face {score - base:+.2f}",
        ]
    kind = "probability" if explanation.score_kind == "probability" else "score"
    change = {
        "masks": [
            "rises when this part of the face becomes",
            "visible, on average over random masks.",
        ],
        "occlusion": ["falls when a patch around the pixel is", "covered."],
    }
    return [
        f"By how much the {kind} of {explanation.target}",
        *change[explanation.method],
        f"{score:.2f} for this face, {base:.2f} all covered.",
    ]
