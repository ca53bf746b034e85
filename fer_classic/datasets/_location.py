"""Search for data sets, and the error if one is not found."""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from fer_classic.exceptions import DataNotFoundError
from fer_classic.utils._names import name_some
from fer_classic.utils._walk import is_hidden

__all__ = ["Origin", "locate", "subfolders"]


@dataclass(frozen=True)
class Origin:
    """Information for people who do not have a data set yet.

    Attributes
    ----------
    title : str
        Name of the data set.
    folder : str
        Part of the usual folder name, in lower case; such folders are searched first.
    layouts : tuple of str
        Layouts that the loader reads, one line each.
    obtain : str
        How to obtain the data.
    licence : str
        Permitted use, in one sentence.
    """

    title: str
    folder: str
    layouts: tuple
    obtain: str
    licence: str


def locate(data_home, find, origin):
    """Find a data set in a given or in the default location.

    Parameters
    ----------
    data_home : str, path-like or None
        The data set's folder, its parent folder, or a file. If None, the folder in the environment
        variable ``FER_CLASSIC_DATA``, then ``./data``.
    find : callable
        Takes a path; returns the source found there, or None.
    origin : Origin
        For the error message.

    Returns
    -------
    source : object
        The first result of ``find``. A location itself precedes its subfolders; among these,
        folders named after the data set come first, then they are sorted by name.

    Raises
    ------
    DataNotFoundError
        If ``find`` returns None everywhere.
    """
    homes = _homes(data_home)
    for home in homes:
        folders = sorted(
            subfolders(home), key=lambda path: (origin.folder not in path.name.lower(), path.name)
        )
        for place in [home, *folders]:
            # An unreadable folder, such as lost+found, must not stop the search.
            with contextlib.suppress(PermissionError):
                source = find(place)
                if source is not None:
                    return source
    raise DataNotFoundError(_explain(homes, origin))


def subfolders(folder):
    """List the visible subfolders, and links to folders, by name; empty if not a folder."""
    try:
        with os.scandir(folder) as entries:
            visible = [entry for entry in entries if not is_hidden(entry.name) and _is_dir(entry)]
    except OSError:
        return []
    return sorted(Path(entry.path) for entry in visible)


def _is_dir(entry):
    try:
        return entry.is_dir()
    except OSError:  # a circle of links
        return False


def _homes(data_home):
    if data_home is not None:
        return [Path(data_home).expanduser()]
    named = os.environ.get("FER_CLASSIC_DATA")
    usual = Path("data")
    return [Path(named).expanduser(), usual] if named else [usual]


def _explain(homes, origin):
    looked = ", ".join(
        f"{home.absolute()}"
        + ("" if os.access(home, os.R_OK) else " (does not exist or cannot be read)")
        for home in homes
    )
    layouts = "\n".join(f"  - {layout}" for layout in origin.layouts)
    return (
        f"{origin.title} was not found. Looked in: {looked}, and in the folders directly inside.\n"
        f"{''.join(map(_describe, homes))}"
        f"Supported layouts:\n{layouts}\n"
        f"Get it: {origin.obtain}\n"
        f"Licence: {origin.licence}\n"
        "Then pass its folder (data_home=..., or --data-dir in programs), or set the environment "
        "variable FER_CLASSIC_DATA, or move it to ./data."
    )


def _describe(home):
    """Describe the content of a folder; empty text if it is empty, missing or unreadable."""
    try:
        names = sorted(path.name for path in home.iterdir() if not path.name.startswith("."))
    except OSError:
        return ""
    return f"Content of {home}: {name_some(names)}.\n" if names else ""
