"""Small pictures of large ones."""

from fer_classic.utils import as_bgr
from fer_classic.utils._opencv import cv2

__all__ = ["as_jpeg", "portrait", "shrink"]

# Share of the face's box that a portrait shows around it.
_MARGIN = 0.25


def shrink(image, longest):
    """Make a picture smaller, if it is larger.

    Parameters
    ----------
    image : ndarray of shape (h, w), (h, w, 3) or (h, w, 4)
        Grey, BGR or BGRA.
    longest : int or None
        Pixels of the longer side, at most; None for any number.

    Returns
    -------
    picture : ndarray of shape (h, w, 3), uint8
        BGR.
    scale : float
        Side of the new picture over that of the old one, 1 or less.
    """
    picture = as_bgr(image)
    scale = 1.0 if longest is None else min(1.0, longest / max(picture.shape[:2]))
    if scale == 1.0:
        return picture, scale
    height, width = (max(1, round(scale * side)) for side in picture.shape[:2])
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), scale


def portrait(image, box, *, side=96):
    """Cut a face out of a picture.

    Parameters
    ----------
    image : ndarray of shape (h, w), (h, w, 3) or (h, w, 4)
        Grey, BGR or BGRA.
    box : sequence of four int
        ``x, y, w, h``; what lies beyond the picture is left out.
    side : int, default=96
        Pixels of the longer side of the result, at most.

    Returns
    -------
    picture : ndarray of shape (h, w, 3), uint8, or None
        BGR, a copy; None if nothing of the box is in the picture.
    """
    x, y, width, height = box
    pad = round(_MARGIN * max(width, height))
    top, left = max(0, y - pad), max(0, x - pad)
    # The whole is converted, since a part need not show what its numbers mean.
    part = as_bgr(image)[top : max(top, y + height + pad), left : max(left, x + width + pad)]
    return shrink(part, side)[0].copy() if part.size else None


def as_jpeg(picture):
    """Encode a picture as JPEG, as bytes."""
    _, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 85])
    return encoded.tobytes()
