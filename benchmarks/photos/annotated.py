"""Photos with boxes of the faces in them, as ``faces.json`` gives them."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fer_classic.exceptions import DataFormatError, DataNotFoundError
from fer_classic.utils import read_image

__all__ = ["FACES", "AnnotatedPhoto", "photos_digest", "read_photos"]

FACES = "faces.json"

_LAYOUT = f'the folder holds images and {FACES}: {{"photo.jpg": [[x, y, w, h], ...], ...}}'


@dataclass(frozen=True, eq=False)
class AnnotatedPhoto:
    """A photo and the faces in it.

    Parameters
    ----------
    name : str
        Of the file.
    image : ndarray of shape (h, w) or (h, w, 3), uint8
    boxes : ndarray of shape (k, 4), float64
        ``x, y, w, h`` in pixels of each whole face, from brow or hairline to chin.
    """

    name: str
    image: np.ndarray
    boxes: np.ndarray


def read_photos(folder):
    """Read the photos of a folder that its ``faces.json`` names.

    Parameters
    ----------
    folder : path-like

    Returns
    -------
    photos : list of AnnotatedPhoto
        By name.

    Raises
    ------
    DataNotFoundError
        If the folder, the file or an image in it is not there.
    DataFormatError
        If the file is not laid out like this.
    ImageReadError
        If an image cannot be read.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DataNotFoundError(f"no such folder: {folder}; {_LAYOUT}.")
    faces = _read_faces(folder / FACES)
    missing = [name for name in sorted(faces) if not (folder / name).is_file()]
    if missing:
        raise DataNotFoundError(
            f"{folder / FACES} names images that are not in the folder: {', '.join(missing)}."
        )
    return [
        AnnotatedPhoto(name, read_image(folder / name), boxes)
        for name, boxes in sorted(faces.items())
    ]


def _read_faces(path):
    try:
        content = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise DataNotFoundError(f"there is no {path}; {_LAYOUT}.") from None
    except (OSError, ValueError) as error:
        raise DataFormatError(f"{path} cannot be read as JSON: {error}; {_LAYOUT}.") from error
    if not isinstance(content, dict) or not content:
        raise DataFormatError(f"{path} names no image; {_LAYOUT}.")
    return {name: _boxes(path, name, boxes) for name, boxes in content.items()}


def _boxes(path, name, boxes):
    try:
        boxes = np.array(boxes, dtype=np.float64).reshape(-1, 4) if boxes else np.empty((0, 4))
    except (TypeError, ValueError):
        boxes = np.full((1, 4), np.nan)
    if not (np.isfinite(boxes).all() and (boxes[:, 2:] > 0).all()):
        raise DataFormatError(
            f"{path}: the boxes of {name} are not lists of four numbers x, y, w, h with w and h "
            f"above 0; {_LAYOUT}."
        )
    return boxes


def photos_digest(photos):
    """Fingerprint of the pixels and boxes of photos, whatever they are called."""
    fingerprint = hashlib.sha256()
    for photo in photos:
        for array in (photo.image, photo.boxes):
            fingerprint.update(repr(array.shape).encode())
            fingerprint.update(np.ascontiguousarray(array).tobytes())
    return fingerprint.hexdigest()[:16]
