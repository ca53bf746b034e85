"""Parsing of FER2013's folder editions, such as ``train/<class>/*``."""

import re
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fer_classic.datasets._fer2013_csv import IMAGE_SHAPE, SPLITS
from fer_classic.datasets._files import (
    image_files,
    name_some,
    read_gray,
    warn_not_images,
    warn_unused,
)
from fer_classic.datasets._location import subfolders
from fer_classic.datasets._repeated import by_name, images_of, refuse_several, without_copies
from fer_classic.exceptions import DataFormatError, DataWarning
from fer_classic.expressions import encode

__all__ = ["CLASSES", "UNNAMED_TEST", "FolderEdition", "find_folders"]

UNNAMED_TEST = "Test"
"""Split of files outside ``train/`` whose test part is unknown."""

CLASSES = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
_PARTS = {
    "train": "train",
    "training": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "test": "test",
}
_NUMBERED = re.compile(r"(?:(Training|PublicTest|PrivateTest)_|\D*)(\d+)", re.IGNORECASE)
_SPLIT_OF = {split.lower(): split for split in SPLITS}


@dataclass(frozen=True)
class FolderEdition:
    """A folder edition of FER2013.

    Attributes
    ----------
    root : pathlib.Path
        The folder that contains ``train``.
    parts : dict of str to list of pathlib.Path
        The folders for ``"train"``, ``"validation"`` and ``"test"``, as far as they exist; names
        such as ``val`` and ``validation`` can give several.
    """

    root: Path
    parts: dict

    def files(self):
        """List the image files.

        Returns
        -------
        files : list of tuple (split, name of class, path)
            Sorted by split and by the number in the file name.

        Raises
        ------
        DataFormatError
            If a part has no images of a class, or if there are several folders for a part or for a
            class of it.

        Warns
        -----
        DataWarning
            If folders are skipped (a part without class folders, or one that is not a class),
            images outside the class folders, copies of an image in another format, or files that
            cannot be read as images.
        """
        folders = self._folders()
        parts = {part: self._images(folder) for part, folder in folders.items()}
        missing = [
            f"{folders[part].name}/{name}"
            for part, paths_by_class in parts.items()
            for name in CLASSES
            if not paths_by_class[name]
        ]
        if missing:
            found = [
                f"{folders[part].name} ({_count(paths_by_class)})"
                for part, paths_by_class in parts.items()
            ]
            raise DataFormatError(
                f"FER2013 in {self.root} has no images in {name_some(missing, limit=21)}; found "
                f"{' and '.join(found)}. Each part must contain all seven classes: copy the "
                "missing folders, or read one part with load_folder (--images in programs)."
            )
        files = [
            (*self._place(path.stem, part, parts), name, path)
            for part, paths_by_class in parts.items()
            for name in CLASSES
            for path in paths_by_class[name]
        ]
        warn_unused(
            [path.name for folder in folders.values() for path in image_files(folder)],
            title="FER2013",
            reason="outside the class folders",
        )
        classes = dict.fromkeys(path.parent for *_, path in files)
        warn_not_images(list(classes), title="FER2013", deep=False)
        order = (*SPLITS, UNNAMED_TEST)
        files.sort(key=lambda file: (order.index(file[0]), *file[1:3], file[3].name))
        return [(split, name, path) for split, _, name, path in files]

    def _folders(self):
        """Return the folder of each part that is read, with a warning about others."""
        chosen, skipped = {}, []
        for part, folders in self.parts.items():
            classes = {folder: by_name(subfolders(folder)) for folder in folders}
            known = [folder for folder in folders if classes[folder].keys() & set(CLASSES)]
            refuse_several(known, title="FER2013", root=self.root)
            skipped += [folder.name for folder in folders if folder not in known]
            for folder in known:
                chosen[part] = folder
                others = [path for path in subfolders(folder) if path.name.lower() not in CLASSES]
                skipped += [f"{folder.name}/{path.name}" for path in others]
        skipped += [
            folder.name
            for folder in subfolders(self.root)
            if folder.name.lower() not in _PARTS and _has_images(folder)
        ]
        if skipped:
            warnings.warn(
                f"FER2013 in {self.root}: skipped {name_some(skipped)}; only the parts train, "
                f"validation and test are read, and in them folders named {', '.join(CLASSES)}.",
                DataWarning,
                stacklevel=5,
            )
        return chosen

    def _images(self, part):
        """Return the images of each class in the folder of a part."""
        classes = by_name(subfolders(part))
        images = {
            name: images_of(classes.get(name, []), title="FER2013", root=self.root)
            for name in CLASSES
        }
        kept = without_copies(
            (path for paths in images.values() for path in paths),
            lambda path: str(path.with_suffix("")).lower(),
            title="FER2013",
            name=lambda path: path.relative_to(self.root).as_posix(),
        )
        kept = set(kept)
        return {name: [path for path in paths if path in kept] for name, paths in images.items()}

    def _place(self, stem, part, parts):
        match = _NUMBERED.match(stem)
        split, number = match.groups() if match else (None, -1)
        if split:
            split = _SPLIT_OF[split.lower()]
        elif part == "train":
            split = "Training"
        elif len(parts) == 3:
            split = "PublicTest" if part == "validation" else "PrivateTest"
        else:
            split = UNNAMED_TEST
        return split, int(number)

    def parse(self, files):
        """Read the files listed by :meth:`files`.

        Parameters
        ----------
        files : list of tuple (split, name of class, path)

        Returns
        -------
        arrays : dict of str to ndarray
            ``images`` (n, 48, 48) uint8, ``target`` (n,) int64, ``split`` (n,) str, and
            ``filenames`` (n,) str.

        Raises
        ------
        DataFormatError
            If files cannot be decoded or do not have 48x48 pixels.
        """
        splits, names, paths = zip(*files, strict=True)
        filenames = [path.relative_to(self.root).as_posix() for path in paths]
        images = read_gray(zip(filenames, paths, strict=True), title="FER2013")
        odd = [
            name
            for name, image in zip(filenames, images, strict=True)
            if image.shape != IMAGE_SHAPE
        ]
        if odd:
            raise DataFormatError(
                f"FER2013's images have 48x48 pixels; {len(odd)} in {self.root} do not: "
                f"{name_some(odd)}. Read other data sets with load_folder."
            )
        return {
            "images": np.stack(images),
            "target": encode(names),
            "split": np.array(splits),
            "filenames": np.array(filenames),
        }


