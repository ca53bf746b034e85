"""The image files of a data set: finding them, reading them all, naming those left out."""

import warnings

from fer_classic.exceptions import DataFormatError, DataNotFoundError, DataWarning, ImageReadError
from fer_classic.utils import IMAGE_SUFFIXES, as_gray, read_image

__all__ = ["image_files", "image_tree", "is_image_name", "name_some", "read_gray", "warn_left_out"]


def is_image_name(parts):
    """Whether the parts of a relative path name an image, and not a hidden file or a Mac's junk."""
    return parts[-1].lower().endswith(IMAGE_SUFFIXES) and not any(
        part.startswith((".", "__MACOSX")) for part in parts
    )


def image_files(folder):
    """Image files directly in ``folder``, by name; none in a folder that may not be read."""
    try:
        paths = list(folder.iterdir())
    except PermissionError:
        return []
    return sorted(path for path in paths if is_image_name([path.name]) and path.is_file())


def image_tree(folder):
    """Image files in ``folder`` and the folders in it, by relative path."""
    return sorted(
        path
        for path in folder.rglob("*")
        if is_image_name(path.relative_to(folder).parts) and path.is_file()
    )


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
    images, damaged = [], []
    for name, source in sources:
        try:
            images.append(as_gray(read_image(source)))
        except (ImageReadError, DataNotFoundError):
            damaged.append(name)
    if damaged:
        raise DataFormatError(
            f"{title}: {len(damaged)} of {len(damaged) + len(images)} image files cannot be "
            f"decoded: {name_some(damaged)}. Unpack the data set again, or remove them."
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


def name_some(names, limit=10):
    """Join names for a message; of many, the first ones and the count of the rest."""
    names = [str(name) for name in names]
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more
