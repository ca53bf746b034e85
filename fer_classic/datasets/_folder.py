"""Anybody's own images, sorted into class folders."""

import os
import re
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from fer_classic.datasets._base import images_and_names, make_bunch
from fer_classic.datasets._class_names import OTHER_WORDS, make_namer, target_names_of
from fer_classic.datasets._files import (
    image_files,
    image_tree,
    name_some,
    read_gray,
    warn_left_out,
    warn_not_images,
)
from fer_classic.datasets._location import subfolders
from fer_classic.exceptions import DataFormatError, DataNotFoundError
from fer_classic.expressions import EXPRESSIONS, encode

__all__ = ["load_folder"]

# Parts of a data set, which are easily taken for classes.
_PARTS = {"train", "training", "validation", "valid", "val", "test"}


def load_folder(
    path: str | PathLike,
    *,
    class_names: str | Mapping | PathLike | None = None,
    subject_pattern: str | None = None,
    return_X_y: bool = False,
) -> Any:
    r"""Load images from class folders.

    Parameters
    ----------
    path : str or path-like
        Folder with a folder for each class; the images of a class lie in its folder, or deeper.
    class_names : {"raf-db", "affectnet", "keep"}, mapping or path-like, optional
        What the folders stand for. By default their names are those of
        :data:`~fer_classic.expressions.EXPRESSIONS` or usual other words and abbreviations for them
        (anger, happiness, HA), in any case, also behind a number (``0_neutral``).

        - ``"raf-db"``: numbers, 1 to 7 = surprise, fear, disgust, happy, sad, angry, neutral;
        - ``"affectnet"``: numbers, 0 to 7 = neutral, happy, sad, surprise, fear, disgust, angry,
          contempt;
        - ``"keep"``: classes of one's own, called as their folders are (bored, engaged);
        - a mapping from folder to class, or a ``.json`` file with one; several folders may hold one
          class.
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
        ``target_names`` are the eight expressions, or where there is any other class the classes
        that occur, sorted.

    Raises
    ------
    DataNotFoundError
        If there is no such folder, no image in it, or no such file of class names.
    DataFormatError
        If a class folder has an unknown name, images cannot be decoded, or the pattern does not
        match a path; the message names them all. Also if number and word of a folder contradict
        each other, or the file of class names is none.
    UnknownNameError
        If ``class_names`` is none of the above.
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
    >>> bunch = load_folder("lecture", class_names="keep")  # doctest: +SKIP
    """
    find_subject = _compile(subject_pattern)
    root = Path(path).expanduser()
    if not os.path.isdir(root):
        raise DataNotFoundError(f"no such folder: {root}; it should hold a folder for each class.")
    names, paths = _label(root, class_names)
    target_names = target_names_of(names)
    filenames = [path.relative_to(root).as_posix() for path in paths]
    bunch = make_bunch(
        name="folder",
        descr="folder",
        subjects=find_subject and find_subject(filenames),
        images=read_gray(zip(filenames, paths, strict=True), title=str(root)),
        target=encode(names, target_names),
        target_names=target_names,
        filenames=filenames,
    )
    return images_and_names(bunch) if return_X_y else bunch


def _label(root, class_names):
    """Give the classes and the paths of all images, by path."""
    namer = make_namer(class_names)
    labelled, unknown, parts = [], [], []
    for folder in subfolders(root):
        images = image_tree(folder)
        if not images:
            continue
        name = namer(folder.name)
        if name is None:
            unknown.append(folder.name)
        elif class_names == "keep" and folder.name.lower() in _PARTS:
            parts.append(folder.name)
        labelled += [(name, image) for image in images]
    if unknown:
        raise DataFormatError(
            f"{root} has folders with images that stand for no class: {name_some(unknown)}. "
            + _remedy(class_names)
        )
    if parts:
        raise DataFormatError(
            f"{root} holds {' and '.join(parts)}, which are parts of a data set and no classes; "
            "name one of them as the folder. If they are classes, give a table from folder to "
            "class (class_names=..., or --class-names FILE.json in programs)."
        )
    if not labelled:
        raise DataNotFoundError(
            f"{root} holds no images in class folders; put them into folders named "
            f"{', '.join(EXPRESSIONS)}, or as class_names says (--class-names in programs)."
        )
    warn_left_out(
        [path.name for path in image_files(root)],
        title=str(root),
        reason="that lie in no class folder",
    )
    warn_not_images([root], title=str(root))
    return zip(*labelled, strict=True)


def _remedy(class_names):
    if class_names is not None:
        return (
            f"What class_names={class_names!s} does not speak of is no class: give a table from "
            "folder to class that has all of them (a FILE.json in programs), or move them away."
        )
    return (
        f"Known are {', '.join(EXPRESSIONS)}, and as other words for them {OTHER_WORDS}. Say what the "
        "folders stand for with class_names (--class-names in programs): raf-db for its numbers "
        "1 to 7, affectnet for its numbers 0 to 7, keep for classes of your own, or a table from "
        "folder to class (FILE.json). Or name the folder that holds the class folders."
    )


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
