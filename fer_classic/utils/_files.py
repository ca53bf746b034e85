"""Writing files so that a reader never sees half of one."""

import contextlib
import os
import tempfile
from pathlib import Path

__all__ = ["atomic_path"]


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
