"""Image files of a folder, selected by the suffixes that the installed decoders can read."""

from functools import lru_cache
from importlib.util import find_spec
from os import PathLike
from pathlib import Path

from fer_classic.exceptions import DataNotFoundError
from fer_classic.utils._decode import read_image
from fer_classic.utils._opencv import cv2
from fer_classic.utils._walk import NO_IMAGE, Skipped, is_hidden, walk_files

__all__ = [
    "HEIC_SUFFIXES",
    "find_images",
    "image_suffixes",
    "images_in",
    "is_image_name",
    "iter_images",
]

HEIC_SUFFIXES = (".heic", ".heif", ".hif")
_OPENCV_SUFFIXES = (
    ".avif",
    ".bmp",
    ".dib",
    ".gif",
    ".hdr",
    ".jp2",
    ".jpe",
    ".jpeg",
    ".jpg",
    ".pam",
    ".pbm",
    ".pfm",
    ".pgm",
    ".pic",
    ".png",
    ".pnm",
    ".ppm",
    ".pxm",
    ".ras",
    ".sr",
    ".tif",
    ".tiff",
    ".webp",
)
# Formats that Pillow recognises but cannot decode alone, and video formats.
_NOT_DECODED = {"EPS", "FLI", "MPEG"}
# Formats that Pillow decodes if it was built with a library for them.
_LIBRARIES = {"AVIF": "avif", "JPEG2000": "jpg_2000", "WEBP": "webp"}
# Files that systems and publishers add to image folders.
_NOTES = ("thumbs.db", "ehthumbs.db", "desktop.ini", "readme", "license", "licence")


@lru_cache(maxsize=1)
def image_suffixes():
    """Return the suffixes of the files that are read as images in folders.

    Returns
    -------
    suffixes : frozenset of str
        Lower case, such as ``".jpg"``: the formats that :func:`read_image` can decode with the
        installed OpenCV, Pillow and pillow-heif, without documents and videos.
    """
    from PIL import Image, ImageFile, features

    Image.init()
    suffixes = {suffix for suffix in _OPENCV_SUFFIXES if cv2.haveImageWriter(f"image{suffix}")}
    for suffix, kind in Image.registered_extensions().items():
        opener = Image.OPEN.get(kind, (None,))[0]
        stub = isinstance(opener, type) and issubclass(opener, ImageFile.StubImageFile)
        built = kind not in _LIBRARIES or features.check(_LIBRARIES[kind])
        if opener and built and not stub and kind not in _NOT_DECODED:
            suffixes.add(suffix.lower())
    change = suffixes.union if find_spec("pillow_heif") else suffixes.difference
    return frozenset(change(HEIC_SUFFIXES))


def is_image_name(parts):
    """Whether a relative path, given as parts, is an image and not a hidden file."""
    return Path(parts[-1]).suffix.lower() in image_suffixes() and not any(map(is_hidden, parts))


def images_in(folder, skipped, *, deep=True):
    """Iterate over the image files of a folder, in the order of their names.

    Parameters
    ----------
    folder : path-like
    skipped : Skipped
        Takes the other files, except those that are not expected to be images: hidden files and
        folders, files of macOS and Windows (``__MACOSX``, ``Thumbs.db``, ``desktop.ini``), and
        ``README*`` and ``LICENSE*``.
    deep : bool, default=True
        Whether to search subfolders.

    Yields
    ------
    path : pathlib.Path
        A regular file, or a link to one, with one of :func:`image_suffixes`.
    """
    suffixes = image_suffixes()
    for path in walk_files(folder, skipped, deep=deep):
        suffix = path.suffix.lower()
        if suffix in suffixes:
            yield path
        elif not path.name.lower().startswith(_NOTES):
            skipped.add(NO_IMAGE, path.name)
            skipped.heic |= suffix in HEIC_SUFFIXES


def iter_images(source):
    """Iterate over image files and read them.

    Parameters
    ----------
    source : str, path-like, or iterable of these
        A folder, which is searched recursively and sorted by name, or a list of files.
        Files that are not images are skipped in folders, but not in lists. A folder is listed
        while it is read, so that its size does not matter.

    Yields
    ------
    path : pathlib.Path
        The file.
    image : ndarray
        As returned by :func:`read_image`.

    Raises
    ------
    DataNotFoundError
        If the folder or a file does not exist.
    ImageReadError
        If a file cannot be decoded.

    Warns
    -----
    DataWarning
        As for :func:`find_images`, after the last image.
    """
    skipped = Skipped()
    if not isinstance(source, str | PathLike):
        paths = map(Path, source)
    elif (source := Path(source)).is_dir():
        paths = images_in(source, skipped)
    elif source.exists():
        paths = [source]
    else:
        raise DataNotFoundError(f"no such file or folder: {source}")
    for path in paths:
        yield path, read_image(path)
    skipped.warn(title=str(source))


def find_images(folder):
    """List the image files of a folder and its subfolders.

    Parameters
    ----------
    folder : path-like

    Returns
    -------
    paths : list of pathlib.Path
        Files with one of :func:`image_suffixes`, sorted by name.

    Warns
    -----
    DataWarning
        If something else is there: other files, broken links, pipes and devices, folders that
        cannot be read, and links to folders, which are not followed. The message gives the number
        of each and names some. Hidden files, ``Thumbs.db`` and the like, and ``README*`` and
        ``LICENSE*`` are ignored silently.
    """
    skipped = Skipped()
    images = list(images_in(folder, skipped))
    skipped.warn(title=str(Path(folder)))
    return images
