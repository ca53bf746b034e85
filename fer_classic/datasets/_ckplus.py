"""CK+, the extended Cohn-Kanade data set: posed expressions from onset to peak."""

import warnings
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from fer_classic.datasets._base import images_and_names, make_bunch
from fer_classic.datasets._ckplus_trees import find_tree
from fer_classic.datasets._fer2013_csv import parse_faces
from fer_classic.datasets._location import Origin, locate
from fer_classic.datasets._table_search import find_table
from fer_classic.datasets._tables import TABLE_SUFFIXES
from fer_classic.exceptions import DataFormatError, DataWarning, UnknownNameError

__all__ = ["find_ckplus", "load_ckplus"]

_FRAMES = {"peak": 1, "last3": 3}
# Classes of ckextended.csv: FER2013's, plus contempt.
_TABLE_CODES = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral", "contempt")
_CKPLUS = Origin(
    title="CK+",
    folder="ck",
    layouts=(
        "cohn-kanade-images/S005/001/S005_001_00000001.png and so on, next to "
        "Emotion/S005/001/S005_001_00000011_emotion.txt",
        "CK+48/<class>/S010_004_00000017.png (48x48 crops)",
        "ckextended.csv with the columns emotion, pixels, Usage (48x48 crops of unknown people)",
    ),
    obtain="sign the agreement at https://www.jeffcohn.net/Resources/",
    licence="research under a signed agreement; the images must not be redistributed.",
)


def load_ckplus(
    data_home: str | PathLike | None = None,
    *,
    frames: str = "peak",
    neutral: bool = False,
    return_X_y: bool = False,
) -> Any:
    """Load CK+, the extended Cohn-Kanade data set.

    Parameters
    ----------
    data_home : str or path-like, optional
        The folder that contains ``cohn-kanade-images`` and ``Emotion``, or ``CK+48``, or
        ``ckextended.csv``, or its parent folder, or the table itself. By default the folder in
        ``FER_CLASSIC_DATA``, then ``./data``. In one folder, the original tree takes precedence
        over the 48x48 edition, and this over the table.
    frames : {"peak", "last3"}, default="peak"
        The last frame of each labelled sequence, or the last three. Three frames of one face are
        not independent samples: protocols keep them together by ``sequences``.
    neutral : bool, default=False
        Whether to add the first frame of each labelled sequence as neutral. The 48x48 edition has
        no such frames; the table always includes neutral images.
    return_X_y : bool, default=False
        Return ``(images, names)`` instead of the Bunch.

    Returns
    -------
    bunch : Bunch
        ``images`` is an object array of ``(h, w)`` images for the original tree, whose sizes
        differ, and ``(n, 48, 48)`` for the others; ``subjects`` such as ``S005`` and
        ``sequences`` such as ``S005_001`` come from the file names. Sorted by sequence and frame.
        The table does not identify people: ``subjects`` and ``sequences`` are None, ``split`` is
        its usage, and rows keep its order.

    Raises
    ------
    DataNotFoundError
        If the data set is not found; the message says where to request it.
    DataFormatError
        If it is incomplete or damaged, or lacks the requested frames, if a sequence has two labels,
        or if the 48x48 edition has several folders for a class.
    UnknownNameError
        If ``frames`` is not a known name.

    Warns
    -----
    DataWarning
        If image files are skipped because their names do not give subject, sequence and frame,
        because they are copies of a frame, or because they are in no folder of a class.
        If the table is read, for which no protocol can separate people between folds.

    References
    ----------
    Lucey, Cohn, Kanade, Saragih, Ambadar and Matthews, "The Extended Cohn-Kanade Dataset (CK+): A
    complete dataset for action unit and emotion-specified expression", CVPR Workshops 2010.

    Examples
    --------
    >>> from fer_classic.datasets import load_ckplus
    >>> bunch = load_ckplus("data/ckplus", frames="last3", neutral=True)  # doctest: +SKIP
    """
    if frames not in _FRAMES:
        raise UnknownNameError("frames", frames, _FRAMES)
    source = locate(data_home, _find, _CKPLUS)
    parts = source.load(_FRAMES[frames], neutral)
    if source.people_unknown:
        warnings.warn(
            f"CK+ in {source.root} does not identify people, so that no protocol can separate "
            "them between folds: scores on it are too high for new people.",
            DataWarning,
            stacklevel=2,
        )
    bunch = make_bunch(name="ckplus", descr="ckplus", **parts)
    return images_and_names(bunch) if return_X_y else bunch


def find_ckplus(data_home=None):
    """Return the path that :func:`load_ckplus` reads, or raise as it does."""
    return locate(data_home, _find, _CKPLUS).root


@dataclass(frozen=True)
class _Table:
    root: Path
    people_unknown = True

    def load(self, last, neutral):
        """Return the fields of the Bunch; neutral images are always included."""
        if last > 1:
            raise DataFormatError(
                f"CK+ in {self.root} has one frame per sequence; three are in the 48x48 edition, "
                "CK+48, and in the original tree, cohn-kanade-images."
            )
        return parse_faces(self.root, _TABLE_CODES)


def _find(place):
    if place.is_file():
        return _Table(place) if place.name.lower().endswith(TABLE_SUFFIXES) else None
    tree = find_tree(place)
    if tree:
        return tree
    table = find_table(place, "ckextended")
    return _Table(table) if table else None
