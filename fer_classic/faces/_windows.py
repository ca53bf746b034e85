"""Windows of a picture, as small networks take them: a pyramid, even contrast, squares."""

import numpy as np

from fer_classic.utils._opencv import cv2

__all__ = ["AROUND", "WINDOW", "cut_windows", "local_contrast", "pyramid", "standardize"]

WINDOW = 24  # pixels that a face fills on one level of the pyramid
AROUND = 25  # pixels of the neighbourhood whose contrast is evened out
FLOOR = 4.0  # variance in squared grey levels; what varies less is not blown up
_STEP = 1.3  # between the levels of the pyramid


def pyramid(picture, min_side):
    """Reduce a picture step by step, so that faces of every size fill a window of some level.

    Parameters
    ----------
    picture : ndarray of shape (h, w), uint8
    min_side : float
        Side of the smallest face, in pixels.

    Yields
    ------
    level : ndarray of shape (h', w'), uint8
        The largest first; no picture is enlarged.
    scale : ndarray of shape (2,), float64
        Pixels of the picture in x and y for one of the level.
    """
    size = np.array(picture.shape[::-1])
    ratio = min(1.0, WINDOW / min_side)
    level = picture
    while (sides := np.rint(size * ratio).astype(int)).min() >= WINDOW * 0.8:
        if level.shape != tuple(sides[::-1]):
            level = _shrink(level, sides)
        yield level, size / sides
        ratio /= _STEP


def _shrink(picture, size):
    # By two, which costs little, as far as that goes.
    while (picture.shape[::-1] >= 2 * size).all():
        half = [side // 2 for side in picture.shape[::-1]]
        picture = cv2.resize(picture, half, interpolation=cv2.INTER_AREA)
    return cv2.resize(picture, size.tolist(), interpolation=cv2.INTER_AREA)


def local_contrast(image):
    """Subtract the mean of the neighbourhood and divide by its deviation.

    Parameters
    ----------
    image : ndarray of shape (h, w), uint8 or float32
        Grey levels.

    Returns
    -------
    contrast : ndarray of shape (h - 24, w - 24), float32
        Without the margin whose neighbourhood is not known.
    """
    image = image.astype(np.float32)
    inner = slice(AROUND // 2, -(AROUND // 2))
    mean = cv2.blur(image, (AROUND, AROUND))[inner, inner]
    variance = cv2.sqrBoxFilter(image, cv2.CV_32F, (AROUND, AROUND))[inner, inner]
    variance = cv2.subtract(variance, cv2.multiply(mean, mean))
    deviation = cv2.sqrt(np.maximum(variance, 0, out=variance) + FLOOR)
    return cv2.divide(cv2.subtract(image[inner, inner], mean), deviation)


def cut_windows(levels, squares, side):
    """Cut squares out of a picture and bring them to one size; outside, its edge goes on.

    Parameters
    ----------
    levels : list of (ndarray, ndarray)
        The picture at several sizes, as :func:`pyramid` gives them. Each square is cut out of the
        smallest in which it still has all the pixels that are asked for.
    squares : ndarray of shape (n, 3)
        Centre in x and y, and side, in pixels of the picture.
    side : int

    Returns
    -------
    windows : ndarray of shape (n, side, side), float32
    """
    windows = np.empty((len(squares), side, side), np.float32)
    scales = np.array([scale.mean() for _, scale in levels])
    for window, square in zip(windows, squares, strict=True):
        level = max(0, int(np.searchsorted(scales, square[2] / side, side="right")) - 1)
        picture, scale = levels[level]
        window[:] = _cut(picture, square / [*scale, scales[level]], side)
    return windows


def _cut(picture, square, side):
    x, y, length = square
    length = max(1, round(length))
    left, top = round(x - length / 2), round(y - length / 2)
    beyond = np.array(
        [-top, top + length - picture.shape[0], -left, left + length - picture.shape[1]]
    ).clip(0, length - 1)
    inside = picture[max(top, 0) : max(top + length, 1), max(left, 0) : max(left + length, 1)]
    if beyond.any():
        inside = cv2.copyMakeBorder(inside, *beyond.tolist(), cv2.BORDER_REPLICATE)
    method = cv2.INTER_AREA if length > side else cv2.INTER_LINEAR
    return cv2.resize(inside, (side, side), interpolation=method)


def standardize(windows):
    """Bring each window to mean 0 and deviation 1, so that light and darkness are the same.

    Parameters
    ----------
    windows : ndarray of shape (n, h, w), float32

    Returns
    -------
    standard : ndarray of shape (n, h, w), float32
    """
    mean = windows.mean(axis=(1, 2), keepdims=True)
    variance = windows.var(axis=(1, 2), keepdims=True)
    return (windows - mean) / np.sqrt(variance + FLOOR)
