"""Removal of checkpoints: at the end of a training, or when its model is saved."""

from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["checkpoints_kept", "remove_checkpoint"]

_kept: ContextVar[list | None] = ContextVar("kept", default=None)


@contextmanager
def checkpoints_kept():
    """Keep the checkpoints of trainings that end in this block, until the block ends.

    If it raises, they stay: the training can be resumed after its last epoch.
    """
    paths = []
    token = _kept.set(paths)
    try:
        yield
    finally:
        _kept.reset(token)
    for path in paths:
        path.unlink(missing_ok=True)


def remove_checkpoint(path):
    """Remove the checkpoint of a training that has ended, unless it is kept.

    Parameters
    ----------
    path : pathlib.Path
    """
    kept = _kept.get()
    if kept is None:
        path.unlink(missing_ok=True)
    else:
        kept.append(path)
