"""Temporary files and folders that a killed process has left behind."""

import os
import re
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows, where leftovers stay
    fcntl = None  # type: ignore[assignment]

__all__ = ["claimed", "claimed_prefix", "remove_leftovers"]


def claimed_prefix(prefix):
    """Extend the prefix of a temporary name so that it tells the process that owns it."""
    return f"{prefix}{os.getpid()}-"


@contextmanager
def claimed(path):
    """Hold a temporary file or folder, so that other processes do not remove it.

    Parameters
    ----------
    path : path-like
    """
    if fcntl is None:
        yield
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def remove_leftovers(folder, prefix, suffix=""):
    """Remove temporary files and folders whose process has ended without removing them.

    Parameters
    ----------
    folder : path-like
        Where they lie.
    prefix, suffix : str
        Begin and end of their names, as they were given to :mod:`tempfile` with
        :func:`claimed_prefix`.
    """
    if fcntl is None:
        return
    name = re.compile(rf"{re.escape(prefix)}(\d+)-[a-z0-9_]{{8}}{re.escape(suffix)}")
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            match = name.fullmatch(entry.name)
            if match and not _runs(int(match[1])) and not _is_claimed(entry.path):
                _remove(Path(entry.path))


def _runs(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # it belongs to somebody else
        return True
    return True


def _is_claimed(path):
    """Say whether a process holds it, perhaps on another computer that shares the folder."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def _remove(path):
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()
