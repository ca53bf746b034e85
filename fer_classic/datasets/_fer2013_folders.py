"""Reading of FER2013's folder editions, ``train/<class>/*`` and ``test/<class>/*``."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fer_classic.datasets._fer2013_csv import IMAGE_SHAPE, SPLITS
from fer_classic.datasets._files import image_files, name_some, read_gray, warn_not_images
from fer_classic.datasets._location import subfolders
from fer_classic.emotions import encode
from fer_classic.exceptions import DataFormatError

__all__ = ["UNNAMED_TEST", "FolderEdition", "find_folders"]

UNNAMED_TEST = "Test"
"""Split of the files in ``test/`` that do not say from which of the two test parts they are."""

_CLASSES = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
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
    """A folder edition that was found.

    Attributes
    ----------
    root : pathlib.Path
        The folder that holds ``train`` and ``test``.
    parts : dict of str to pathlib.Path
        The folders for ``"train"``, ``"validation"`` and ``"test"``, as far as they are there.
    """

    root: Path
    parts: dict

    def files(self):
        """List the image files, or tell what is missing.

        Returns
        -------
        files : list of tuple (split, name of class, path)
            By split and by the number in the file name.

        Raises
        ------
        DataFormatError
            If a part or a class folder is missing or empty.

        Warns
        -----
        DataWarning
            If files in the class folders cannot be read as images.
        """
        missing = [part for part in ("train", "test") if part not in self.parts]
        files, folders = [], []
        for part, folder in self.parts.items():
            classes = {path.name.lower(): path for path in subfolders(folder)}
            for name in _CLASSES:
                paths = image_files(classes[name]) if name in classes else []
                folders += [classes[name]] if paths else []
                files += [(*self._place(path.stem, part), name, path) for path in paths]
                if not paths:
                    missing.append(f"{folder.name}/{name}")
        if missing:
            raise DataFormatError(
                f"FER2013 in {self.root} is not complete, there are no images in: "
                f"{name_some(missing, limit=21)}. Unpack it again."
            )
        warn_not_images(folders, title="FER2013", deep=False)
        order = (*SPLITS, UNNAMED_TEST)
        files.sort(key=lambda file: (order.index(file[0]), *file[1:3], file[3].name))
        return [(split, name, path) for split, _, name, path in files]

    def _place(self, stem, part):
        match = _NUMBERED.match(stem)
        split, number = match.groups() if match else (None, -1)
        if split:
            split = _SPLIT_OF[split.lower()]
        elif part == "test" and "validation" not in self.parts:
            split = UNNAMED_TEST
        else:
            split = dict(zip(("train", "validation", "test"), SPLITS, strict=True))[part]
        return split, int(number)

    def parse(self, files):
        """Read the files that :meth:`files` lists.

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
            If files cannot be decoded or are not of 48x48 pixels.
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
                f"FER2013's images have 48x48 pixels; in {self.root} {len(odd)} have not: "
                f"{name_some(odd)}. Read other data sets with load_folder."
            )
        return {
            "images": np.stack(images),
            "target": encode(names),
            "split": np.array(splits),
            "filenames": np.array(filenames),
        }


def find_folders(place):
    """Give the folder edition in a folder, or None.

    Parameters
    ----------
    place : pathlib.Path
        Is taken for a folder edition if it has a train folder with one of FER2013's classes, and
        no class that FER2013 has not.

    Returns
    -------
    edition : FolderEdition or None
    """
    parts = {}
    for folder in subfolders(place):
        parts.setdefault(_PARTS.get(folder.name.lower()), folder)
    parts.pop(None, None)
    classes = {path.name.lower() for path in subfolders(parts["train"])} if "train" in parts else ()
    known = classes and classes <= set(_CLASSES)
    return FolderEdition(place, parts) if known else None
