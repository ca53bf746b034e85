"""Finding and reading the image files of a data set."""

import warnings

from fer_classic.exceptions import DataFormatError, DataNotFoundError, DataWarning, ImageReadError
from fer_classic.utils import as_gray
from fer_classic.utils._decode import read_first_frame
from fer_classic.utils._listing import images_in, is_image_name
from fer_classic.utils._names import name_some
from fer_classic.utils._walk import Skipped

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
    return list(images_in(folder, Skipped(), deep=False))


def image_tree(folder):
    """List the image files in ``folder`` and its subfolders, by relative path."""
    return list(images_in(folder, Skipped()))


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
        If any file is empty, damaged or not an image, or has too many pixels.

    Warns
    -----
    DataWarning
        If files have further frames or pages, which are skipped.
    """
    images, animated, damaged, reasons = [], [], [], []
    for name, source in sources:
        try:
            image, _, has_more = read_first_frame(source)
            images.append(as_gray(image))
            if has_more:
                animated.append(name)
        except (ImageReadError, DataNotFoundError) as error:
            damaged.append(name)
            reasons.append(str(error))
    if damaged:
        raise DataFormatError(
            f"{title}: {len(damaged)} of {len(damaged) + len(images)} image files cannot be "
            f"decoded: {name_some(damaged)}. Unpack the data set again, or remove them. First "
            f"error: {reasons[0]}"
        )
    if animated:
        warnings.warn(
            f"{title}: {len(animated)} of {len(images)} image files have several frames or pages, "
            f"of which the first is read: {name_some(animated)}.",
            DataWarning,
            stacklevel=4,
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
    skipped = Skipped(ignored=_ARCHIVES)
    for folder in folders:
        for _ in images_in(folder, skipped, deep=deep):
            pass
    skipped.warn(title=title, stacklevel=4)
