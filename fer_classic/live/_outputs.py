"""What every file of results has to ask before it is written."""

from fer_classic.exceptions import SinkError

__all__ = ["check_output"]


def check_output(path, *, overwrite, resumable=False):
    """Make sure that a file can be made without the loss of another one.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    overwrite : bool
        Whether an existing file may be replaced.
    resumable : bool, default=False
        Whether the message shall say that one can go on with the file.

    Raises
    ------
    SinkError
        If ``path`` is a folder, or exists and may not be replaced.
    """
    if path.is_dir():
        raise SinkError(f"{path} is a folder; give the name of a file.")
    if path.exists() and not overwrite:
        remedies = ["choose another name", "replace it with overwrite=True (--overwrite)"]
        if resumable:
            remedies.append("go on with it with resume=True (fer-classic video --resume)")
        raise SinkError(f"{path} exists and was left as it is; {', or '.join(remedies)}.")
