"""JAFFE: 213 posed expressions of ten Japanese women."""

import lzma
import re
import struct
import warnings
import zipfile
import zlib
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path, PurePosixPath
from typing import Any

from fer_classic.datasets._base import images_and_names, make_bunch
from fer_classic.datasets._files import (
    image_files,
    is_image_name,
    name_some,
    read_gray,
    warn_not_images,
    warn_unused,
)
from fer_classic.datasets._location import Origin, locate, subfolders
from fer_classic.datasets._repeated import without_copies
from fer_classic.exceptions import DataFormatError, DataWarning
from fer_classic.expressions import encode

__all__ = ["find_jaffe", "load_jaffe"]

_EXPRESSIONS = {
    "AN": "angry",
    "DI": "disgust",
    "FE": "fear",
    "HA": "happy",
    "NE": "neutral",
    "SA": "sad",
    "SU": "surprise",
}
# KA.AN1.39: woman, expression and shot, running number.
_STEM = re.compile(rf"([A-Z]{{2}})\.({'|'.join(_EXPRESSIONS)})\d+\.\d+", re.IGNORECASE)
# The images have 66 kB; a larger file in an archive is something else, perhaps a bomb.
_MAX_FILE_BYTES = 2**24
_DAMAGE = (
    EOFError,
    KeyError,
    OSError,
    RuntimeError,
    ValueError,
    lzma.LZMAError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
_JAFFE = Origin(
    title="JAFFE",
    folder="jaffe",
    layouts=(
        "KA.AN1.39.tiff and so on (213 files), in the folder itself or in folders in it",
        "jaffe*.zip with these files, as downloaded",
    ),
    obtain="request it at https://doi.org/10.5281/zenodo.3451523",
    licence="non-commercial research only; the images must not be redistributed.",
)


def load_jaffe(data_home: str | PathLike | None = None, *, return_X_y: bool = False) -> Any:
    """Load JAFFE, the Japanese Female Facial Expression data set.

    Parameters
    ----------
    data_home : str or path-like, optional
        The folder of the data set, its parent folder, or the downloaded zip file. By default the
        folder in ``FER_CLASSIC_DATA``, then ``./data``. Files in a folder take precedence over a
        zip file in it, and this over subfolders, of which all with images of JAFFE are read.
    return_X_y : bool, default=False
        Return ``(images, names)`` instead of the Bunch.

    Returns
    -------
    bunch : Bunch
        ``images`` is ``(213, 256, 256)``, ``uint8``, sorted by file name; ``subjects`` are the
        initials of the women.

    Raises
    ------
    DataNotFoundError
        If the data set is not found; the message says where to request it.
    DataFormatError
        If images or the zip file are damaged.

    Warns
    -----
    DataWarning
        If image files are skipped because their names do not give woman and expression, or because
        there is another file of the same image: the TIFF file in the first folder is read. If one
        of several zip files is read.

    References
    ----------
    Lyons, Akamatsu, Kamachi and Gyoba, "Coding Facial Expressions with Gabor Wavelets", FG 1998.

    Examples
    --------
    >>> from fer_classic.datasets import load_jaffe
    >>> bunch = load_jaffe("data/jaffe")  # doctest: +SKIP
    """
    source = locate(data_home, _find, _JAFFE)
    matches = {name: match for name in source.names if (match := _STEM.fullmatch(_stem(name)))}
    warn_unused(
        [name for name in source.names if name not in matches],
        title="JAFFE",
        reason="whose names are not of the form KA.AN1.39",
    )
    names = without_copies(
        [name for name in source.names if name in matches],
        lambda name: _stem(name).upper(),
        title="JAFFE",
        formats=(".tif", ".tiff"),
    )
    parsed = {name: matches[name] for name in sorted(names, key=_file_name)}
    source.warn_of_others()
    bunch = make_bunch(
        name="jaffe",
        descr="jaffe",
        images=source.read(list(parsed)),
        target=encode(_EXPRESSIONS[match[2].upper()] for match in parsed.values()),
        subjects=[match[1].upper() for match in parsed.values()],
        filenames=[_file_name(name) for name in parsed],
    )
    return images_and_names(bunch) if return_X_y else bunch


def find_jaffe(data_home=None):
    """Return the path that :func:`load_jaffe` reads, or raise as it does."""
    return locate(data_home, _find, _JAFFE).path


@dataclass(frozen=True)
class _Folder:
    path: Path
    names: list

    def warn_of_others(self):
        folders = {(self.path / name).parent for name in self.names}
        warn_not_images(sorted(folders), title="JAFFE", deep=False)

    def read(self, names):
        return read_gray([(name, self.path / name) for name in names], title="JAFFE")


@dataclass(frozen=True)
class _Zip:
    path: Path
    names: list
    others: tuple = ()

    def warn_of_others(self):
        if self.others:
            warnings.warn(
                f"JAFFE: read {self.path.name} and skipped {name_some(self.others)} in the same "
                "folder; pass its path to read it instead.",
                DataWarning,
                stacklevel=3,
            )

    def read(self, names):
        try:
            with zipfile.ZipFile(self.path) as archive:
                large = [
                    name for name in names if archive.getinfo(name).file_size > _MAX_FILE_BYTES
                ]
                if large:
                    raise DataFormatError(
                        f"{self.path} is not JAFFE: these files have more than {_MAX_FILE_BYTES:,} "
                        f"bytes when unpacked: {name_some(large)}."
                    )
                return read_gray(((name, archive.read(name)) for name in names), title="JAFFE")
        except DataFormatError:
            raise
        except _DAMAGE as error:
            raise DataFormatError(
                f"{self.path} cannot be unpacked ({error}); download it again."
            ) from error


def _find(place):
    if place.is_file():
        return _find_zip(place)
    here = _find_here(place)
    if here:
        return here
    folders = subfolders(place)
    below = next(filter(None, map(_find_here, folders)), None)
    if not isinstance(below, _Folder):
        return below
    # JAFFE may be sorted into folders of women or expressions.
    found = {folder: names for folder in folders if (names := _names_in(folder))}
    if len(found) == 1:
        return below
    names = [f"{path.name}/{name}" for path, names in found.items() for name in names]
    return _Folder(place, names)


def _find_here(folder):
    if not folder.is_dir():
        return None
    names = _names_in(folder)
    if names:
        return _Folder(folder, names)
    paths = sorted(folder.glob("[Jj][Aa][Ff][Ff][Ee]*.[Zz][Ii][Pp]"))
    for path in paths:
        source = _find_zip(path)
        if source:
            return replace(source, others=tuple(p.name for p in paths if p != path))
    return None


def _names_in(folder):
    """List the image files of a folder that has any of JAFFE."""
    names = [path.name for path in image_files(folder)]
    return names if _any_of_jaffe(names) else []


def _find_zip(path):
    if path.suffix.lower() != ".zip" or not path.is_file():
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except _DAMAGE as error:
        raise DataFormatError(f"{path} cannot be unpacked ({error}); download it again.") from error
    names = [name for name in names if is_image_name(PurePosixPath(name).parts)]
    return _Zip(path, names) if _any_of_jaffe(names) else None


def _any_of_jaffe(names):
    return any(_STEM.fullmatch(_stem(name)) for name in names)


def _file_name(name):
    return PurePosixPath(name).name


def _stem(name):
    return PurePosixPath(name).stem
