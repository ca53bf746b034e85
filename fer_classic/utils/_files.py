"""Writing files so that no reader sees half of one, and none is lost by mistake."""

import contextlib
import os
import tempfile
from pathlib import Path

from fer_classic.exceptions import OutputExistsError, SinkError

__all__ = ["atomic_path", "check_outputs"]


@contextlib.contextmanager
def atomic_path(path):
    """Give a temporary path beside ``path`` that takes its place when the block ends well.

    The folder of ``path`` is created. If the block raises, the temporary file is removed and
    whatever was at ``path`` stays.

    Parameters
    ----------
    path : str or path-like
        Where the finished file shall be.

    Yields
    ------
    temporary : pathlib.Path
        A file in the same folder, with the same suffix, to write to.

    Raises
    ------
    OSError
        If the folder cannot be made or written to.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(
        dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix
    )
    os.close(handle)
    temporary = Path(temporary)
    try:
        yield temporary
        # mkstemp makes private files; the finished one gets the permissions any new file would.
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def check_outputs(*paths, overwrite, resumable=False):
    """Make sure that files can be made without the loss of others, before any work is done.

    Parameters
    ----------
    *paths : path-like
        The files.
    overwrite : bool
        Whether existing files may be replaced.
    resumable : bool, default=False
        Whether the message shall say that one can go on with the file.

    Raises
    ------
    SinkError
        If one of them is a folder.
    OutputExistsError
        If one of them exists and may not be replaced.
    """
    for path in map(Path, paths):
        if path.is_dir():
            raise SinkError(f"{path} is a folder; give the name of a file.")
        if path.exists() and not overwrite:
            remedies = ["choose another name", "replace it with overwrite=True (--overwrite)"]
            if resumable:
                remedies.append("go on with it with resume=True (fer-classic video --resume)")
            raise OutputExistsError(
                f"{path} exists and was left as it is; {', or '.join(remedies)}."
            )
