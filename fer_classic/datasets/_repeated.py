"""What occurs more than once in a data set: folders of one meaning, and copies of images."""

from pathlib import PurePosixPath

from fer_classic.datasets._files import image_files, name_some, warn_unused
from fer_classic.exceptions import DataFormatError

__all__ = ["by_name", "images_of", "refuse_several", "without_copies"]


def by_name(paths):
    """Group files or folders whose names differ only in case.

    Parameters
    ----------
    paths : iterable of pathlib.Path

    Returns
    -------
    groups : dict of str to list of pathlib.Path
        By name in lower case, in the order of the paths. On a file system that ignores case, each
        group has one member.
    """
    groups = {}
    for path in paths:
        groups.setdefault(path.name.lower(), []).append(path)
    return groups


def refuse_several(folders, *, title, root):
    """Raise DataFormatError if there is more than one folder for the same images.

    A published data set has one. Whether a second one is a copy or the missing half cannot be
    known, so neither is skipped, and they are not joined.

    Parameters
    ----------
    folders : list of pathlib.Path
        Folders of one meaning, in ``root`` or below.
    title : str
        Name of the data set.
    root : pathlib.Path
        Its folder.
    """
    if len(folders) > 1:
        names = [folder.relative_to(root).as_posix() for folder in folders]
        raise DataFormatError(
            f"{title} in {root} has {len(folders)} folders for the same images: "
            f"{name_some(names)}. Move the images into one of them, or remove the copy."
        )


def images_of(folders, *, title, root):
    """List the image files of the only one of some folders of one meaning that has any.

    Parameters
    ----------
    folders, title, root
        As for :func:`refuse_several`.

    Returns
    -------
    paths : list of pathlib.Path
        By name; empty if no folder has images.

    Raises
    ------
    DataFormatError
        If more than one folder has images.
    """
    images = {folder: files for folder in folders if (files := image_files(folder))}
    refuse_several(list(images), title=title, root=root)
    return next(iter(images.values()), [])


def without_copies(files, key, *, title, formats=(), name=str):
    """Keep one file of each image, and warn of the others.

    Parameters
    ----------
    files : iterable
        Paths, or names in an archive.
    key : callable
        Takes a file; returns what identifies its image in the data set.
    title : str
        Name of the data set.
    formats : tuple of str, optional
        Suffixes, in lower case, of the files as they are published.
    name : callable, default=str
        Takes a file; returns its name for the message.

    Returns
    -------
    kept : list
        By folder, then ``formats`` first, then by name. The first file of an image is kept.

    Warns
    -----
    DataWarning
        If files are skipped, with their names.
    """

    def precedence(file):
        path = PurePosixPath(file)
        return str(path.parent), path.suffix.lower() not in formats, path.name

    groups = {}
    for file in sorted(files, key=precedence):
        groups.setdefault(key(file), []).append(file)
    warn_unused(
        [name(copy) for _, *copies in groups.values() for copy in copies],
        title=title,
        reason="because of another one of the same name",
    )
    return [first for first, *_ in groups.values()]