def find_folders(place):
    """Find the folder edition in a folder or in its subfolder ``images``.

    Parameters
    ----------
    place : pathlib.Path
        Considered a folder edition if it has a train folder with at least one class of FER2013
        and no other classes.

    Returns
    -------
    edition : FolderEdition or None

    Raises
    ------
    DataFormatError
        If there are several folders ``images`` with an edition.
    """
    folders = by_name(subfolders(place))
    parts = {}
    for name, group in folders.items():
        if name in _PARTS:
            parts.setdefault(_PARTS[name], []).extend(group)
    for folder in parts.get("train", []):
        classes = by_name(subfolders(folder)).keys()
        if classes and classes <= set(CLASSES):
            return FolderEdition(place, parts)
    # Kaggle's face-expression-recognition-dataset is in images, or images/images.
    editions = list(filter(None, map(find_folders, folders.get("images", []))))
    refuse_several([edition.root for edition in editions], title="FER2013", root=place)
    return editions[0] if editions else None


def _has_images(folder):
    """Whether a folder has images in folders that are named like classes."""
    return any(image_files(path) for path in subfolders(folder) if path.name.lower() in CLASSES)


def _count(paths_by_class):
    counts = [f"{len(paths):,} {name}" for name, paths in paths_by_class.items() if paths]
    return ", ".join(counts) or "no images in class folders"
