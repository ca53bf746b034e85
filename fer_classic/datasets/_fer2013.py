"""FER2013: 35,887 small grey faces from the web, in Kaggle's tables and in class folders."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fer_classic.datasets._base import images_and_names, make_bunch
from fer_classic.datasets._cache import cached_arrays, source_digest
from fer_classic.datasets._fer2013_csv import SPLITS, parse_csv
from fer_classic.datasets._fer2013_folders import UNNAMED_TEST, FolderEdition, find_folders
from fer_classic.datasets._ferplus import read_ferplus
from fer_classic.datasets._location import Origin, locate
from fer_classic.datasets._tables import TABLE_SUFFIXES
from fer_classic.exceptions import DataFormatError, DataNotFoundError, UnknownNameError

__all__ = ["find_fer2013", "load_fer2013"]

_PARSER_VERSION = 1
_LABELS = ("fer2013", "ferplus")
_FER2013 = Origin(
    title="FER2013",
    folder="fer",
    layouts=(
        "fer2013.csv or icml_face_data.csv, plain or as .gz, .bz2, .xz or .zip",
        "train/<class>/*.jpg and test/<class>/*.jpg, with or without validation/<class>/*.jpg",
    ),
    obtain="https://www.kaggle.com/c/challenges-in-representation-learning-"
    "facial-expression-recognition-challenge",
    licence="none is stated; the images were collected by web search for research.",
)
_FERPLUS = Origin(
    title="The file of FER+ labels",
    folder="fer",
    layouts=("fer2013new.csv beside FER2013's table, plain or compressed",),
    obtain="https://github.com/microsoft/FERPlus",
    licence="MIT (the labels).",
)


def load_fer2013(data_home=None, *, split=None, labels="fer2013", return_X_y=False):
    """Load FER2013, the Facial Expression Recognition challenge of 2013.

    Parameters
    ----------
    data_home : str or path-like, optional
        The folder of the data set, the folder above it, or the table itself. By default the
        folder that ``FER_CLASSIC_DATA`` names, then ``./data``. In one folder, ``fer2013.csv``
        is preferred to ``icml_face_data.csv``, a plain file to a compressed one, and a table to
        class folders.
    split : str or list of str, optional
        Which of ``"Training"``, ``"PublicTest"``, ``"PrivateTest"`` to give; by default all that
        are there. ``"Test"`` is the test folder of a folder edition whose file names do not tell
        the two test parts apart.
    labels : {"fer2013", "ferplus"}, default="fer2013"
        The labels of the challenge, or the majority of ten taggers from ``fer2013new.csv``
        (FER+); with these, images are left out that have no majority, show an unknown expression
        or no face.
    return_X_y : bool, default=False
        Give ``(images, names)`` instead of the Bunch.

    Returns
    -------
    bunch : Bunch
        ``images`` is ``(n, 48, 48)``, ``uint8``; ``split`` holds the usage. Rows are in the order
        of the table, or by split and image number for class folders. The challenge does not say
        who is seen, so ``subjects`` is None.

    Raises
    ------
    DataNotFoundError
        If the data set, a known split or FER+ is not there; the message says where to get it.
    DataFormatError
        If the data set is damaged (file and line are named), half-unpacked, or if FER+ does not go
        with it.
    UnknownNameError
        If ``split`` or ``labels`` is not a known name.

    Notes
    -----
    Parsing takes some seconds; a parsed copy is kept in the folder that ``FER_CLASSIC_CACHE``
    names, by default in the user's cache.

    References
    ----------
    Goodfellow et al., "Challenges in Representation Learning: A report on three machine learning
    contests", ICONIP 2013.

    Examples
    --------
    >>> from fer_classic.datasets import load_fer2013
    >>> images, names = load_fer2013(split="Training", return_X_y=True)  # doctest: +SKIP
    """
    if labels not in _LABELS:
        raise UnknownNameError("labels", labels, _LABELS)
    wanted = _check_split(split)
    source = locate(data_home, _find, _FER2013)
    arrays = dict(source.load())
    if labels == "ferplus":
        arrays = _with_ferplus(arrays, source, data_home)
    if wanted is not None:
        arrays = _choose_splits(arrays, wanted, source.path)
    bunch = make_bunch(name="fer2013", descr="fer2013", **arrays)
    return images_and_names(bunch) if return_X_y else bunch


def find_fer2013(data_home=None):
    """Give the path of what :func:`load_fer2013` reads, or raise as it does."""
    return locate(data_home, _find, _FER2013).path


@dataclass(frozen=True)
class _Table:
    path: Path

    def load(self):
        digest = source_digest([self.path], version=_PARSER_VERSION)
        return cached_arrays("fer2013", digest, lambda: parse_csv(self.path))


@dataclass(frozen=True)
class _Folders:
    edition: FolderEdition

    @property
    def path(self):
        return self.edition.root

    def load(self):
        files = self.edition.files()
        digest = source_digest([path for *_, path in files], version=_PARSER_VERSION)
        return cached_arrays("fer2013-folders", digest, lambda: self.edition.parse(files))


def _find(place):
    if place.is_file():
        return _Table(place) if place.name.lower().endswith((*TABLE_SUFFIXES, ".zip")) else None
    table = _find_table(place, "fer2013") or _find_table(place, "icml_face_data")
    if table:
        return _Table(table)
    edition = find_folders(place)
    return _Folders(edition) if edition else None


def _find_table(place, stem):
    names = [f"{stem}{suffix}" for suffix in (*TABLE_SUFFIXES, ".zip")]
    return next((place / name for name in names if (place / name).is_file()), None)


def _with_ferplus(arrays, source, data_home):
    if not isinstance(source, _Table):
        raise DataFormatError(
            f"FER+ labels go by the row order of fer2013.csv, which the class folders in "
            f"{source.path} do not keep; get the table for labels='ferplus'."
        )
    beside = _find_table(source.path.parent, "fer2013new")
    path = beside or locate(data_home, lambda place: _find_table(place, "fer2013new"), _FERPLUS)
    codes = read_ferplus(path, arrays["split"], arrays["target"])
    kept = codes >= 0
    return {key: column[kept] for key, column in arrays.items()} | {"target": codes[kept]}


def _check_split(split):
    if split is None:
        return None
    wanted = [split] if isinstance(split, str) else list(split)
    for name in wanted:
        if name not in (*SPLITS, UNNAMED_TEST):
            raise UnknownNameError("split", name, (*SPLITS, UNNAMED_TEST))
    return wanted


def _choose_splits(arrays, wanted, path):
    present = set(arrays["split"].tolist())
    absent = [name for name in wanted if name not in present]
    if absent:
        raise DataNotFoundError(
            f"{path} has no {' and no '.join(absent)}; it holds {', '.join(sorted(present))}."
        )
    kept = np.isin(arrays["split"], wanted)
    return {key: column[kept] for key, column in arrays.items()}
