"""The image files of a data set: finding them, reading them all, naming those left out."""

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
    "warn_left_out",
    "warn_not_images",
]

_ARCHIVES = (".zip", ".gz", ".tgz", ".tar")


def image_files(folder):
    """Image files directly in ``folder``, by name; none in a folder that may not be read."""
    try:
        paths = list(folder.iterdir())
    except PermissionError:
        return []
    return sort_files(paths, folder)[0]


def image_tree(folder):
    """Image files in ``folder`` and the folders in it, by relative path."""
    return sort_files(folder.rglob("*"), folder)[0]


def read_gray(sources, *, title):
    """Read images as grey ones; all that cannot be read are named in one error.

    Parameters
    ----------
    sources : iterable of (str, path or bytes)
        Name for messages, and what to read.
    title : str
        Name of the data set.

    Returns
    -------
    images : list of ndarray of shape (h, w), uint8

    Raises
    ------
    DataFormatError
        If any file is empty, damaged or no image.
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
            f"decoded: {name_some(damaged)}. Unpack the data set again, or remove them. Of the "
            f"first: {reasons[0]}"
        )
    return images


def warn_left_out(names, *, title, reason):
    """Warn that files were left out, and name them; says nothing if there are none."""
    if names:
        warnings.warn(
            f"{title}: left out {len(names)} image file{'s' * (len(names) > 1)} {reason}: "
            f"{name_some(names)}.",
            DataWarning,
            stacklevel=4,
        )


def warn_not_images(folders, *, title, deep=True):
    """Warn that folders of images hold other files, which were skipped.

    Archives are left unmentioned: unpacked images often lie beside the file they came from.

    Parameters
    ----------
    folders : iterable of pathlib.Path
    title : str
        Name of the data set.
    deep : bool, default=True
        Look into subfolders, too.
    """
    skipped = []
    for folder in folders:
        skipped += sort_files(folder.rglob("*") if deep else folder.iterdir(), folder)[1]
    skipped = [path for path in skipped if path.suffix.lower() not in _ARCHIVES]
    warn_skipped(skipped, title=title, stacklevel=4)
