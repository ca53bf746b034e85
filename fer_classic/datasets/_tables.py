"""Line-by-line reading of CSV tables, plain, compressed or in an archive."""

import bz2
import contextlib
import csv
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from fer_classic.exceptions import DataFormatError

__all__ = [
    "COMPRESSED_SUFFIXES",
    "TABLE_SUFFIXES",
    "Table",
    "has_columns",
    "open_table",
]

_TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
COMPRESSED_SUFFIXES = (".csv", ".csv.gz", ".csv.bz2", ".csv.xz", ".csv.zip")
"""Suffixes of single tables, plain and compressed."""
TABLE_SUFFIXES = (*COMPRESSED_SUFFIXES, ".zip", *_TAR_SUFFIXES)
"""Suffixes of readable tables, in order of precedence."""

# Longer than any row of pixels; a file without line ends is refused before it fills the memory.
_MAX_LINE_LENGTH = 2**20
_MAX_EMPTY_LINES = 10_000
# Tables of pixels are compressed to a quarter, not to a thousandth.
_MAX_EXPANSION = 200
_ALWAYS_READ = 2**26

_OPENERS = {".gz": gzip.open, ".tgz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
_DAMAGE = (
    OSError,
    EOFError,
    RuntimeError,  # raised by zipfile for encrypted archives
    NotImplementedError,
    UnicodeError,
    ValueError,  # by tarfile and zipfile for impossible numbers
    csv.Error,
    lzma.LZMAError,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
)


@dataclass(frozen=True, eq=False)
class Table:
    """An open table.

    Attributes
    ----------
    name : str
        File name; for a table in an archive, its name in the archive.
    columns : list of int or None
        Index of each wanted column, then of each optional one, None for a missing one.
    header : list of str
        Names of all columns, in lower case and stripped.
    rows : csv.reader
        The rows below the header, as lists of str; ``rows.line_num`` is the current line.
    """

    name: str
    columns: list
    header: list
    rows: Any


@contextlib.contextmanager
def open_table(path, wanted, optional=()):
    """Open a table of comma-separated values, compressed or not, for one pass over its rows.

    Parameters
    ----------
    path : pathlib.Path
        A file with one of :data:`TABLE_SUFFIXES`; other files are read as plain text. In an
        archive, the first table with all columns is used, or else the first with the wanted ones.
    wanted, optional : tuple of str
        Names of columns; order, case and surrounding spaces are ignored.

    Yields
    ------
    table : Table

    Raises
    ------
    DataFormatError
        If the file is damaged, truncated, not text or empty, expands to a multiple of its size that
        tables do not reach, lacks a wanted column, or has one of the columns twice; the message
        gives the line where reading ended, or lists the columns found.
    """
    with _open_any(path, wanted, optional) as table:
        _check_repeated(table.header, (*wanted, *optional), path)
        yield table


@contextlib.contextmanager
def _open_any(path, wanted, optional=()):
    """Open a table, also one in which columns occur twice."""
    rows = None
    try:
        with _open_binary(path, wanted, optional) as (name, binary), _reading(binary) as rows:
            header = _header(rows)
            _check_columns(header, wanted, path)
            columns = [
                header.index(column.lower()) if column.lower() in header else None
                for column in (*wanted, *optional)
            ]
            yield Table(name, columns, header, rows)
    except DataFormatError:
        raise
    except _DAMAGE as error:
        line = f" near line {rows.line_num:,}" if rows is not None and rows.line_num else ""
        raise DataFormatError(
            f"{path} cannot be read completely{line} ({str(error) or type(error).__name__}); it is "
            "damaged or incomplete: download or copy it again."
        ) from error


def has_columns(path, wanted):
    """Whether a file can be read as a table and has these columns, even if it has one twice."""
    try:
        with _open_any(path, wanted):
            return True
    except DataFormatError:
        return False


@contextlib.contextmanager
def _reading(binary):
    with io.TextIOWrapper(binary, encoding="utf-8-sig", newline="") as text:
        yield csv.reader(_lines(text))


def _lines(text):
    n_empty = 0
    while line := text.readline(_MAX_LINE_LENGTH):
        n_empty += line.isspace()
        if n_empty > _MAX_EMPTY_LINES:
            raise csv.Error(f"more than {_MAX_EMPTY_LINES:,} lines are empty")
        if len(line) == _MAX_LINE_LENGTH:
            raise csv.Error(f"the next line has more than {_MAX_LINE_LENGTH:,} characters")
        yield line


def _header(rows):
    return [name.strip().lower() for name in next(rows, [])]


def _check_columns(header, wanted, path):
    if not header:
        raise DataFormatError(f"{path} is empty.")
    missing = [name for name in wanted if name.lower() not in header]
    if missing:
        raise DataFormatError(
            f"{path}, line 1: no column {', '.join(missing)}; expected a header with the columns "
            f"{', '.join(wanted)} in any order, found {_shorten(header)}."
        )


def _check_repeated(header, columns, path):
    repeated = [name for name in columns if header.count(name.lower()) > 1]
    if repeated:
        raise DataFormatError(
            f"{path}, line 1: more than one column {', '.join(repeated)}, found "
            f"{_shorten(header)}. Which one is meant is not known: remove or rename the other."
        )


@contextlib.contextmanager
def _open_binary(path, wanted, optional):
    """Return the name of the table and its content as a binary stream."""
    if path.name.lower().endswith((".zip", *_TAR_SUFFIXES)):
        with _open_archive(path) as members:
            name, open_member = _choose(members, wanted, optional, path)
            with open_member() as stream:
                yield name, stream
    else:
        with _open_stream(path) as stream:
            yield path.name, stream


@contextlib.contextmanager
def _open_stream(path):
    """Open a file, decompressed."""
    opener = _OPENERS.get(path.suffix.lower())
    if opener is None:
        with open(path, "rb") as stream:
            yield stream
    else:
        with opener(path, "rb") as stream:
            yield _bounded(stream, path)


def _bounded(stream, path):
    return io.BufferedReader(_Bounded(stream, path.stat().st_size), 2**16)


class _Bounded(io.RawIOBase):
    """A decompressed stream that ends with an error where it has grown beyond all tables."""

    def __init__(self, stream, compressed):
        self._stream = stream
        self._limit = max(_ALWAYS_READ, _MAX_EXPANSION * compressed)

    def readable(self):
        return True

    def seekable(self):
        return self._stream.seekable()

    def readinto(self, buffer):
        content = self._stream.read(len(buffer))
        buffer[: len(content)] = content
        self._check(self._stream.tell())
        return len(content)

    def seek(self, offset, whence=io.SEEK_SET):
        # To seek in a compressed file is to read it up to there.
        self._check(offset if whence == io.SEEK_SET else self._stream.tell() + offset)
        return self._stream.seek(offset, whence)

    def tell(self):
        return self._stream.tell()

    def _check(self, place):
        if place > self._limit:
            raise OSError(
                f"it expands to more than {_MAX_EXPANSION} times its size, as no table of pixels "
                "does"
            )


@contextlib.contextmanager
def _open_archive(path):
    """Return (name, function that opens it) for each file in an archive."""
    if path.suffix.lower() == ".zip":
        with zipfile.ZipFile(path) as archive:
            files = (member for member in archive.infolist() if not member.is_dir())
            yield (
                (member.filename, partial(_open_member, archive, member, path)) for member in files
            )
    else:
        # Not opened by name, so that what is unpacked on the way to a member is bounded, too.
        with _open_stream(path) as stream, tarfile.open(fileobj=stream, mode="r:") as archive:
            files = (member for member in archive if member.isfile())
            yield ((member.name, partial(archive.extractfile, member)) for member in files)


def _open_member(archive, member, path):
    return _bounded(archive.open(member), path)


def _choose(members, wanted, optional, path):
    """Choose a table from (name, function that opens it)."""
    headers, others, second = {}, [], None
    for name, open_member in members:
        parts = PurePosixPath(name).parts
        if any(part.startswith((".", "__MACOSX")) for part in parts):
            continue
        if not name.lower().endswith(".csv"):
            others.append(name)
            continue
        header = headers[name] = _peek(open_member)
        if all(column.lower() in header for column in wanted):
            if all(column.lower() in header for column in optional):
                return parts[-1], open_member
            second = second or (parts[-1], open_member)
    if second is None:
        found = [f"{name} ({_shorten(header)})" for name, header in headers.items()]
        raise DataFormatError(
            f"{path} contains no .csv table with the columns {', '.join(wanted)}; found "
            f"{_shorten(found + others, limit=4) or 'nothing'}. If it contains the data set in "
            "another form, unpack it."
        )
    return second


def _peek(open_member):
    with open_member() as stream, _reading(stream) as rows:
        try:
            return _header(rows)
        # A table in another encoding is not the wanted one.
        except (UnicodeError, csv.Error):
            return []


def _shorten(names, limit=8):
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(name[:60] for name in names[:limit]) + more
