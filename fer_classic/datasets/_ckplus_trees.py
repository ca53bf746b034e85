"""CK+ as trees of image files: the original one, and the 48x48 edition."""

import re
from dataclasses import dataclass
from pathlib import Path

from fer_classic.datasets._files import (
    image_files,
    image_tree,
    name_some,
    read_gray,
    warn_not_images,
    warn_unused,
)
from fer_classic.datasets._location import subfolders
from fer_classic.datasets._repeated import by_name, images_of, refuse_several, without_copies
from fer_classic.exceptions import DataFormatError
from fer_classic.expressions import encode
from fer_classic.utils._limits import read_regular_file

__all__ = ["find_tree"]

_CODES = ("neutral", "angry", "contempt", "disgust", "fear", "happy", "sad", "surprise")
_CLASSES = {
    "anger": "angry",
    "contempt": "contempt",
    "disgust": "disgust",
    "fear": "fear",
    "happy": "happy",
    "sadness": "sad",
    "surprise": "surprise",
}
_IMAGE_FOLDERS = ("cohn-kanade-images", "extended-cohn-kanade-images")
_LABEL_FOLDERS = ("emotion", "emotion_labels")
# S010_004_00000017: subject, sequence of this subject, frame.
_STEM = re.compile(r"(S\d+_\d+)_(\d+)")
_LABEL_STEM = re.compile(r"(S\d+_\d+)_(\d+)_emotion")


def find_tree(place):
    """Find a tree of CK+ in a folder.

    Parameters
    ----------
    place : pathlib.Path
        The folder that contains ``cohn-kanade-images``, or class folders of the 48x48 edition, or
        the folder above these.

    Returns
    -------
    tree : object or None
        With the folder ``root``, and ``load(last, neutral)``, which returns the fields of the Bunch
        for the last frames of each sequence, and the first ones as neutral if wanted. The original
        tree takes precedence.

    Raises
    ------
    DataFormatError
        If several folders of one name have an edition.
    """
    folders = by_name(subfolders(place))
    images = [path for name in _IMAGE_FOLDERS for path in folders.get(name, [])]
    if images:
        labels = [path for name in _LABEL_FOLDERS for path in folders.get(name, [])]
        return _Original(place, images, labels)
    if _has_small(place):
        return _Small(place)
    for group in folders.values():
        editions = list(filter(_has_small, group))
        refuse_several(editions, title="CK+", root=place)
        if editions:
            return _Small(editions[0])
    return None


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
    images: list
    labels: list

    def choose(self, last, neutral):
        """Return (sequence, path, expression) of the requested frames."""
        labels = self._read_labels()
        paths = [path for folder in self.images for path in image_tree(folder)]
        sequences = _by_sequence(paths, self.root)
        warn_not_images(self.images, title="CK+")
        chosen, missing = [], []
        for sequence, (peak, name) in labels.items():
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
        """Return (peak frame, expression) of each sequence."""
        paths = sorted(path for folder in self.labels for path in folder.rglob("*_emotion.txt"))
        paths = [path for path in paths if not path.name.startswith(".")]
        if not paths:
            raise DataFormatError(
                f"CK+ in {self.root} is incomplete: no labels next to {self.images[0].name}; "
                "unpack Emotion_labels.zip there, so that there is Emotion/S005/001/"
                "S005_001_00000011_emotion.txt."
            )
        labels, wrong = {}, []
        for path in paths:
            match = _LABEL_STEM.fullmatch(path.stem)
            name = _read_label(path)
            if match and name:
                labels.setdefault(match[1], {})[int(match[2]), name] = path
            else:
                wrong.append(path.relative_to(self.root).as_posix())
        if wrong:
            raise DataFormatError(
                f"CK+: {len(wrong)} label files do not contain a number from 0 to 7, or are not "
                f"named like S005_001_00000011_emotion.txt: {name_some(wrong)}. Unpack them again."
            )
        _check_single_labels(
            self.root,
            [
                f"{path.relative_to(self.root).as_posix()} ({name})"
                for paths_by_label in labels.values()
                if len(paths_by_label) > 1
                for (_, name), path in paths_by_label.items()
            ],
        )
        return {sequence: next(iter(paths_by_label)) for sequence, paths_by_label in labels.items()}


@dataclass(frozen=True)
class _Small(_Tree):
    def choose(self, last, neutral):
        """Return (sequence, path, expression) of the requested frames."""
        if neutral:
            raise DataFormatError(
                f"the 48x48 edition of CK+ in {self.root} has no neutral frames; they are in the "
                "original tree, cohn-kanade-images."
            )
        folders = by_name(subfolders(self.root))
        classes = {
            name: images_of(folders.get(name, []), title="CK+", root=self.root) for name in _CLASSES
        }
        missing = [name for name in _CLASSES if not classes[name]]
        if missing:
            raise DataFormatError(
                f"CK+ in {self.root} is incomplete, there are no images in: "
                f"{name_some(missing)}. Copy the missing folders, or read the existing ones "
                "with load_folder (--images in programs)."
            )
        known = [path for name in _CLASSES for path in folders[name]]
        warn_not_images(known, title="CK+", deep=False)
        others = [path for path in subfolders(self.root) if path not in known]
        warn_unused(
            [
                path.relative_to(self.root).as_posix()
                for folder in [self.root, *others]
                for path in image_files(folder)
            ],
            title="CK+",
            reason=f"outside the folders {', '.join(_CLASSES)}",
        )
        chosen, label_of, twofold = [], {}, []
        for folder, name in _CLASSES.items():
            for sequence, frames in _by_sequence(classes[folder], self.root).items():
                if label_of.setdefault(sequence, name) != name:
                    twofold.append(sequence)
                chosen += [(sequence, frames[number], name) for number in sorted(frames)[-last:]]
        _check_single_labels(self.root, twofold)
        return chosen


def _has_small(root):
    """Whether a folder has class folders with images of the 48x48 edition."""
    classes = [path for path in subfolders(root) if path.name.lower() in _CLASSES]
    return any(_STEM.fullmatch(path.stem) for folder in classes for path in image_files(folder))


def _by_sequence(paths, root):
    """Group image files as ``{sequence: {frame: path}}``, with a warning about others."""
    frames = {path: match for path in paths if (match := _STEM.fullmatch(path.stem))}
    strange = [path.name for path in paths if path not in frames]
    warn_unused(strange, title="CK+", reason="whose names are not of the form S005_001_00000011")
    kept = without_copies(
        frames,
        lambda path: (frames[path][1], int(frames[path][2])),
        title="CK+",
        formats=(".png",),
        name=lambda path: path.relative_to(root).as_posix(),
    )
    sequences = {}
    for path in kept:
        sequences.setdefault(frames[path][1], {})[int(frames[path][2])] = path
    return sequences


def _check_single_labels(root, names):
    """Raise DataFormatError for sequences, or label files of sequences, with two labels."""
    if names:
        raise DataFormatError(
            f"CK+ in {root} has sequences with two labels: {name_some(names)}. A sequence has one "
            "label, at its last frame: remove the wrong one, or unpack the data set again."
        )


def _read_label(path):
    """Return the expression in a label file; None if there is none."""
    try:
        # As in tables, editors may have added a byte order mark.
        text = read_regular_file(path, max_bytes=1000).decode("utf-8-sig")
        code = float(text) if text.isascii() else -1
    except (OSError, ValueError):
        return None
    return _CODES[int(code)] if code in range(len(_CODES)) else None
