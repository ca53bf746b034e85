"""CK+, the extended Cohn-Kanade data set: posed expressions from onset to peak."""

import re
import warnings
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from fer_classic.datasets._base import images_and_names, make_bunch
from fer_classic.datasets._fer2013_csv import parse_faces
from fer_classic.datasets._files import (
    image_files,
    image_tree,
    name_some,
    read_gray,
    warn_not_images,
    warn_unused,
)
from fer_classic.datasets._location import Origin, locate, subfolders
from fer_classic.datasets._tables import TABLE_SUFFIXES, find_table
from fer_classic.exceptions import DataFormatError, DataWarning, UnknownNameError
from fer_classic.expressions import encode
from fer_classic.utils._limits import read_regular_file

__all__ = ["find_ckplus", "load_ckplus"]

_FRAMES = {"peak": 1, "last3": 3}
_CODES = ("neutral", "angry", "contempt", "disgust", "fear", "happy", "sad", "surprise")
# Classes of ckextended.csv: FER2013's, plus contempt.
_TABLE_CODES = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral", "contempt")
_CLASSES = {
    "anger": "angry",
    "contempt": "contempt",
    "disgust": "disgust",
    "fear": "fear",
    "happy": "happy",
    "sadness": "sad",
    "surprise": "surprise",
}
# S010_004_00000017: subject, sequence of this subject, frame.
_STEM = re.compile(r"(S\d+_\d+)_(\d+)")
_LABEL_STEM = re.compile(r"(S\d+_\d+)_(\d+)_emotion")
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
        If it is incomplete or damaged, or lacks the requested frames.
    UnknownNameError
        If ``frames`` is not a known name.

    Warns
    -----
    DataWarning
        If image files are skipped because their names do not give subject, sequence and frame.
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
class _Tree:
    root: Path
    people_unknown = False

    def load(self, last, neutral):
        """Return the fields of the Bunch."""
        chosen = sorted(self.choose(last, neutral), key=lambda row: (row[0], row[1].stem))
        sequences, paths, names = zip(*chosen, strict=True)
        filenames = [path.relative_to(self.root).as_posix() for path in paths]
        return {
            "images": read_gray(zip(filenames, paths, strict=True), title="CK+"),
            "target": encode(names),
            "subjects": [sequence.partition("_")[0] for sequence in sequences],
            "sequences": sequences,
            "filenames": filenames,
        }


@dataclass(frozen=True)
class _Original(_Tree):
    images: Path
    labels: Path | None

    def choose(self, last, neutral):
        """Return (sequence, path, expression) of the requested frames."""
        labels = self._read_labels()
        sequences = _by_sequence(image_tree(self.images))
        warn_not_images([self.images], title="CK+")
        chosen, missing = [], []
        for (sequence, peak), name in labels.items():
            frames = sequences.get(sequence, {})
            if peak not in frames:
                missing.append(f"{sequence}_{peak:08d}")
                continue
            numbers = sorted(number for number in frames if number <= peak)
            chosen += [(sequence, frames[number], name) for number in numbers[-last:]]
            if neutral and numbers[:-last]:
                chosen.append((sequence, frames[numbers[0]], "neutral"))
        if missing:
            raise DataFormatError(
                f"CK+ in {self.root} is incomplete: {len(missing)} labelled frames have no "
                f"image: {name_some(missing)}. Unpack the images again."
            )
        return chosen

    def _read_labels(self):
        """Return the expression of each (sequence, peak frame)."""
        paths = sorted(self.labels.rglob("*_emotion.txt")) if self.labels else []
        paths = [path for path in paths if not path.name.startswith(".")]
        if not paths:
            raise DataFormatError(
                f"CK+ in {self.root} is incomplete: no labels next to {self.images.name}; "
                "unpack Emotion_labels.zip there, so that there is Emotion/S005/001/"
                "S005_001_00000011_emotion.txt."
            )
        labels, wrong = {}, []
        for path in paths:
            match = _LABEL_STEM.fullmatch(path.stem)
            name = _read_label(path)
            if match and name:
                labels[match[1], int(match[2])] = name
            else:
                wrong.append(path.relative_to(self.root).as_posix())
        if wrong:
            raise DataFormatError(
                f"CK+: {len(wrong)} label files do not contain a number from 0 to 7, or are not "
                f"named like S005_001_00000011_emotion.txt: {name_some(wrong)}. Unpack them again."
            )
        return labels


@dataclass(frozen=True)
class _Small(_Tree):
    def choose(self, last, neutral):
        """Return (sequence, path, expression) of the requested frames."""
        if neutral:
            raise DataFormatError(
                f"the 48x48 edition of CK+ in {self.root} has no neutral frames; they are in the "
                "original tree, cohn-kanade-images."
            )
        classes = {path.name.lower(): image_files(path) for path in subfolders(self.root)}
        missing = [name for name in _CLASSES if not classes.get(name)]
        if missing:
            raise DataFormatError(
                f"CK+ in {self.root} is incomplete, there are no images in: "
                f"{name_some(missing)}. Copy the missing folders, or read the existing ones "
                "with load_folder (--images in programs)."
            )
        folders = [path for path in subfolders(self.root) if path.name.lower() in _CLASSES]
        warn_not_images(folders, title="CK+", deep=False)
        chosen, label_of, twofold = [], {}, []
        for folder, name in _CLASSES.items():
            for sequence, frames in _by_sequence(classes[folder]).items():
                if label_of.setdefault(sequence, name) != name:
                    twofold.append(sequence)
                chosen += [(sequence, frames[number], name) for number in sorted(frames)[-last:]]
        if twofold:
            raise DataFormatError(
                f"CK+ in {self.root} has sequences with two labels: {name_some(twofold)}. Unpack "
                "it again."
            )
        return chosen


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
    folders = {path.name.lower(): path for path in subfolders(place)}
    images = folders.get("cohn-kanade-images") or folders.get("extended-cohn-kanade-images")
    if images:
        return _Original(place, images, folders.get("emotion") or folders.get("emotion_labels"))
    for root in [place, *folders.values()]:
        classes = [path for path in subfolders(root) if path.name.lower() in _CLASSES]
        if any(_STEM.fullmatch(path.stem) for folder in classes for path in image_files(folder)):
            return _Small(root)
    table = find_table(place, "ckextended")
    return _Table(table) if table else None


def _by_sequence(paths):
    """Group image files as ``{sequence: {frame: path}}``, with a warning about others."""
    sequences, strange = {}, []
    for path in paths:
        match = _STEM.fullmatch(path.stem)
        if match:
            sequences.setdefault(match[1], {}).setdefault(int(match[2]), path)
        else:
            strange.append(path.name)
    warn_unused(strange, title="CK+", reason="whose names are not of the form S005_001_00000011")
    return sequences


def _read_label(path):
    """Return the expression in a label file; None if there is none."""
    try:
        code = float(read_regular_file(path, max_bytes=1000).decode("ascii"))
    except (OSError, ValueError):
        return None
    return _CODES[int(code)] if code in range(len(_CODES)) else None
