"""Drawing what was recognized onto a picture."""

import numpy as np

from fer_classic.base import to_uint8
from fer_classic.utils._opencv import cv2

__all__ = ["annotate"]

_FONT = cv2.FONT_HERSHEY_SIMPLEX
# BGR; Okabe and Ito's palette, which stays apart for the colour-blind.
_COLORS = {
    "angry": (0, 94, 213),
    "contempt": (167, 121, 204),
    "disgust": (115, 158, 0),
    "fear": (66, 228, 240),
    "happy": (0, 159, 230),
    "neutral": (190, 190, 190),
    "sad": (178, 114, 0),
    "surprise": (233, 180, 86),
}
_OTHER_COLOR = (255, 255, 255)


def annotate(frame, faces, *, fps=None):
    """Draw boxes, expressions and scores onto a copy of a picture.

    Parameters
    ----------
    frame : ndarray of shape (h, w), (h, w, 3) or (h, w, 4)
        Grey, BGR or BGRA; ``uint8``, ``uint16``, or floating in 0-1.
    faces : iterable of Face
        The faces in it.
    fps : float, optional
        Frames a second, written into the upper left corner.

    Returns
    -------
    picture : ndarray of shape (h, w, 3), uint8
        BGR; ``frame`` stays as it is.
    """
    picture = _as_bgr(frame)
    height, width = picture.shape[:2]
    # Text of one size would be unreadable on a phone's photo and cover a small one.
    scale = np.clip(min(height, width) / 720.0, 0.4, 4.0)
    thickness = max(1, round(3 * scale))
    for face in faces:
        x, y, w, h = face.box
        color = _COLORS.get(face.emotion, _OTHER_COLOR)
        cv2.rectangle(picture, (x, y), (x + w, y + h), color, thickness, cv2.LINE_AA)
        _write(picture, _label(face), (x, y), color, scale)
    if fps is not None:
        _write(picture, f"{fps:.1f} FPS", (0, 0), _OTHER_COLOR, scale)
    return picture


def _as_bgr(frame):
    frame = np.asarray(frame)
    if frame.dtype == np.uint16:
        frame = frame >> 8
    frame = to_uint8(frame)
    if frame.ndim == 2:
        return cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR)
    return frame[..., :3].copy()


def _label(face):
    if face.scores is None:
        return face.emotion
    score = face.scores[face.emotion]
    return f"{face.emotion} {score:{'.0%' if face.score_kind == 'probability' else '.2f'}}"


def _write(picture, text, corner, color, scale):
    """Write black text on a coloured ground that ends at ``corner``, or as near as fits."""
    thickness = max(1, round(1.5 * scale))
    (width, height), baseline = cv2.getTextSize(text, _FONT, scale, thickness)
    pad = max(2, round(4 * scale))
    left = int(np.clip(corner[0], 0, max(0, picture.shape[1] - width - 2 * pad)))
    top = max(0, corner[1] - height - baseline - 2 * pad)
    bottom = top + height + baseline + 2 * pad
    cv2.rectangle(picture, (left, top), (left + width + 2 * pad, bottom), color, cv2.FILLED)
    origin = (left + pad, bottom - pad - baseline)
    cv2.putText(picture, text, origin, _FONT, scale, (0, 0, 0), thickness, cv2.LINE_AA)
