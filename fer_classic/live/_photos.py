"""Recognition in photos, one after the other."""

import glob
import os
from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path

import numpy as np

from fer_classic.exceptions import DataNotFoundError, ImageReadError
from fer_classic.live._recognizer import Recognizer
from fer_classic.live._results import PhotoResult
from fer_classic.utils import find_images, read_image

__all__ = ["find_photos", "recognize_photos"]


def find_photos(sources: Iterable[str | PathLike]) -> list[Path]:
    """Find the photos that arguments of a command line stand for.

    Parameters
    ----------
    sources : iterable of str or path-like
        Files, folders (searched with their subfolders), and patterns such as ``"holiday/*.jpg"``,
        in which ``**`` stands for any folders.

    Returns
    -------
    photos : list of pathlib.Path
        Each file once, in this order, those of folders and patterns by name. A file that does not
        exist is among them, so that it is reported when it is read.

    Raises
    ------
    DataNotFoundError
        If there is no image in a folder.

    Warns
    -----
    DataWarning
        If folders hold what cannot be read as an image, see
        :func:`~fer_classic.utils.find_images`.
    """
    photos: list[Path] = []
    for source in map(str, sources):
        # What exists is no pattern; what matches nothing stays, to be reported as a missing file.
        # os.path also answers for names that are too long for a file.
        matches = [] if os.path.exists(source) else sorted(glob.glob(source, recursive=True))
        found: list[Path] = []
        for path in map(Path, matches or [source]):
            found += find_images(path) if os.path.isdir(path) else [path]
        if not found:
            raise DataNotFoundError(f"no image in the folder {source}")
        photos += found
    return list(dict.fromkeys(photos))


def recognize_photos(
    photos: Iterable[str | PathLike | bytes | np.ndarray], recognizer: Recognizer
) -> Iterator[PhotoResult]:
    """Find the faces in photos and name their expressions.

    Parameters
    ----------
    photos : iterable of str, path-like, bytes or ndarray
        Files, contents of files, and pictures as :meth:`Recognizer.recognize` takes them.
    recognizer : Recognizer
        Finds and names the faces of each photo.

    Yields
    ------
    result : PhotoResult
        For each photo; for one that cannot be read, with the reason in ``error``.

    Raises
    ------
    ValueError
        If an array is not a picture; the message names it.
    """
    for number, photo in enumerate(photos):
        name = Path(photo) if isinstance(photo, str | PathLike) else f"image {number}"
        try:
            image = photo if isinstance(photo, np.ndarray) else read_image(photo)
        except (DataNotFoundError, ImageReadError) as error:
            yield PhotoResult(name, None, error=str(error))
            continue
        try:
            faces = recognizer.recognize(image)
        except ValueError as error:
            if not isinstance(photo, np.ndarray):
                raise
            raise ValueError(f"{name}: {error}") from error
        yield PhotoResult(name, image, faces)
