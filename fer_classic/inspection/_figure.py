"""The picture of an explanation: photo, face, map, scores and a legend."""

import numpy as np

from fer_classic.inspection._render import AGAINST, FOR, colored, render_explanation
from fer_classic.live.drawing._canvas import Canvas
from fer_classic.live.drawing._fonts import find_font
from fer_classic.utils import as_bgr
from fer_classic.utils._opencv import cv2

__all__ = ["draw_explanation"]

_TILE = 256
_GAP = 24
_PANEL = 300
_MAX_PHOTO_WIDTH = 900  # of the photo
_CAPTION = 22
_SIZE, _SMALL = 15, 12
_MAX_SCORES = 8
_WHITE, _INK, _PALE, _RAIL = (255, 255, 255), (40, 40, 40), (110, 110, 110), (225, 225, 225)


def draw_explanation(photo, result, *, labels=None, font=None):
    """Draw a photo, the face in it, the map of its explanation, its scores and a legend.

    Parameters
    ----------
    photo : ndarray of shape (h, w), (h, w, 3) or (h, w, 4)
        Grey, BGR or BGRA.
    result : PhotoExplanation
        Result of :func:`explain_photo` for this photo.
    labels : dict of str to str, optional
        Displayed names of the expressions, as returned by :func:`~fer_classic.live.load_labels`; by
        default the expressions themselves.
    font : str or path-like, optional
        Font file; by default one with all required characters.

    Returns
    -------
    picture : ndarray of shape (height, width, 3), uint8
        BGR. A photo that is a crop itself is not drawn a second time.

    Raises
    ------
    DisplayError
        If no font on this machine can show the names.
    DataNotFoundError, DataFormatError
        If ``font`` does not exist, or is not a font.
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
    labels = labels or {}
    names = (explanation.target, result.face.expression, *(result.face.scores or ()))
    shown = {name: labels.get(name, name) for name in names}
    canvas = Canvas(page, find_font(tuple(shown.values()), font=font))
    left = _GAP
    if whole is not None:
        number = f"face {result.number + 1} of {len(result.faces)}"
        _paste(canvas, whole, (left, _GAP), f"photo, {number}")
        left += whole.shape[1] + _GAP
    for place, (caption, tile) in enumerate(tiles):
        _paste(canvas, tile, (left, _GAP + place * (_CAPTION + _TILE + _GAP)), caption)
    _draw_panel(canvas, left + _TILE + _GAP, result, shown)
    return canvas.picture


def _enlarged(picture):
    """Fit a face into a tile; pixels stay visible."""
    scale = _TILE / max(picture.shape[:2])
    size = tuple(max(1, round(scale * side)) for side in picture.shape[1::-1])
    return cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA)


def _photo(photo, result, height):
    """The photo with the map over the face, as high as the page or as wide as it may be."""
    picture = as_bgr(photo)
    scale = min(height / picture.shape[0], _MAX_PHOTO_WIDTH / picture.shape[1])
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


def _draw_panel(canvas, left, result, shown):
    """Write the answer, draw the scores and the legend."""
    y = _GAP + _CAPTION + 8
    face, explanation = result.face, result.explanation
    answer = _shortened(canvas, shown[face.expression], 2 * _SIZE, _PANEL)
    canvas.text(answer, (left, y), _INK, 2 * _SIZE)
    y += 40
    scores = face.scores or {}
    ranked = sorted(scores, key=lambda name: -scores[name])[:_MAX_SCORES]
    column = min(_PANEL // 2, max((canvas.width(shown[n], _SIZE) for n in ranked), default=0))
    for name in ranked:
        _draw_score(canvas, (left, y), column, name, result, shown)
        y += 24
    y += 16
    target = _shortened(canvas, shown[explanation.target], _SIZE + 2, _PANEL // 2)
    canvas.text(f"why {target}?", (left, y), _INK, _SIZE + 2)
    y = _draw_legend(canvas, left, y + 30, explanation)
    for line in _words(explanation, target):
        canvas.text(line, (left, y), _PALE, _SMALL)
        y += 19


def _shortened(canvas, text, size, width):
    """Cut a text off that is too wide."""
    short = text
    while short and canvas.width(short if short == text else f"{short}...", size) > width:
        short = short[:-1]
    return text if short == text else f"{short}..."


def _draw_score(canvas, position, column, name, result, shown):
    left, y = position
    scores = result.face.scores
    score = scores[name]
    probability = result.face.score_kind == "probability"
    low, high = (0.0, 1.0) if probability else (min(scores.values()), max(scores.values()))
    share = (score - low) / ((high - low) or 1.0)
    canvas.text(_shortened(canvas, shown[name], _SIZE, column), (left, y), _INK, _SIZE)
    start, rail = left + column + 12, _PANEL - column - 64
    canvas.bar((start, y), rail, 10, _RAIL)
    color = FOR if name == result.explanation.target else _PALE
    canvas.bar((start, y), max(1, round(share * rail)), 10, color)
    text = f"{score:.0%}" if probability else f"{score:.2f}"
    canvas.text(text, (start + rail + 8, y), _INK, _SIZE)


def _draw_legend(canvas, left, y, explanation):
    """Draw the colours on a grey ground, with the values at both ends; return where it ends."""
    width = _PANEL - 10
    ramp = np.tile(np.linspace(-1, 1, width, dtype=np.float32), (16, 1))
    ground = np.full((16, width, 3), 190, dtype=np.uint8)
    canvas.picture[y : y + 16, left : left + width] = colored(ground, ramp)
    largest = float(np.abs(explanation.map).max())
    ends = [(f"{-largest:.2g}", "against it"), (f"+{largest:.2g}", "for it")]
    for row, texts in enumerate(zip(*ends, strict=True)):
        middle = y + 28 + 17 * row
        canvas.text(texts[0], (left, middle), (_PALE, AGAINST)[row], _SMALL)
        end = left + width - canvas.width(texts[1], _SMALL)
        canvas.text(texts[1], (end, middle), (_PALE, FOR)[row], _SMALL)
    return y + 72


def _words(explanation, target):
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
        f"By how much the {kind} of {target}",
        *change[explanation.method],
        f"{score:.2f} for this face, {base:.2f} all covered.",
    ]
