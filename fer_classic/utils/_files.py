"""Atomic writing of files, and protection of existing ones."""

import contextlib
import errno
import os
import secrets
import tempfile
from pathlib import Path

from fer_classic.exceptions import OutputExistsError, SinkError
from fer_classic.utils._leftovers import claimed, claimed_prefix, remove_leftovers

__all__ = [
    "append_whole",
    "atomic_path",
    "check_outputs",
    "check_place",
    "describe_error",
    "naming",
]

# What can be done about an error of the operating system.
_REMEDIES = {
    errno.ENOSPC: "free some space, or write to another folder",
    errno.EDQUOT: "free some space, or write to another folder",
    errno.EROFS: "write to another folder",
    errno.EACCES: "change its permissions, or name another one",
}


@contextlib.contextmanager
def naming(path):
    """Let the errors of writing to an open file name the file.

    Parameters
    ----------
    path : path-like
    """
    try:
        yield
    except OSError as error:
        if error.errno is None or error.filename is not None:
            raise
        raise type(error)(error.errno, error.strerror, str(path)) from error


def append_whole(file, content, *, sync=False):
    """Write at the end of a file; if there is no room for all of it, nothing is added.

    Parameters
    ----------
    file : binary file
        Open for appending, without a buffer.
    content : bytes
    sync : bool, default=False
        Do not return before it is on the disk.
    """
    size = file.seek(0, os.SEEK_END)
    try:
        left = memoryview(content)
        while left:
            left = left[file.write(left) :]
        if sync:
            os.fsync(file.fileno())
    except OSError:
        file.truncate(size)
        raise


def describe_error(error):
    """Describe an error in a sentence; one of the operating system with the file and a remedy.

    Parameters
    ----------
    error : Exception

    Returns
    -------
    sentence : str
    """
    if not isinstance(error, OSError) or error.errno is None:
        return str(error)
    remedy = _REMEDIES.get(error.errno)
    parts = [error.filename, error.strerror]
    sentence = ": ".join(str(part) for part in parts if part is not None)
    return f"{sentence}; {remedy}." if remedy else f"{sentence}."


@contextlib.contextmanager
def atomic_path(path):
    """Provide a temporary file that replaces ``path`` if the block succeeds.

    The folder of ``path`` is created. If the block raises, the temporary file is removed and
    ``path`` stays unchanged. What a process that was killed has left of the same file is removed.

    Parameters
    ----------
    path : str or path-like
        Path of the finished file.

    Yields
    ------
    temporary : pathlib.Path
        A file in the same folder, with the same suffix, to write to.

    Raises
    ------
    OSError
        If the folder cannot be created or written to.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # A name has at most 255 bytes, and that of the finished file may have all of them.
    prefix = f".{path.stem[:40]}-"
    remove_leftovers(path.parent, prefix, path.suffix)
    temporary = _create(path.parent, claimed_prefix(prefix), path.suffix)
    try:
        with claimed(temporary), naming(path):
            yield temporary
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _create(folder, prefix, suffix):
    """Create a file of a new name, with the permissions of any new file.

    Those of :func:`tempfile.mkstemp` are private, and to change them afterwards the process would
    have to change its umask to learn it, for a moment in which other threads create files.
    """
    names = (f"{prefix}{secrets.token_hex(4)}{suffix}" for _ in range(tempfile.TMP_MAX))
    for temporary in map(folder.joinpath, names):
        with contextlib.suppress(FileExistsError):
            temporary.touch(exist_ok=False)
            return temporary
    raise FileExistsError(errno.EEXIST, "no free name for a temporary file", str(folder))


def check_place(path):
    """Check that a file can be created at a path, whose folder need not be there yet.

    Parameters
    ----------
    path : path-like

    Raises
    ------
    OSError
        If it cannot; it names ``path``.
    """
    folder = Path(path).absolute().parent
    while not folder.exists():
        folder = folder.parent
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(path)) from error


def check_outputs(*paths, overwrite, resumable=False):
    """Check, before any work is done, that output files can be written and overwrite no others.

    Parameters
    ----------
    *paths : path-like
        The files.
    overwrite : bool
        Whether existing files may be replaced.
    resumable : bool, default=False
        Whether the message offers to resume an existing file.

    Raises
    ------
    SinkError
        If a path is a folder.
    OutputExistsError
        If a file exists and may not be replaced, or two paths are the same.
    OSError
        If no file can be created at a path.
    """
    paths = [Path(path) for path in paths]
    for number, path in enumerate(paths):
        if path.resolve() in [other.resolve() for other in paths[:number]]:
            raise OutputExistsError(f"{path} is named for two outputs; choose another name.")
        if path.is_dir():
            raise SinkError(f"{path} is a folder; give the name of a file.")
        if path.exists() and not overwrite:
            remedies = ["choose another name", "replace it with overwrite=True (--overwrite)"]
            if resumable:
                remedies.append(
                    "continue the table of a video with resume=True (fer-classic video --resume)"
                )
            raise OutputExistsError(f"{path} exists and was not changed; {', or '.join(remedies)}.")
        if not path.exists():
            check_place(path)
