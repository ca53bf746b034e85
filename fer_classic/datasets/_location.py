"""Where data sets are looked for, and what is said when one is not there."""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from fer_classic.datasets._files import name_some
from fer_classic.exceptions import DataNotFoundError

__all__ = ["Origin", "locate", "subfolders"]


@dataclass(frozen=True)
class Origin:
    """What a person needs to know who does not have a data set yet.

    Attributes
    ----------
    title : str
        The name that people know it by.
    folder : str
        Part of the usual folder name, lower case; such folders are tried first.
    layouts : tuple of str
        The layouts that the loader reads, a line each.
    obtain : str
        Where to ask for the data.
    licence : str
        What the owners allow, in a sentence.
    """

    title: str
    folder: str
    layouts: tuple
    obtain: str
    licence: str


def locate(data_home, find, origin):
    """Find a data set: in the named place, or else in the usual ones.

    Parameters
    ----------
    data_home : str, path-like or None
        The data set's own folder, the folder above it, or a file. If None, the folder that the
        environment variable ``FER_CLASSIC_DATA`` names, then ``./data``.
    find : callable
        Takes a path; gives the source that lies there, or None.
    origin : Origin
        For the error.

    Returns
    -------
    source : object
        The first that ``find`` gives. A place itself comes before the folders in it, among these
        the ones named after the data set come first, then they go by name.

    Raises
    ------
    DataNotFoundError
        If ``find`` gives None everywhere.
    """
    homes = _homes(data_home)
    for home in homes:
        folders = sorted(
            subfolders(home), key=lambda path: (origin.folder not in path.name.lower(), path.name)
        )
        for place in [home, *folders]:
            # A locked folder, such as lost+found, is no reason not to look in the next one.
            with contextlib.suppress(PermissionError):
                source = find(place)
                if source is not None:
                    return source
    raise DataNotFoundError(_explain(homes, origin))


def subfolders(folder):
    """Give the visible folders in a folder by name; none where it is no folder or is locked."""
    try:
        entries = list(folder.iterdir())
    except OSError:
        return []
    return sorted(
        path for path in entries if path.is_dir() and not path.name.startswith((".", "__MACOSX"))
    )


def _homes(data_home):
    if data_home is not None:
        return [Path(data_home).expanduser()]
    named = os.environ.get("FER_CLASSIC_DATA")
    usual = Path("data")
    return [Path(named).expanduser(), usual] if named else [usual]


def _explain(homes, origin):
    looked = ", ".join(
        f"{home.absolute()}"
        + ("" if os.access(home, os.R_OK) else " (does not exist, or may not be read)")
        for home in homes
    )
    layouts = "\n".join(f"  - {layout}" for layout in origin.layouts)
    return (
        f"{origin.title} was not found. Looked in: {looked}, and in the folders directly inside.\n"
        f"{''.join(map(_describe, homes))}"
        f"Layouts that are read:\n{layouts}\n"
        f"Get it: {origin.obtain}\n"
        f"Licence: {origin.licence}\n"
        "Then name its folder (data_home=..., or --data-dir in programs), or set the environment "
        "variable FER_CLASSIC_DATA, or put it into ./data."
    )


def _describe(home):
    """Say what lies in a folder; nothing of a folder that is empty, is none or is locked."""
    try:
        names = sorted(path.name for path in home.iterdir() if not path.name.startswith("."))
    except OSError:
        return ""
    return f"What is in {home}: {name_some(names)}.\n" if names else ""
