"""Pictures without people: reading them, and cutting windows out of them."""

from pathlib import Path

import cv2
import numpy as np
import torch

from fer_classic.exceptions import DataNotFoundError
from fer_classic.utils import as_gray, read_image

__all__ = ["cut_patches", "cut_square", "read_pictures", "vary"]

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tga"}


def read_pictures(folders, *, longer_side=640):
    """Read all pictures below some folders, in the order of their names.

    Parameters
    ----------
    folders : list of path-like
    longer_side : int, default=640
        Larger pictures are reduced to this.

    Returns
    -------
    pictures : list of ndarray of shape (h, w), uint8

    Raises
    ------
    DataNotFoundError
        If there are none.
    """
    pictures = []
    for folder in folders:
        pictures += [
            _reduce(as_gray(read_image(path)), longer_side)
            for path in sorted(Path(folder).rglob("*"))
            if path.suffix.lower() in SUFFIXES
        ]
    if not pictures:
        raise DataNotFoundError(
            f"no pictures below {', '.join(map(str, folders))}; give folders of pictures without "
            "people, such as unpacked packages of desktop wallpapers."
        )
    return pictures


def _reduce(picture, longer_side):
    ratio = longer_side / max(picture.shape)
    if ratio >= 1:
        return picture
    size = [max(1, round(side * ratio)) for side in picture.shape[::-1]]
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def cut_patches(pictures, n, *, side, rng):
    """Cut squares of any size out of pictures, larger pictures giving more of them.

    Parameters
    ----------
    pictures : list of ndarray of shape (h, w), uint8
    n : int
    side : int
        Pixels to which the squares are brought.
    rng : numpy.random.Generator

    Returns
    -------
    patches : tensor of shape (n, 1, side, side), uint8
    """
    weights = np.sqrt([picture.size for picture in pictures])
    which = np.sort(rng.choice(len(pictures), n, p=weights / weights.sum()))
    patches = np.empty((n, 1, side, side), np.uint8)
    for patch, index in zip(patches, which, strict=True):
        picture = pictures[index]
        least, most = min(side / 2, min(picture.shape)), min(picture.shape)
        square = int(np.exp(rng.uniform(np.log(least), np.log(most))))
        top, left = (int(rng.integers(0, length - square + 1)) for length in picture.shape)
        shrinks = square > side
        patch[0] = cv2.resize(
            picture[top : top + square, left : left + square],
            (side, side),
            interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR,
        )
    return torch.from_numpy(patches)


def cut_square(picture, box, side, *, context=1.0):
    """Cut the square of a box, times ``context``, out of a picture, whose edge goes on outside.

    Parameters
    ----------
    picture : ndarray of shape (h, w), uint8
    box : ndarray of shape (4,)
        ``x, y, w, h``.
    side : int
        Pixels to which the square is brought.
    context : float, default=1.0

    Returns
    -------
    square : ndarray of shape (side, side), uint8
    """
    x, y, w, h = box
    scale = side / (w * context)
    middle = (side - 1) / 2
    matrix = np.array(
        [
            [scale, 0, middle - scale * (x + w / 2 - 0.5)],
            [0, scale, middle - scale * (y + h / 2 - 0.5)],
        ]
    )
    if scale < 1:
        picture = cv2.GaussianBlur(picture, (0, 0), 0.4 / scale)
    return cv2.warpAffine(picture, matrix, (side, side), borderMode=cv2.BORDER_REPLICATE)


def vary(picture, rng):
    """Turn, mirror, resize and darken a picture, to see it once more with other eyes."""
    picture = np.rot90(picture, rng.integers(4)) if rng.random() < 0.5 else picture
    picture = picture[:, ::-1] if rng.random() < 0.5 else picture
    ratio = np.exp(rng.uniform(np.log(0.5), np.log(1.3)))
    size = [max(48, round(side * ratio)) for side in picture.shape[::-1]]
    picture = cv2.resize(np.ascontiguousarray(picture), size, interpolation=cv2.INTER_AREA)
    gain = np.exp(rng.uniform(-1.5, 0.2)) if rng.random() < 0.3 else 1.0
    return np.clip(picture * gain, 0, 255).astype(np.uint8)
