"""Finding and reading the image files of a data set."""

import warnings

from fer_classic.exceptions import DataFormatError, DataNotFoundError, DataWarning, ImageReadError
from fer_classic.utils import as_gray, read_image
from fer_classic.utils._listing import is_image_name, name_some, sort_files, warn_skipped

__all__ = [
    "image_files",
    "image_tree",
    "is_image_name",
    "name_some",
    "read_gray",
    "warn_not_images",
    "warn_unused",
]

_ARCHIVES = (".zip", ".gz", ".tgz", ".tar")


def image_files(folder):
    """List the image files directly in ``folder``, by name; empty if it is unreadable."""
    try:
        paths = list(folder.iterdir())
    except PermissionError:
        return []
    return sort_files(paths, folder)[0]


def image_tree(folder):
    """List the image files in ``folder`` and its subfolders, by relative path."""
    return sort_files(folder.rglob("*"), folder)[0]


def read_gray(sources, *, title):
    """Read images and convert them to grey; one error lists all unreadable ones.

    Parameters
    ----------
    sources : iterable of (str, path or bytes)
        Name for messages, and source of each image.
    title : str
        Name of the data set.

    Returns
    -------
    images : list of ndarray of shape (h, w), uint8

    Raises
    ------
    DataFormatError
        If any file is empty, damaged or not an image.
    """
    images, damaged, reasons = [], [], []
    for name, source in sources:
        try:
            images.append(as_gray(read_image(source)))
        except (ImageReadError, DataNotFoundError) as error:
            damaged.append(name)
            reasons.append(str(error))
    if damaged:
        raise DataFormatError(
            f"{title}: {len(damaged)} of {len(damaged) + len(images)} image files cannot be "
            f"decoded: {name_some(damaged)}. Unpack the data set again, or remove them. First "
            f"error: {reasons[0]}"
        )
    return images


def warn_unused(names, *, title, reason):
    """Warn that files were skipped, and list them; no warning if there are none."""
    if names:
        warnings.warn(
            f"{title}: skipped {len(names)} image file{'s' * (len(names) > 1)} {reason}: "
            f"{name_some(names)}.",
            DataWarning,
            stacklevel=4,
        )


def warn_not_images(folders, *, title, deep=True):
    """Warn that other files in image folders were skipped.

    Archives are ignored: unpacked images are often next to their archive.

    Parameters
    ----------
    folders : iterable of pathlib.Path
    title : str
        Name of the data set.
    deep : bool, default=True
        Whether to include subfolders.
    """
    skipped = []
    for folder in folders:
        skipped += sort_files(folder.rglob("*") if deep else folder.iterdir(), folder)[1]
    skipped = [path for path in skipped if path.suffix.lower() not in _ARCHIVES]
    warn_skipped(skipped, title=title, stacklevel=4)
