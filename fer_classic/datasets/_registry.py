"""Registry of the data sets by name."""

from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Any

from fer_classic.datasets._ckplus import find_ckplus, load_ckplus
from fer_classic.datasets._drawn import load_drawn_faces
from fer_classic.datasets._fer2013 import find_fer2013, load_fer2013
from fer_classic.datasets._folder import load_folder
from fer_classic.datasets._jaffe import find_jaffe, load_jaffe
from fer_classic.exceptions import DataNotFoundError, UnknownNameError

__all__ = ["DATASETS", "find_dataset", "load_dataset"]

DATASETS = ("drawn", "fer2013", "jaffe", "ckplus", "folder")
"""Names of the data sets, the included one first."""

_LOADERS: dict[str, Callable[..., Any]] = {
    "drawn": load_drawn_faces,
    "fer2013": load_fer2013,
    "jaffe": load_jaffe,
    "ckplus": load_ckplus,
    "folder": load_folder,
}


def load_dataset(name: str, data_home: str | PathLike | None = None, **options: Any) -> Any:
    """Load a data set by name.

    Parameters
    ----------
    name : str
        One of :data:`DATASETS`.
    data_home : str or path-like, optional
        Location of the data set, as for its loader; required for ``"folder"``, where it is the
        folder of class folders. Ignored for drawn faces.
    **options
        Further arguments of the loader.

    Returns
    -------
    bunch : Bunch
        As returned by the loader.

    Raises
    ------
    UnknownNameError
        If there is no data set of this name.
    DataNotFoundError
        If the data set is not found.

    Examples
    --------
    >>> from fer_classic.datasets import load_dataset
    >>> load_dataset("drawn").name
    'drawn'
    """
    if name not in DATASETS:
        raise UnknownNameError("data set", name, DATASETS)
    if name == "folder" and data_home is None:
        raise DataNotFoundError(
            "the data set 'folder' requires a folder of class folders; pass it "
            "(data_home=..., or --data-dir in programs)."
        )
    return _LOADERS[name](data_home, **options)


def find_dataset(name: str, data_home: str | PathLike | None = None) -> Path | None:
    """Return the location of a data set without reading it.

    Parameters
    ----------
    name : str
        One of :data:`DATASETS` that is read from files: ``"fer2013"``, ``"jaffe"`` or
        ``"ckplus"``.
    data_home : str or path-like, optional
        Where to look, as for :func:`load_dataset`.

    Returns
    -------
    path : pathlib.Path or None
        The file or folder that the loader would read; None if not found.

    Raises
    ------
    UnknownNameError
        If there is no such data set.
    """
    finders = {"fer2013": find_fer2013, "jaffe": find_jaffe, "ckplus": find_ckplus}
    if name not in finders:
        raise UnknownNameError("data set read from files", name, tuple(finders))
    try:
        return finders[name](data_home)
    except DataNotFoundError:
        return None
