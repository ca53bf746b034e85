"""Tables of numbers as text, plain or compressed, read line by line."""

import bz2
import contextlib
import csv
import gzip
import io
import lzma
import zipfile
import zlib

from fer_classic.exceptions import DataFormatError

__all__ = ["TABLE_SUFFIXES", "columns_of", "open_rows"]

TABLE_SUFFIXES = (".csv", ".csv.gz", ".csv.bz2", ".csv.xz", ".csv.zip")
"""Endings of tables that can be read; where several lie together, the first is taken."""

_OPENERS = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
_DAMAGE = (
    OSError,
    EOFError,
    RuntimeError,  # zipfile's answer to a password
    NotImplementedError,
    UnicodeDecodeError,
    csv.Error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    zlib.error,
)


@contextlib.contextmanager
def open_rows(path):
    """Open a table of comma-separated values, compressed or not, for one pass over its rows.

    Parameters
    ----------
    path : pathlib.Path
        A file with one of the endings ``.gz .bz2 .xz .zip``, or any other for plain text.

    Yields
    ------
    rows : csv.reader
        Rows as lists of str; ``rows.line_num`` is the current line.

    Raises
    ------
    DataFormatError
        If the file is damaged, ends early or is no text.
    """
    try:
        with (
            _open_binary(path) as binary,
            io.TextIOWrapper(binary, encoding="utf-8-sig", newline="") as text,
        ):
            yield csv.reader(text)
    except _DAMAGE as error:
        raise DataFormatError(
            f"{path} cannot be read to its end ({str(error) or type(error).__name__}); it is "
            "damaged or incomplete: download or copy it again."
        ) from error


def columns_of(header, wanted, path):
    """Find columns in a header, whatever their order, case and surrounding blanks.

    Parameters
    ----------
    header : list of str or None
        First row of a table; None if there is none.
    wanted : tuple of str
        Names of columns.
    path : pathlib.Path
        The file, for the error.

    Returns
    -------
    columns : list of int
        Index of each wanted column.

    Raises
    ------
    DataFormatError
        If the file is empty or columns are missing.
    """
    if header is None:
        raise DataFormatError(f"{path} is empty.")
    names = [name.strip().lower() for name in header]
    missing = [name for name in wanted if name.lower() not in names]
    if missing:
        raise DataFormatError(
            f"{path}, line 1: no column {', '.join(missing)}; expected a header with the columns "
            f"{', '.join(wanted)} in any order."
        )
    return [names.index(name.lower()) for name in wanted]


@contextlib.contextmanager
def _open_binary(path):
    suffix = path.suffix.lower()
    if suffix == ".zip":
        with zipfile.ZipFile(path) as archive, archive.open(_table_in(archive, path)) as stream:
            yield stream
    else:
        with _OPENERS.get(suffix, open)(path, "rb") as stream:
            yield stream


def _table_in(archive, path):
    tables = [
        name
        for name in archive.namelist()
        if name.lower().endswith(".csv") and not name.startswith("__MACOSX")
    ]
    if len(tables) != 1:
        raise DataFormatError(
            f"{path} must hold exactly one .csv file, found {len(tables)}; unpack it and name the "
            "file that is meant."
        )
    return tables[0]
