"""Loading of custom images from class folders."""

import os
import re
import warnings
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
    warn_not_images,
    warn_unused,
)
from fer_classic.datasets._location import subfolders
from fer_classic.datasets._repeated import by_name
from fer_classic.exceptions import DataFormatError, DataNotFoundError, DataWarning
from fer_classic.expressions import EXPRESSIONS, encode

__all__ = ["load_folder"]

# Parts of a data set, which are easily mistaken for classes.
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
        Folder with one subfolder per class, which is searched recursively for images.
    class_names : {"raf-db", "affectnet", "keep"}, mapping or path-like, optional
        Meaning of the folder names. By default they are names of
        :data:`~fer_classic.expressions.EXPRESSIONS` or common synonyms and abbreviations (anger,
        happiness, HA), ignoring case, optionally after a number (``0_neutral``).

        - ``"raf-db"``: numbers, 1 to 7 = surprise, fear, disgust, happy, sad, angry, neutral;
        - ``"affectnet"``: numbers, 0 to 7 = neutral, happy, sad, surprise, fear, disgust, angry,
          contempt;
        - ``"keep"``: custom classes, named like their folders (bored, engaged), whose names must
          differ in more than case;
        - a mapping from folder to class, or a ``.json`` file with one; several folders may map to
          one class.
    subject_pattern : str, optional
        Regular expression that finds the subject in the path of an image, relative to ``path``
        and with ``/`` as separator: its group named ``subject``, or its only group. Without it,
        ``subjects`` is None, and a benchmark cannot separate people between folds.
    return_X_y : bool, default=False
        Return ``(images, names)`` instead of the Bunch.

    Returns
    -------
    bunch : Bunch
        ``images`` is ``(n, h, w)``, ``uint8``, or an object array if sizes differ; sorted by path.
        ``target_names`` are the eight expressions, or if there are other classes, the sorted
        classes that occur.

    Raises
    ------
    DataNotFoundError
        If the folder or the file of class names does not exist, or there are no images.
    DataFormatError
        If a class folder has an unknown name, images cannot be decoded, or the pattern does not
        match a path; the message lists them all. Also if number and word of a folder contradict
        each other, or the file of class names is invalid.
    UnknownNameError
        If ``class_names`` is none of the above.
    ValueError
        If the pattern is not a regular expression with such a group.

    Warns
    -----
    DataWarning
        If images outside the class folders, files that cannot be read as images, broken links,
        pipes, folders that cannot be read, links to folders inside class folders, or further frames
        of animations are skipped.
        If the pattern gives all images one subject, each image its own, or each class its own.

    Examples
    --------
    >>> from fer_classic.datasets import load_folder
    >>> bunch = load_folder("faces", subject_pattern=r"/(\w+)_\d+\.png$")  # doctest: +SKIP
    >>> bunch = load_folder("lecture", class_names="keep")  # doctest: +SKIP
    """
    find_subject = _compile(subject_pattern)
    root = Path(path).expanduser()
    if os.path.isfile(root):
        raise DataNotFoundError(f"{root} is a file; give a folder with one folder per class.")
    if not os.path.isdir(root):
        raise DataNotFoundError(f"no such folder: {root}; it should contain one folder per class.")
    names, paths = _label(root, class_names)
    target_names = target_names_of(names)
    filenames = [path.relative_to(root).as_posix() for path in paths]
    subjects = find_subject and find_subject(filenames)
    if subjects is not None:
        _warn_of_subjects(subjects, names, subject_pattern)
    bunch = make_bunch(
        name="folder",
        descr="folder",
        subjects=subjects,
        images=read_gray(zip(filenames, paths, strict=True), title=str(root)),
        target=encode(names, target_names),
        target_names=target_names,
        filenames=filenames,
    )
    return images_and_names(bunch) if return_X_y else bunch


def _label(root, class_names):
    """Return the classes and the paths of all images, sorted by path."""
    namer = make_namer(class_names)
    labelled, unknown, parts, kept = [], [], [], []
    for folder in subfolders(root):
        images = image_tree(folder)
        if not images:
            continue
        name = namer(folder.name)
        if name is None:
            unknown.append(folder.name)
        elif class_names == "keep":
            kept.append(folder)
            if folder.name.lower() in _PARTS:
                parts.append(folder.name)
        labelled += [(name, image) for image in images]
    if unknown:
        raise DataFormatError(
            f"{root} has folders with images that match no class: {name_some(unknown)}. "
            + _remedy(class_names)
        )
    if parts:
        raise DataFormatError(
            f"{root} contains {' and '.join(parts)}, which are parts of a data set, not classes; "
            "pass one of them as the folder. If they are classes, pass a mapping from folder to "
            "class (class_names=..., or --class-names FILE.json in programs)."
        )
    # Other meanings of folder names do not depend on case, or are given folder by folder.
    alike = [path.name for group in by_name(kept).values() if len(group) > 1 for path in group]
    if alike:
        raise DataFormatError(
            f"{root} has folders whose names differ only in case: {name_some(alike)}. Join those "
            "of one class, or pass a mapping from folder to class (class_names=..., or "
            "--class-names FILE.json in programs)."
        )
    if not labelled:
        raise DataNotFoundError(
            f"{root} contains no images in class folders; put them into folders named "
            f"{', '.join(EXPRESSIONS)}, or see class_names (--class-names in programs)."
        )
    warn_unused(
        [path.name for path in image_files(root)],
        title=str(root),
        reason="outside the class folders",
    )
    warn_not_images([root], title=str(root))
    return zip(*labelled, strict=True)


def _warn_of_subjects(subjects, names, pattern):
    """Warn of subjects that cannot be the people in the images."""
    n_images, people, classes = len(subjects), set(subjects), set(names)
    n_pairs = len(set(zip(subjects, names, strict=True)))
    if n_images == 1:
        return
    if len(people) == 1:
        problem = (
            f"gives all {n_images:,} images one subject, {subjects[0]!r}, so that nobody can be "
            "held out"
        )
    elif len(people) == n_images:
        problem = (
            f"gives each of the {n_images:,} images a subject of its own, such as "
            f"{subjects[0]!r}, so that no two images are kept together"
        )
    elif n_pairs == len(people) == len(classes):
        problem = (
            f"finds {len(people)} subjects in {n_images:,} images, which are the classes: all "
            f"images of {subjects[0]!r} are {names[0]}"
        )
    else:
        return
    warnings.warn(
        f"subject_pattern={pattern!r} {problem}. Its group must match what names the person in a "
        "path.",
        DataWarning,
        stacklevel=3,
    )


def _remedy(class_names):
    if class_names is not None:
        return (
            f"Folders not covered by class_names={class_names!s} are not classes: pass a mapping "
            "from folder to class with all of them (a FILE.json in programs), or move them away."
        )
    return (
        f"Known are {', '.join(EXPRESSIONS)}, and as synonyms {OTHER_WORDS}. Describe other "
        "folders with class_names (--class-names in programs): raf-db for its numbers 1 to 7, "
        "affectnet for its numbers 0 to 7, keep for your own classes, or a mapping from folder to "
        "class (FILE.json). Or pass the folder that contains the class folders."
    )


def _compile(pattern):
    """Create a function that finds the subjects in relative paths; None without a pattern."""
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
            f"subject_pattern={pattern!r} requires one group, in parentheses, that matches the "
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
