"""One run at a time works on the records of a recipe."""

import os
import sys
from contextlib import contextmanager

from fer_classic.utils._files import naming

try:
    import fcntl
except ImportError:  # not on Windows, where two runs should not share a folder
    fcntl = None

__all__ = ["exclusive"]


@contextmanager
def exclusive(path, *, report=lambda line: print(line, file=sys.stderr)):
    """Wait until no other run works on a file of records, and keep others waiting.

    Parameters
    ----------
    path : pathlib.Path
        The file of records. A lock file of a similar name is next to it meanwhile.
    report : callable
        Takes a sentence if another run has to be waited for.
    """
    if fcntl is None:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.with_name(f".{path.stem}.lock")
    with _acquire(lock, path, report) as file:
        try:
            with naming(lock):
                file.truncate(0)
                file.write(str(os.getpid()).encode())
            yield
        finally:
            # While it is held: who opened it before sees that it is gone, and makes a new one.
            lock.unlink(missing_ok=True)


def _acquire(lock, path, report):
    """Open and lock the file that has this name when it is locked."""
    reported = False
    while True:
        # Not buffered: on a full disk, what is left would fail once more when it is closed.
        file = open(lock, "a+b", buffering=0)  # noqa: SIM115  (given to the caller)
        try:
            if not reported and _is_held(file):
                report(_sentence(file, path))
                reported = True
            fcntl.flock(file, fcntl.LOCK_EX)
            if _is_same(file, lock):
                return file
        except BaseException:
            file.close()
            raise
        file.close()


def _is_held(file):
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def _sentence(file, path):
    file.seek(0)
    owner = file.read().decode("ascii", "replace").strip()
    which = f" (process {owner})" if owner else ""
    return f"another run{which} works on {path}; waiting until it has finished ..."


def _is_same(file, lock):
    try:
        return os.path.samestat(os.fstat(file.fileno()), os.stat(lock))
    except FileNotFoundError:
        return False
