"""Files of a folder, without a system call for each of them, and what was skipped among them."""

import os
import stat
import warnings
from pathlib import Path

from fer_classic.exceptions import DataWarning
from fer_classic.utils._names import name_some, printable

__all__ = ["NO_IMAGE", "Skipped", "is_hidden", "walk_files"]

NO_IMAGE = "file{s} that cannot be read as {images}"
BROKEN = "link{s} to nothing"
SPECIAL = "pipe{s}, socket{s} or device{s}"
UNREADABLE = "folder{s} that cannot be read"
LINKED = "link{s} to {folders}, not followed"
NOT_SEARCHED = "folder{s} inside, not searched"

_NAMED = 5


class Skipped:
    """Counts what was skipped, by reason, and keeps a few names of each.

    Parameters
    ----------
    ignored : tuple of str, default=()
        Suffixes, in lower case, of files that are not counted.
    folders : bool, default=True
        Whether subfolders count that are not searched; False where that was not to be expected.

    Attributes
    ----------
    heic : bool
        Whether there are HEIC photos among the files.
    """

    def __init__(self, *, ignored=(), folders=True):
        self.ignored, self.folders = ignored, folders
        self.heic = False
        self._counts, self._names = {}, {}

    def add(self, reason, name):
        """Count a file or folder, skipped for one of the reasons of this module."""
        if not name.lower().endswith(self.ignored) and (self.folders or reason != NOT_SEARCHED):
            self._counts[reason] = self._counts.get(reason, 0) + 1
            names = self._names.setdefault(reason, [])
            if len(names) < _NAMED:
                names.append(name)

    def warn(self, *, title, stacklevel=3):
        """Warn of what was skipped; no warning if there is nothing.

        Parameters
        ----------
        title : str
            Name of the folder or data set.
        stacklevel : int, default=3
            Stack level of the warning; 3 refers to the caller's caller.
        """
        if not self._counts:
            return
        parts = [self._describe(reason, count) for reason, count in self._counts.items()]
        remedy = ""
        if self.heic:
            remedy = ' To read HEIC photos: pip install "fer-classic[heic]", or save them as JPEG.'
        warnings.warn(
            f"{printable(title)}: skipped {'; '.join(parts)}.{remedy}",
            DataWarning,
            stacklevel=stacklevel,
        )

    def _describe(self, reason, count):
        # The rest of the names was not kept.
        names = self._names[reason]
        more = f" and {count - len(names):,} more" if count > len(names) else ""
        return f"{count:,} {_inflected(reason, count)}: {name_some(names)}{more}"


def _inflected(reason, count):
    plural = count > 1
    return reason.format(
        s="s" * plural,
        images="images",
        folders="folders" if plural else "a folder",
    )


def is_hidden(name):
    """Whether a file or folder of this name is hidden, or written by macOS."""
    return name.startswith((".", "__MACOSX"))


def walk_files(folder, skipped, *, deep=True):
    """Iterate over the visible files of a folder, in the order of their paths.

    Parameters
    ----------
    folder : path-like
        The folder itself may be a link.
    skipped : Skipped
        Takes what is no regular file, and folders that cannot be listed.
    deep : bool, default=True
        Whether to search subfolders. Links to folders are never followed, since they can lead in a
        circle.

    Yields
    ------
    path : pathlib.Path
        A regular file, or a link to one.

    Notes
    -----
    Only the names in one folder at a time are kept. The kind of an entry comes with its name, so
    that files are not asked for one by one.
    """
    # Not by recursion, which nested folders could exhaust.
    stack = [_entries(folder, skipped)]
    while stack:
        entry = next(stack[-1], None)
        if entry is None:
            stack.pop()
        elif entry.is_dir(follow_symlinks=False):
            if deep:
                stack.append(_entries(entry.path, skipped))
            else:
                skipped.add(NOT_SEARCHED, entry.name)
        elif (reason := _reason_to_skip(entry)) is None:
            yield Path(entry.path)
        else:
            skipped.add(reason, entry.name)


def _entries(folder, skipped):
    try:
        with os.scandir(folder) as entries:
            visible = [entry for entry in entries if not is_hidden(entry.name)]
    except OSError:
        skipped.add(UNREADABLE, os.path.basename(folder) or str(folder))
        return iter(())
    return iter(sorted(visible, key=lambda entry: entry.name))


def _reason_to_skip(entry):
    """Return why an entry that is no folder is no regular file, or None if it is one."""
    if not entry.is_symlink():
        return None if entry.is_file(follow_symlinks=False) else SPECIAL
    try:
        mode = os.stat(entry.path).st_mode
    except OSError:
        return BROKEN
    if stat.S_ISDIR(mode):
        return LINKED
    return None if stat.S_ISREG(mode) else SPECIAL
