"""What a call was asked to look at: photos or a video."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from fer_classic.exceptions import DataNotFoundError, SourceError
from fer_classic.live import VideoSource, find_photos, open_source
from fer_classic.live.sources._cameras import without_password
from fer_classic.utils._header import read_header
from fer_classic.utils._limits import read_regular_file
from fer_classic.utils._listing import HEIC_SUFFIXES, is_image_name

__all__ = ["Resolved", "resolve"]

_REMEDY = (
    "give a photo, a folder, a pattern, a video, an image array as read_image gives it, or a list "
    "of these"
)


@dataclass(frozen=True, eq=False)
class Resolved:
    """Photos, or a video.

    Parameters
    ----------
    name : str
        What it is called.
    photos : list of pathlib.Path, bytes or ndarray, or None
        The photos, at least one.
    video : Source or None
        The video.
    alone : bool
        Whether a single photo was asked for, and not a folder, pattern or list.
    """

    name: str
    photos: list[Any] | None = None
    video: Any = None
    alone: bool = False


def resolve(source):
    """Find out what was given to look at.

    Parameters
    ----------
    source : object
        See :func:`~fer_classic.analysis.analyze`.

    Returns
    -------
    resolved : Resolved
        Nothing but folders was read yet.

    Raises
    ------
    DataNotFoundError, SourceError, TypeError, ValueError
        As :func:`~fer_classic.analysis.analyze` does.
    """
    if isinstance(source, np.ndarray):
        pictures = _pictures_of(source)
        return Resolved("array", photos=pictures, alone=len(pictures) == 1)
    if isinstance(source, bytes):
        return Resolved("photo", photos=[source], alone=True)
    if isinstance(source, str | PathLike):
        return _resolve_path(str(source))
    if hasattr(source, "live"):
        return Resolved(type(source).__name__, video=_with_an_end(source, "this source"))
    if isinstance(source, Iterable) and not isinstance(source, Mapping):
        return Resolved("list", photos=_photos_of(source))
    raise TypeError(f"cannot look for faces in {_kind(source)}; {_REMEDY}.")


def _resolve_path(text):
    if "://" in text:
        return Resolved(without_password(text), video=_with_an_end(open_source(text), text))
    path = Path(text)
    # What exists and is no folder may also be a pipe, which is refused when it is read.
    if os.path.exists(path) and not os.path.isdir(path):
        if _is_photo(path):
            return Resolved(path.name, photos=[path], alone=True)
        return Resolved(path.name, video=_open_video(path))
    if not text or not (os.path.isdir(path) or set(text) & set("*?[")):
        raise DataNotFoundError(f"no such photo, folder or video: {text!r}; {_REMEDY}.")
    photos = find_photos([text])
    if photos == [path]:
        raise DataNotFoundError(f"no photo matches the pattern {text!r}.")
    return Resolved(text, photos=photos)


def _is_photo(path):
    suffix = path.suffix.lower()
    if suffix == ".gif":
        return not _is_animated(path)
    # Reading a HEIC photo says what it takes, where that is missing.
    return is_image_name([path.name]) or suffix in HEIC_SUFFIXES


def _is_animated(path):
    try:
        header = read_header(read_regular_file(path))
    except OSError:  # reading it as a photo says what is wrong
        return False
    return header is not None and header.animated


def _open_video(path):
    video = VideoSource(path)
    try:
        _ = video.fps
    except SourceError as error:
        raise SourceError(
            f"{path} is no image by its ending, and no video that OpenCV can decode; {_REMEDY}. An "
            "image with another ending is read by read_image."
        ) from error
    return video


def _with_an_end(source, name):
    if source.live:
        # The address may hold a password.
        kind = "a stream" if "://" in name else name
        raise SourceError(
            f"{kind} is live and has no end that could be waited for; take "
            "fer_classic.live.run_live with a Timeline as its sink, or fer-classic video."
        )
    return source


def _pictures_of(array):
    """Split a batch into pictures."""
    if array.ndim == 4 or (array.ndim == 3 and array.shape[-1] > 4):
        if not len(array):
            raise ValueError(f"a batch of no pictures, of shape {array.shape}; {_REMEDY}.")
        return list(array)
    if array.dtype == object:
        return _photos_of(array)
    if array.ndim not in (2, 3):
        raise ValueError(
            "expected a picture of shape (h, w) or (h, w, c), or a batch (n, h, w) or "
            f"(n, h, w, c), got an array of shape {array.shape}."
        )
    return [array]


def _photos_of(items):
    """Give the photos of a list; those of its folders and patterns one by one."""
    photos = []
    for number, item in enumerate(items):
        if isinstance(item, str | PathLike):
            photos += find_photos([item])
        elif isinstance(item, bytes | np.ndarray):
            photos.append(item)
        else:
            raise TypeError(f"item {number} of the list is {_kind(item)}; {_REMEDY}.")
    if not photos:
        raise ValueError(f"a list of no photos; {_REMEDY}.")
    return photos


def _kind(item):
    kind = f"{type(item).__module__}.{type(item).__qualname__}".removeprefix("builtins.")
    # Its channels are RGB, and would be taken for BGR.
    return f"{kind} (use np.asarray(image.convert('RGB'))[..., ::-1])" if "PIL" in kind else kind
