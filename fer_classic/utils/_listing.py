"""Which files of a folder are images: one list, made of what the decoders at hand can read."""

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
# Formats that Pillow recognises and cannot decode alone, and films.
_NOT_DECODED = {"EPS", "FLI", "MPEG"}
# Formats that Pillow decodes if it was built with a library for them.
_LIBRARIES = {"AVIF": "avif", "JPEG2000": "jpg_2000", "WEBP": "webp"}
# What systems and publishers put beside images.
_NOTES = ("thumbs.db", "ehthumbs.db", "desktop.ini", "readme", "license", "licence")


@lru_cache(maxsize=1)
def image_suffixes():
    """Give the file name endings that are taken for images when a folder is read.

    Returns
    -------
    suffixes : frozenset of str
        Lower case, such as ``".jpg"``: what :func:`read_image` can decode with OpenCV, Pillow and
        pillow-heif as they are installed. Documents and films are not among them.
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
    """Whether the parts of a relative path name an image, and not a hidden file or a Mac's junk."""
    return Path(parts[-1]).suffix.lower() in image_suffixes() and not _is_hidden(parts)


def _is_hidden(parts):
    return any(part.startswith((".", "__MACOSX")) for part in parts)


def sort_files(paths, root):
    """Sort files into images and others.

    Parameters
    ----------
    paths : iterable of pathlib.Path
        Files, and folders, which are passed over.
    root : pathlib.Path
        Folder above them all.

    Returns
    -------
    images : list of pathlib.Path
        By name.
    skipped : list of pathlib.Path
        Other files, by name, without those that nobody expects to be read: hidden files and those
        in hidden folders, what macOS and Windows leave behind (``__MACOSX``, ``Thumbs.db``,
        ``desktop.ini``), and ``README*`` and ``LICENSE*``.
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
    """Warn that files are no images that can be read, and name some; says nothing of none.

    Parameters
    ----------
    paths : sequence of pathlib.Path
        The files.
    title : str
        Name of the folder or data set.
    stacklevel : int, default=3
        That of the warning; 3 blames the caller's caller.
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
    """Join names for a message; of many, the first ones and the count of the rest."""
    names = [str(name) for name in names]
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more


def iter_images(source):
    """Find image files and read them one after another.

    Parameters
    ----------
    source : str, path-like, or iterable of these
        A folder, searched with its subfolders in the order of names, or a list of files.
        Files that are no images are passed over in folders, not in lists.

    Yields
    ------
    path : pathlib.Path
        The file.
    image : ndarray
        What :func:`read_image` gives.

    Raises
    ------
    DataNotFoundError
        If the folder or a file does not exist.
    ImageReadError
        If a file cannot be decoded.

    Warns
    -----
    DataWarning
        As :func:`find_images` does.
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
    """Find the image files of a folder and its subfolders.

    Parameters
    ----------
    folder : path-like

    Returns
    -------
    paths : list of pathlib.Path
        In the order of names, what ends in one of :func:`image_suffixes`.

    Warns
    -----
    DataWarning
        If there are other files; it gives their number and names some. Hidden files, ``Thumbs.db``
        and the like, and ``README*`` and ``LICENSE*`` are passed over in silence.
    """
    folder = Path(folder)
    images, skipped = sort_files(folder.rglob("*"), folder)
    warn_skipped(skipped, title=str(folder))
    return images
