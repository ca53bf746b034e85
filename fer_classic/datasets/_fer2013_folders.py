"""Parsing of FER2013's folder editions, such as ``train/<class>/*``."""

import re
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fer_classic.datasets._fer2013_csv import IMAGE_SHAPE, SPLITS
from fer_classic.datasets._files import image_files, name_some, read_gray, warn_not_images
from fer_classic.datasets._location import subfolders
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
    parts : dict of str to pathlib.Path
        The folders for ``"train"``, ``"validation"`` and ``"test"``, as far as they exist.
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
            If a part has no images of a class.

        Warns
        -----
        DataWarning
            If folders are skipped (a part without class folders, or one that is not a class), or
            files that cannot be read as images.
        """
        parts = self._images()
        missing = [
            f"{self.parts[part].name}/{name}"
            for part, of_class in parts.items()
            for name in CLASSES
            if not of_class.get(name)
        ]
        if missing:
            found = [
                f"{self.parts[part].name} ({_count(of_class)})" for part, of_class in parts.items()
            ]
            raise DataFormatError(
                f"FER2013 in {self.root} has no images in {name_some(missing, limit=21)}; found "
                f"{' and '.join(found)}. Each part must contain all seven classes: copy the "
                "missing folders, or read one part with load_folder (--images in programs)."
            )
        files = [
            (*self._place(path.stem, part, parts), name, path)
            for part, of_class in parts.items()
            for name in CLASSES
            for path in of_class[name]
        ]
        folders = dict.fromkeys(path.parent for _, _, _, path in files)
        warn_not_images(list(folders), title="FER2013", deep=False)
        order = (*SPLITS, UNNAMED_TEST)
        files.sort(key=lambda file: (order.index(file[0]), *file[1:3], file[3].name))
        return [(split, name, path) for split, _, name, path in files]

    def _images(self):
        """Return the images of each class of each part that is read."""
        parts, skipped = {}, []
        for part, folder in self.parts.items():
            classes = {path.name.lower(): path for path in subfolders(folder)}
            known = [name for name in CLASSES if name in classes]
            if part != "train" and not known:
                skipped.append(folder.name)
                continue
            parts[part] = {name: image_files(classes[name]) for name in known}
            skipped += [f"{folder.name}/{name}" for name in sorted(classes.keys() - set(known))]
        if skipped:
            warnings.warn(
                f"FER2013 in {self.root}: skipped {', '.join(skipped)}; only folders named "
                f"{', '.join(CLASSES)} are read.",
                DataWarning,
                stacklevel=5,
            )
        return parts

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
    """
    folders = {folder.name.lower(): folder for folder in subfolders(place)}
    parts = {}
    for name, folder in folders.items():
        parts.setdefault(_PARTS.get(name), folder)
    parts.pop(None, None)
    classes = {path.name.lower() for path in subfolders(parts["train"])} if "train" in parts else ()
    if classes and classes <= set(CLASSES):
        return FolderEdition(place, parts)
    # Kaggle's face-expression-recognition-dataset is in images, or images/images.
    return find_folders(folders["images"]) if "images" in folders else None


def _count(of_class):
    counts = [f"{len(paths):,} {name}" for name, paths in of_class.items() if paths]
    return ", ".join(counts) or "no images in class folders"
