"""Image files of a folder, selected by the suffixes that the installed decoders can read."""

import warnings
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from fer_classic.exceptions import DataNotFoundError, DataWarning
from fer_classic.utils._decode import read_image
from fer_classic.utils._opencv import cv2

__all__ = [
    "HEIC_SUFFIXES",
    "find_images",
    "image_suffixes",
    "is_image_name",
    "iter_images",
    "name_some",
    "sort_files",
    "warn_skipped",
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
    return Path(parts[-1]).suffix.lower() in image_suffixes() and not _is_hidden(parts)


def _is_hidden(parts):
    return any(part.startswith((".", "__MACOSX")) for part in parts)


def sort_files(paths, root):
    """Separate files into images and others.

    Parameters
    ----------
    paths : iterable of pathlib.Path
        Files; folders are ignored.
    root : pathlib.Path
        Common parent folder.

    Returns
    -------
    images : list of pathlib.Path
        Sorted by name.
    skipped : list of pathlib.Path
        Other files, sorted by name, except those that are not expected to be images: hidden files
        and folders, files of macOS and Windows (``__MACOSX``, ``Thumbs.db``, ``desktop.ini``), and
        ``README*`` and ``LICENSE*``.
    """
    images, skipped = [], []
    for path in sorted(paths):
        parts = path.relative_to(root).parts
        if is_image_name(parts):
            found = images
        elif _is_hidden(parts) or path.name.lower().startswith(_NOTES):
            continue
        else:
            found = skipped
        if path.is_file():
            found.append(path)
    return images, skipped


def warn_skipped(paths, *, title, stacklevel=3):
    """Warn that files cannot be read as images, and list some; no warning if there are none.

    Parameters
    ----------
    paths : sequence of pathlib.Path
        The files.
    title : str
        Name of the folder or data set.
    stacklevel : int, default=3
        Stack level of the warning; 3 refers to the caller's caller.
    """
    if not paths:
        return
    remedy = ""
    if any(path.suffix.lower() in HEIC_SUFFIXES for path in paths):
        remedy = ' To read HEIC photos: pip install "fer-classic[heic]", or save them as JPEG.'
    warnings.warn(
        f"{title}: skipped {len(paths)} file{'s' * (len(paths) > 1)} that cannot be read as "
        f"images: {name_some([path.name for path in paths], limit=5)}.{remedy}",
        DataWarning,
        stacklevel=stacklevel,
    )


def name_some(names, limit=10):
    """Join names for a message; long lists are truncated, with the number of the rest."""
    names = [str(name) for name in names]
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more


def iter_images(source):
    """Iterate over image files and read them.

    Parameters
    ----------
    source : str, path-like, or iterable of these
        A folder, which is searched recursively and sorted by name, or a list of files.
        Files that are not images are skipped in folders, but not in lists.

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
        As for :func:`find_images`.
    """
    for path in _image_paths(source):
        yield path, read_image(path)


def _image_paths(source):
    if not isinstance(source, str | Path):
        return [Path(path) for path in source]
    source = Path(source)
    if source.is_file():
        return [source]
    if not source.is_dir():
        raise DataNotFoundError(f"no such file or folder: {source}")
    return find_images(source)


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
        If there are other files; the message gives their number and lists some. Hidden files,
        ``Thumbs.db`` and the like, and ``README*`` and ``LICENSE*`` are ignored silently.
    """
    folder = Path(folder)
    images, skipped = sort_files(folder.rglob("*"), folder)
    warn_skipped(skipped, title=str(folder))
    return images
