"""Where a face has gone from one frame to the next: median flow, for one box."""

import numpy as np
from scipy.spatial.distance import pdist

from fer_classic.utils._opencv import cv2

__all__ = ["follow", "make_template", "similarity"]

# Points a side of the grid inside the box, and the share of the box that the grid covers: its rim
# holds background.
_GRID, _COVERED = 7, 0.8
# The surroundings that are searched, as a share of the box on each side: more than a face moves
# between two frames of a camera.
_REACH = 0.5
# Faces are looked at in this many pixels at most, so that time does not grow with the resolution.
_SIDE = 64
# Below this many reliable points, or with points that come back further from their start than this
# many (reduced) pixels, the face counts as lost.
_MIN_POINTS, _MAX_ERROR = 10, 2.0
# Pixels a side of the part of a template that covers the box, around it on each side, and of the
# blur whose result is light rather than face.
_TEMPLATE, _RIM, _LIGHT = 24, 3, 4.0
_FLOW = {
    "winSize": (11, 11),
    "maxLevel": 2,
    "criteria": (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 10, 0.03),
}


def follow(before, after, box):
    """Find in a frame the face that was in the frame before.

    Points on a grid inside the box are followed there and back again; from those that return to
    where they were, the median shift and the median growth of their distances move the box.

    Parameters
    ----------
    before, after : ndarray of shape (h, w), uint8
        Two frames.
    box : ndarray of shape (4,), float64
        ``x, y, w, h`` in the first frame.

    Returns
    -------
    box : ndarray of shape (4,), float64, or None
        The box in the second frame; None if the face is lost.

    References
    ----------
    Kalal, Mikolajczyk, Matas: Forward-backward error: automatic detection of tracking failures.
    ICPR 2010.
    """
    corner, ahead, back, scale = _surroundings(before, after, box)
    if min(ahead.shape) < 2 * _FLOW["winSize"][0]:
        return None
    start = _grid(box, corner, scale)
    there, found, _ = cv2.calcOpticalFlowPyrLK(ahead, back, start, None, **_FLOW)
    home, returned, _ = cv2.calcOpticalFlowPyrLK(back, ahead, there, None, **_FLOW)
    errors = np.linalg.norm(home - start, axis=1)
    known = (found & returned).ravel() == 1
    if not known.any():
        return None
    reliable = known & (errors <= min(np.median(errors[known]), _MAX_ERROR))
    if reliable.sum() < _MIN_POINTS:
        return None
    start, there = start[reliable], there[reliable]
    shift = np.median(there - start, axis=0) / scale
    apart = pdist(start)
    growth = np.median(pdist(there) / apart)
    return _moved(box, shift, growth)


def _surroundings(before, after, box):
    """Cut the same region out of both frames, reduced where the face is large."""
    x, y, w, h = box
    height, width = before.shape
    left, right = (int(np.clip(v, 0, width)) for v in (x - _REACH * w, x + (1 + _REACH) * w))
    top, bottom = (int(np.clip(v, 0, height)) for v in (y - _REACH * h, y + (1 + _REACH) * h))
    scale = min(1.0, _SIDE / max(w, h))
    views = [frame[top:bottom, left:right] for frame in (before, after)]
    if scale < 1 and min(views[0].shape) > 0:
        views = [
            cv2.resize(view, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            for view in views
        ]
    return np.array([left, top]), *views, scale


def _grid(box, corner, scale):
    """Points inside the box, in pixels of the surroundings."""
    x, y, w, h = box
    steps = (np.arange(_GRID) + 0.5) / _GRID * _COVERED + (1 - _COVERED) / 2
    points = np.stack(np.meshgrid(x + steps * w, y + steps * h), axis=-1).reshape(-1, 2)
    return ((points - corner) * scale).astype(np.float32)


def _moved(box, shift, growth):
    x, y, w, h = box
    centre = np.array([x + w / 2, y + h / 2]) + shift
    sides = np.array([w, h]) * growth
    return np.concatenate([centre - sides / 2, sides])


def make_template(frame, box):
    """Reduce a box and its rim to the details of a few pixels, which light hardly changes.

    Parameters
    ----------
    frame : ndarray of shape (h, w), uint8
    box : ndarray of shape (4,), float64
        ``x, y, w, h``; its centre lies in the frame.

    Returns
    -------
    template : ndarray of shape (30, 30), float32
        Grey values less those of their surroundings.
    """
    x, y, w, h = box
    side = _TEMPLATE + 2 * _RIM
    size = [max(1, round(length * side / _TEMPLATE)) for length in (w, h)]
    # Beyond the frame its border pixels count.
    patch = cv2.getRectSubPix(frame, size, (float(x + w / 2), float(y + h / 2)))
    values = cv2.resize(patch, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32)
    return values - cv2.GaussianBlur(values, (0, 0), _LIGHT)


def similarity(one, other):
    """Correlation of two templates, -1 to 1, where they fit best; 0 without any contrast.

    The boxes need not lie on the same place of the face: the inside of the first template is looked
    for in the second one.
    """
    inside = one[_RIM:-_RIM, _RIM:-_RIM]
    if inside.max() - inside.min() < 1.0:
        return 0.0
    return float(cv2.matchTemplate(other, inside, cv2.TM_CCOEFF_NORMED).max())
