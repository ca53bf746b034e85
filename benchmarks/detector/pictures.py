"""Pictures without people: reading them, and cutting windows out of them."""

import re
from pathlib import Path

import cv2
import numpy as np
import torch

from fer_classic.exceptions import DataNotFoundError, ImageReadError
from fer_classic.utils import as_gray, read_image

__all__ = [
    "collect_pictures",
    "cut_patches",
    "cut_square",
    "find_pictures",
    "jpeg",
    "read_pictures",
    "vary",
]

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tga"}
# Parts of paths of what may show people, of what is no picture, and of what is one twice.
LEFT_OUT = re.compile(
    "alphabets|angel|apes|asl|baby|_bump|character|chess|christmas|clothes|/doc/|face|girl|_gloss|"
    "halloween|hats|head|icons?/|medical|military|money|monuments|_nm[.]|norm[.]|_norm|people|"
    "player|portrait|preview|screenshot|skull|thumb",
    re.IGNORECASE,
)
_LEAST_SIDE, _LEAST_DEVIATION = 100, 8.0  # pixels, grey levels
_LONGER_SIDE = 640


def find_pictures(folders, *, most=20):
    """List pictures below some folders, whose names do not say that there are people in them.

    Parameters
    ----------
    folders : list of path-like
    most : int, default=20
        Where a folder itself holds more, so many of them are taken, evenly out of their order.

    Returns
    -------
    paths : list of Path
    """
    by_folder = {}
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")):
            inside = f"/{path.relative_to(folder).as_posix()}"
            if path.suffix.lower() in SUFFIXES and not LEFT_OUT.search(inside):
                by_folder.setdefault(path.parent, []).append(path)
    return [path for paths in by_folder.values() for path in _evenly(paths, most)]


def _evenly(paths, most):
    if len(paths) <= most:
        return paths
    return [paths[index] for index in np.linspace(0, len(paths) - 1, most).round().astype(int)]


def collect_pictures(folders, output, *, screen=None):
    """Write pictures without people that lie below some folders into one, grey and numbered.

    Small ones, flat ones, and those that look like one before are left out; larger ones are
    reduced to 640 pixels.

    Parameters
    ----------
    folders : list of path-like
    output : Path
    screen : Detector, optional
        Where it finds a face, the picture is left out.

    Returns
    -------
    n : int
        How many were written.
    """
    output.mkdir(parents=True, exist_ok=True)
    known = set()
    for path in find_pictures(folders):
        try:
            picture = as_gray(read_image(path))
        except ImageReadError:
            continue
        if min(picture.shape) < _LEAST_SIDE:
            continue
        picture = _reduce(picture)
        sketch = _sketch(picture)
        if sketch in known or picture.std() < _LEAST_DEVIATION:
            continue
        if screen is not None and len(screen.detect(picture)[0]):
            continue
        known.add(sketch)
        cv2.imwrite(str(output / f"{len(known):05d}.png"), picture)
    return len(known)


def read_pictures(folders):
    """Read all pictures below some folders, in the order of their names.

    Parameters
    ----------
    folders : list of path-like

    Returns
    -------
    pictures : list of ndarray of shape (h, w), uint8
        Their longer side has 640 pixels at most.

    Raises
    ------
    DataNotFoundError
        If there are none.
    """
    pictures = [
        _reduce(as_gray(read_image(path)))
        for folder in folders
        for path in sorted(Path(folder).rglob("*"))
        if path.suffix.lower() in SUFFIXES
    ]
    if not pictures:
        raise DataNotFoundError(
            f"no pictures below {', '.join(map(str, folders))}; give folders of pictures without "
            "people, such as python -m benchmarks.detector.collect makes them."
        )
    return pictures


def _sketch(picture):
    """What is the same for one picture of several sizes."""
    small = cv2.resize(picture, (16, 16), interpolation=cv2.INTER_AREA)
    return (small // 24).tobytes()


def _reduce(picture):
    ratio = _LONGER_SIDE / max(picture.shape)
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
    """Augment a picture: turn, mirror, resize and darken it at random."""
    picture = np.rot90(picture, rng.integers(4)) if rng.random() < 0.5 else picture
    picture = picture[:, ::-1] if rng.random() < 0.5 else picture
    ratio = np.exp(rng.uniform(np.log(0.5), np.log(1.3)))
    size = [max(48, round(side * ratio)) for side in picture.shape[::-1]]
    picture = cv2.resize(np.ascontiguousarray(picture), size, interpolation=cv2.INTER_AREA)
    gain = np.exp(rng.uniform(-1.5, 0.2)) if rng.random() < 0.3 else 1.0
    return np.clip(picture * gain, 0, 255).astype(np.uint8)


def jpeg(picture, quality):
    """Give back what is left of a picture, ``(h, w)`` of grey levels, after JPEG of a quality."""
    flag = [cv2.IMWRITE_JPEG_QUALITY, int(quality)]
    return cv2.imdecode(cv2.imencode(".jpg", picture, flag)[1], cv2.IMREAD_GRAYSCALE)
