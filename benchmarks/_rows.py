"""Files of rows, one JSON object a line."""

import json
from operator import itemgetter

from fer_classic.exceptions import DataFormatError
from fer_classic.utils._files import atomic_path

__all__ = ["by_fields", "place_in", "read_rows", "write_rows"]


def read_rows(path, names, *, of):
    """Read the rows that there are.

    Parameters
    ----------
    path : pathlib.Path
        The file; none has no rows.
    names : sequence of str, or callable
        Fields that each row has; others are dropped. Or a function of what was read that gives the
        row, or None to drop it, and raises ValueError, TypeError or KeyError if it is none.
    of : str
        What a row describes, for the error message.

    Returns
    -------
    rows : list of dict

    Raises
    ------
    DataFormatError
        If a line is no such row.
    """
    convert = names if callable(names) else lambda row: {name: row[name] for name in names}
    rows = []
    lines = path.read_bytes().splitlines() if path.exists() else []
    for number, line in enumerate(lines, 1):
        try:
            rows.append(convert(json.loads(line)))
        except (ValueError, TypeError, KeyError) as error:
            raise DataFormatError(
                f"{path}, line {number}: not a row of {of}; move the file away, or name another "
                "--output."
            ) from error
    return [row for row in rows if row is not None]


def write_rows(path, rows):
    """Write all rows; the file appears complete or not at all."""
    with atomic_path(path) as temporary:
        temporary.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def by_fields(rows, *names):
    """Group rows by the values of fields.

    Parameters
    ----------
    rows : list of dict
    *names : str
        The fields.

    Returns
    -------
    groups : dict of list of dict
        Rows by the value of the field, or by the tuple of the values of several fields, in the
        order in which these come first.
    """
    value, groups = itemgetter(*names), {}
    for row in rows:
        groups.setdefault(value(row), []).append(row)
    return groups


def place_in(names, name):
    """Give the place of a name in a list, and for what is not on it the place behind all.

    Rows of earlier versions stay where names were changed or removed since.
    """
    names = list(names)
    return names.index(name) if name in names else len(names)
