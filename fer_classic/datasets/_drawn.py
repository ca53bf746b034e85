"""The drawn faces included in the package, whose pixels are the same everywhere."""

from importlib import resources
from os import PathLike
from typing import Any

import numpy as np

from fer_classic.datasets._base import images_and_names
from fer_classic.datasets._drawings import check_count, make_drawn_faces, wrap_drawings
from fer_classic.expressions import EXPRESSIONS
from fer_classic.utils import read_image
from fer_classic.utils._files import atomic_path
from fer_classic.utils._opencv import cv2

__all__ = ["load_drawn_faces", "write_sheet"]

_SHEET = resources.files(__package__).joinpath("data", "drawn_faces.png")
_SIDE = 48
_N_SUBJECTS, _N_PER_CLASS = 16, 6


def load_drawn_faces(
    data_home: str | PathLike | None = None,
    *,
    n_subjects: int = _N_SUBJECTS,
    n_per_class: int = _N_PER_CLASS,
    return_X_y: bool = False,
) -> Any:
    """Load the drawn faces included in the package.

    They are the default result of :func:`make_drawn_faces`, stored losslessly: the pixels, and thus
    the digest of the data set, are the same on every processor.

    Parameters
    ----------
    data_home : ignored
        Present for consistency with other loaders.
    n_subjects : int, default=16
        Number of subjects, at most 16.
    n_per_class : int, default=6
        Number of images per expression and subject, at most 6.
    return_X_y : bool, default=False
        Return images and expression names instead of a Bunch.

    Returns
    -------
    bunch : Bunch
        With ``images`` of shape (n, 48, 48), ``uint8``, ordered by subject and then expression,
        and ``subjects``; see ``bunch.DESCR``.
    (images, names) : tuple of ndarray
        If ``return_X_y`` is true.

    Raises
    ------
    ValueError
        If a number is out of range.

    See Also
    --------
    make_drawn_faces : generate more, different or larger ones.

    Examples
    --------
    >>> from fer_classic.datasets import load_drawn_faces
    >>> load_drawn_faces().images.shape
    (768, 48, 48)
    """
    _check_stored("n_subjects", n_subjects, _N_SUBJECTS)
    _check_stored("n_per_class", n_per_class, _N_PER_CLASS)
    images = _read_sheet()[:n_subjects, :, :n_per_class].reshape(-1, _SIDE, _SIDE)
    bunch = wrap_drawings(images, n_subjects, n_per_class)
    return images_and_names(bunch) if return_X_y else bunch


def write_sheet(path):
    """Draw the included faces and write them to an image file.

    Replace the file in the package by::

        python -c "from fer_classic.datasets._drawn import *; write_sheet('drawn_faces.png')"

    only if the drawing code itself changed: different pixels are a different data set, and all
    experiments on it have to be repeated.

    Parameters
    ----------
    path : path-like
        PNG file to write: grey, a row of 48 faces for each subject, ordered by expression.
    """
    faces = make_drawn_faces(n_subjects=_N_SUBJECTS, n_per_class=_N_PER_CLASS, size=_SIDE)
    rows = faces.images.reshape(_N_SUBJECTS, -1, _SIDE, _SIDE).swapaxes(1, 2)
    settings = [cv2.IMWRITE_PNG_COMPRESSION, 9, cv2.IMWRITE_PNG_STRATEGY, 3]
    _, content = cv2.imencode(".png", rows.reshape(_N_SUBJECTS * _SIDE, -1), settings)
    with atomic_path(path) as temporary:
        temporary.write_bytes(content)


def _read_sheet():
    """Return all faces in an array of shape (subject, expression, number, height, width)."""
    sheet = read_image(_SHEET.read_bytes())
    faces = sheet.reshape(_N_SUBJECTS, _SIDE, -1, _SIDE).swapaxes(1, 2)
    return np.ascontiguousarray(faces).reshape(
        _N_SUBJECTS, len(EXPRESSIONS), _N_PER_CLASS, _SIDE, _SIDE
    )


def _check_stored(name, value, maximum):
    check_count(name, value, 1)
    if value > maximum:
        raise ValueError(
            f"{name}={value} exceeds the {maximum} included in the package; "
            "make_drawn_faces draws any number."
        )
