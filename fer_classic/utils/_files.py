"""Atomic writing of files, and protection of existing ones."""

import contextlib
import os
import tempfile
from pathlib import Path

from fer_classic.exceptions import OutputExistsError, SinkError

__all__ = ["atomic_path", "check_outputs"]


@contextlib.contextmanager
def atomic_path(path):
    """Provide a temporary file that replaces ``path`` if the block succeeds.

    The folder of ``path`` is created. If the block raises, the temporary file is removed and
    ``path`` stays unchanged.

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
    handle, temporary = tempfile.mkstemp(
        # A name has at most 255 bytes, and that of the finished file may have all of them.
        dir=path.parent,
        prefix=f".{path.stem[:40]}-",
        suffix=path.suffix,
    )
    os.close(handle)
    temporary = Path(temporary)
    try:
        yield temporary
        # mkstemp creates private files; the finished one gets the permissions of a new file.
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def check_outputs(*paths, overwrite, resumable=False):
    """Check, before any work is done, that output files do not overwrite others.

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
        If a file exists and may not be replaced.
    """
    for path in map(Path, paths):
        if path.is_dir():
            raise SinkError(f"{path} is a folder; give the name of a file.")
        if path.exists() and not overwrite:
            remedies = ["choose another name", "replace it with overwrite=True (--overwrite)"]
            if resumable:
                remedies.append("continue it with resume=True (fer-classic video --resume)")
            raise OutputExistsError(f"{path} exists and was not changed; {', or '.join(remedies)}.")
