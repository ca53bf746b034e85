"""Search for tables in folders, by name and columns."""

from fer_classic.datasets._repeated import by_name
from fer_classic.datasets._tables import TABLE_SUFFIXES, has_columns
from fer_classic.exceptions import DataFormatError
from fer_classic.utils._names import name_some

__all__ = ["find_table", "find_tables"]


def find_table(place, stem, suffixes=TABLE_SUFFIXES, *, columns=()):
    """Find a table in a folder by its name without suffix, ignoring case.

    Parameters
    ----------
    place : pathlib.Path
        A folder; otherwise no table is found.
    stem : str
        The name, lower case.
    suffixes : tuple of str, default=TABLE_SUFFIXES
        Accepted suffixes.
    columns : tuple of str, optional
        Columns without which a file is not considered.

    Returns
    -------
    path : pathlib.Path or None
        The file with the first of the suffixes.

    Raises
    ------
    DataFormatError
        If the names of several such files differ only in case.
    """
    paths = next(find_tables(place, stem, suffixes, columns=columns), [None])
    if len(paths) > 1:
        raise DataFormatError(
            f"{place} has {len(paths)} tables of one name: {name_some(p.name for p in paths)}. "
            "Pass the path of the right one, or remove the other."
        )
    return paths[0]


def find_tables(place, stem, suffixes=TABLE_SUFFIXES, *, columns=()):
    """Find all tables of a name, as :func:`find_table` does.

    Parameters
    ----------
    place, stem, suffixes, columns
        As for :func:`find_table`.

    Yields
    ------
    paths : list of pathlib.Path
        For each suffix with any, the files whose names differ only in case.
    """
    files = by_name(sorted(place.iterdir())) if place.is_dir() else {}
    for suffix in suffixes:
        paths = [path for path in files.get(f"{stem}{suffix}", []) if path.is_file()]
        paths = [path for path in paths if not columns or has_columns(path, columns)]
        if paths:
            yield paths
