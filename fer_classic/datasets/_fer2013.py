"""FER2013: 35,887 small grey faces from the web, in Kaggle's tables or in class folders."""

import warnings
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from fer_classic.datasets._base import images_and_names, make_bunch
from fer_classic.datasets._cache import cached_arrays, source_digest
from fer_classic.datasets._fer2013_csv import SPLITS, parse_csv
from fer_classic.datasets._fer2013_folders import (
    CLASSES,
    UNNAMED_TEST,
    FolderEdition,
    find_folders,
)
from fer_classic.datasets._ferplus import read_ferplus
from fer_classic.datasets._files import name_some
from fer_classic.datasets._location import Origin, locate
from fer_classic.datasets._table_search import find_table, find_tables
from fer_classic.datasets._tables import COMPRESSED_SUFFIXES, TABLE_SUFFIXES, has_columns
from fer_classic.exceptions import (
    DataFormatError,
    DataNotFoundError,
    DataWarning,
    UnknownNameError,
)

__all__ = ["find_fer2013", "load_fer2013"]

_PARSER_VERSION = 1
_LABELS = ("fer2013", "ferplus")
_CHALLENGE = "challenges-in-representation-learning-facial-expression-recognition-challenge"
_COLUMNS = ("emotion", "pixels")
_FER2013 = Origin(
    title="FER2013",
    folder="fer",
    layouts=(
        "fer2013.csv or icml_face_data.csv, plain, as .gz, .bz2 or .xz, or in a .zip or .tar.gz",
        f"{_CHALLENGE}.zip, as downloaded",
        "train/<class>/*.jpg, test/<class>/*.jpg and validation/<class>/*.jpg, also in a folder "
        f"images, with the classes {', '.join(CLASSES)}",
        "train.csv with the columns emotion and pixels (Training only)",
        "any other class folders, with load_folder (--images DIR in programs)",
    ),
    obtain=f"https://www.kaggle.com/c/{_CHALLENGE}",
    licence="not stated; the images were collected by web search for research.",
)
_FERPLUS = Origin(
    title="The FER+ label file",
    folder="fer",
    layouts=("fer2013new.csv in the folder of FER2013's table, plain or compressed",),
    obtain="https://github.com/microsoft/FERPlus",
    licence="MIT (the labels).",
)


def load_fer2013(
    data_home: str | PathLike | None = None,
    *,
    split: str | None = None,
    labels: str = "fer2013",
    return_X_y: bool = False,
) -> Any:
    """Load FER2013, the Facial Expression Recognition challenge of 2013.

    Parameters
    ----------
    data_home : str or path-like, optional
        The folder of the data set, its parent folder, or the table itself. By default the folder
        in ``FER_CLASSIC_DATA``, then ``./data``. In one folder, ``fer2013.csv`` takes precedence
        over ``icml_face_data.csv``, plain files over compressed ones and these over archives,
        tables over class folders, and these over ``train.csv``.
    split : str or list of str, optional
        Which of ``"Training"``, ``"PublicTest"``, ``"PrivateTest"`` to return; by default all that
        exist. ``"Test"`` is the only other folder next to ``train`` in editions whose file names do
        not distinguish the two test parts.
    labels : {"fer2013", "ferplus"}, default="fer2013"
        The labels of the challenge, or the majority of ten taggers from ``fer2013new.csv``
        (FER+). With FER+, images without a majority, with an unknown expression or without a face
        are excluded.
    return_X_y : bool, default=False
        Return ``(images, names)`` instead of the Bunch.

    Returns
    -------
    bunch : Bunch
        ``images`` is ``(n, 48, 48)``, ``uint8``; ``split`` is the usage. Rows are in the order of
        the table, or sorted by split and image number for class folders. Subjects are not known, so
        ``subjects`` is None.

    Raises
    ------
    DataNotFoundError
        If the data set, a split or FER+ is not found; the message says where to get it.
    DataFormatError
        If the data set is damaged (the message gives file and line) or lacks classes, if there are
        several tables of one name or several folders for one part or class, or if FER+ does not
        match it.
    UnknownNameError
        If ``split`` or ``labels`` is not a known name.

    Warns
    -----
    DataWarning
        If ``train.csv`` is read and ``test.csv`` in the same folder is skipped, or if folders or
        images in or next to ``train`` are skipped, among them copies of an image.

    Notes
    -----
    Parsing takes several seconds; a parsed copy is cached in the folder
    ``FER_CLASSIC_CACHE``, by default in the user's cache.

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
    """Return the path that :func:`load_fer2013` reads, or raise as it does."""
    return locate(data_home, _find, _FER2013).path


@dataclass(frozen=True)
class _Table:
    path: Path

    def load(self):
        digest = source_digest([self.path], version=_PARSER_VERSION)
        _warn_of_test(self.path)
        return cached_arrays("fer2013", digest, lambda: parse_csv(self.path))


@dataclass(frozen=True)
class _Folders:
    edition: FolderEdition

    @property
    def path(self):
        return self.edition.root

    def load(self):
        files = self.edition.files()
        paths = [path for *_, path in files]
        layout = "".join(f"|{split}/{name}" for split, name, _ in files)
        digest = source_digest(paths, version=_PARSER_VERSION, layout=layout)
        return cached_arrays("fer2013-folders", digest, lambda: self.edition.parse(files))


def _find(place):
    if place.is_file():
        return _Table(place) if place.name.lower().endswith(TABLE_SUFFIXES) else None
    stems = ("fer2013", "icml_face_data", _CHALLENGE)
    table = next(filter(None, (find_table(place, stem) for stem in stems)), None)
    if table:
        return _Table(table)
    edition = find_folders(place)
    if edition:
        return _Folders(edition)
    # Many other challenges have a table of this name.
    table = find_table(place, "train", COMPRESSED_SUFFIXES, columns=_COLUMNS)
    return _Table(table) if table else None


def _warn_of_test(path):
    """Warn that the test part of the challenge, next to its training part, is not read."""
    if path.name.lower().partition(".")[0] != "train":
        return
    for tests in find_tables(path.parent, "test", COMPRESSED_SUFFIXES):
        names = name_some(test.name for test in tests)
        labelled = any(has_columns(test, _COLUMNS) for test in tests)
        labels = "" if labelled else ", which has no labels"
        warnings.warn(
            f"FER2013: read {path.name} as Training and skipped {names}{labels}; the other "
            "parts, with labels, are in fer2013.csv and icml_face_data.csv.",
            DataWarning,
            stacklevel=4,
        )
        return


def _with_ferplus(arrays, source, data_home):
    if not isinstance(source, _Table):
        raise DataFormatError(
            f"FER+ labels follow the row order of fer2013.csv, which the class folders in "
            f"{source.path} do not keep; use the table for labels='ferplus'."
        )
    table = find_table(source.path.parent, "fer2013new")
    path = table or locate(data_home, lambda place: find_table(place, "fer2013new"), _FERPLUS)
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
            f"{path} has no {' and no '.join(absent)}; it contains {', '.join(sorted(present))}."
        )
    kept = np.isin(arrays["split"], wanted)
    return {key: column[kept] for key, column in arrays.items()}
