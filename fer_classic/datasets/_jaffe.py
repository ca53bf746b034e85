"""JAFFE: 213 posed expressions of ten Japanese women."""

import lzma
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
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
from fer_classic.exceptions import DataFormatError
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
_LARGEST = 2**24
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
        "KA.AN1.39.tiff and so on (213 files), in the folder itself or one level down",
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
        zip file in it, and this over subfolders.
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
        If image files are skipped because their names do not give woman and expression.

    References
    ----------
    Lyons, Akamatsu, Kamachi and Gyoba, "Coding Facial Expressions with Gabor Wavelets", FG 1998.

    Examples
    --------
    >>> from fer_classic.datasets import load_jaffe
    >>> bunch = load_jaffe("data/jaffe")  # doctest: +SKIP
    """
    source = locate(data_home, _find, _JAFFE)
    names = sorted(source.names, key=_file_name)
    parsed = {name: match for name in names if (match := _STEM.fullmatch(_stem(name)))}
    warn_unused(
        [name for name in names if name not in parsed],
        title="JAFFE",
        reason="whose names are not of the form KA.AN1.39",
    )
    if source.path.is_dir():
        warn_not_images([source.path], title="JAFFE", deep=False)
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

    def read(self, names):
        return read_gray([(name, self.path / name) for name in names], title="JAFFE")


@dataclass(frozen=True)
class _Zip:
    path: Path
    names: list

    def read(self, names):
        try:
            with zipfile.ZipFile(self.path) as archive:
                large = [name for name in names if archive.getinfo(name).file_size > _LARGEST]
                if large:
                    raise DataFormatError(
                        f"{self.path} is not JAFFE: these files have more than {_LARGEST:,} bytes "
                        f"when unpacked: {name_some(large)}."
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
    return _find_here(place) or next(filter(None, map(_find_here, subfolders(place))), None)


def _find_here(folder):
    if not folder.is_dir():
        return None
    names = [path.name for path in image_files(folder)]
    if _any_of_jaffe(names):
        return _Folder(folder, names)
    return next(
        filter(None, map(_find_zip, sorted(folder.glob("[Jj][Aa][Ff][Ff][Ee]*.zip")))), None
    )


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
