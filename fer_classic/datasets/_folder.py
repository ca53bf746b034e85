"""Anybody's own images, sorted into class folders."""

import os
import re
from pathlib import Path

from fer_classic.datasets._base import images_and_names, make_bunch
from fer_classic.datasets._files import (
    image_files,
    image_tree,
    name_some,
    read_gray,
    warn_left_out,
    warn_not_images,
)
from fer_classic.datasets._location import subfolders
from fer_classic.emotions import EMOTIONS, encode
from fer_classic.exceptions import DataFormatError, DataNotFoundError

__all__ = ["load_folder"]

_ALIASES = {
    "angry": ("angry", "anger", "an"),
    "contempt": ("contempt", "contemptuous"),
    "disgust": ("disgust", "disgusted", "di"),
    "fear": ("fear", "fearful", "afraid", "fe"),
    "happy": ("happy", "happiness", "joy", "ha"),
    "neutral": ("neutral", "neutrality", "ne"),
    "sad": ("sad", "sadness", "sa"),
    "surprise": ("surprise", "surprised", "su"),
}
_EXPRESSION_OF = {alias: name for name, aliases in _ALIASES.items() for alias in aliases}


def load_folder(path, *, subject_pattern=None, return_X_y=False):
    r"""Load images from class folders.

    Parameters
    ----------
    path : str or path-like
        Folder with a folder for each class; the images of a class lie in its folder, or deeper.
        The names of the classes are those of :data:`~fer_classic.emotions.EMOTIONS` or usual
        other words and abbreviations for them (anger, happiness, HA), in any case.
    subject_pattern : str, optional
        Regular expression that finds the person in the path of an image, relative to ``path``
        and with ``/`` between folders: its group named ``subject``, or its only group. Without
        it, ``subjects`` is None, and a benchmark cannot keep a person to one side of a fold.
    return_X_y : bool, default=False
        Give ``(images, names)`` instead of the Bunch.

    Returns
    -------
    bunch : Bunch
        ``images`` is ``(n, h, w)``, ``uint8``, or an object array if sizes differ; by path.

    Raises
    ------
    DataNotFoundError
        If there is no such folder, or no image in it.
    DataFormatError
        If a class folder has an unknown name, images cannot be decoded, or the pattern does not
        match a path; the message names them all.
    ValueError
        If the pattern is not a regular expression with such a group.

    Warns
    -----
    DataWarning
        If images lie outside the class folders, or files cannot be read as images; these are left
        out.

    Examples
    --------
    >>> from fer_classic.datasets import load_folder
    >>> bunch = load_folder("faces", subject_pattern=r"/(\w+)_\d+\.png$")  # doctest: +SKIP
    """
    find_subject = _compile(subject_pattern)
    root = Path(path).expanduser()
    if not os.path.isdir(root):
        raise DataNotFoundError(f"no such folder: {root}; it should hold a folder for each class.")
    names, paths = _label(root)
    filenames = [path.relative_to(root).as_posix() for path in paths]
    bunch = make_bunch(
        name="folder",
        descr="folder",
        subjects=find_subject and find_subject(filenames),
        images=read_gray(zip(filenames, paths, strict=True), title=str(root)),
        target=encode(names),
        filenames=filenames,
    )
    return images_and_names(bunch) if return_X_y else bunch


def _label(root):
    """Give the expressions and the paths of all images, by path."""
    labelled, unknown = [], []
    for folder in subfolders(root):
        images = image_tree(folder)
        expression = _EXPRESSION_OF.get(folder.name.lower())
        if expression:
            labelled += [(expression, image) for image in images]
        elif images:
            unknown.append(folder.name)
    if unknown:
        aliases = "; ".join(f"{name}: {', '.join(words[1:])}" for name, words in _ALIASES.items())
        raise DataFormatError(
            f"{root} has folders with images whose names are no expression: {name_some(unknown)}. "
            f"Known are {', '.join(EMOTIONS)}, and as other words for them {aliases}. Rename the "
            "folders, or name the folder that holds the class folders."
        )
    if not labelled:
        raise DataNotFoundError(
            f"{root} holds no images in class folders; put them into folders named "
            f"{', '.join(EMOTIONS)}."
        )
    warn_left_out(
        [path.name for path in image_files(root)],
        title=str(root),
        reason="that lie in no class folder",
    )
    warn_not_images([root], title=str(root))
    return zip(*labelled, strict=True)


def _compile(pattern):
    """Make a function that finds the subjects in relative paths, or None for no pattern."""
    if pattern is None:
        return None
    try:
        expression = re.compile(pattern)
    except re.error as error:
        raise ValueError(
            f"subject_pattern={pattern!r} is not a regular expression: {error}."
        ) from None
    if "subject" not in expression.groupindex and expression.groups != 1:
        raise ValueError(
            f"subject_pattern={pattern!r} needs one group, in parentheses, that matches the "
            f"subject, or a group (?P<subject>...); it has {expression.groups} groups."
        )
    group = "subject" if "subject" in expression.groupindex else 1

    def find(filenames):
        matches = [expression.search(name) for name in filenames]
        subjects = [match[group] if match else None for match in matches]
        lost = [name for name, subject in zip(filenames, subjects, strict=True) if not subject]
        if lost:
            raise DataFormatError(
                f"subject_pattern={pattern!r} finds no subject in {len(lost)} of "
                f"{len(filenames)} file names: {name_some(lost)}."
            )
        return subjects

    return find
