"""Tables as lines of text, CSV and JSON Lines, which can be resumed."""

import contextlib
import csv
import io
import json
import mmap
from pathlib import Path

from fer_classic.exceptions import SinkError
from fer_classic.live.tables._schema import SCHEMA_VERSION
from fer_classic.live.tables._settings import check_settings, keep_settings
from fer_classic.utils._files import append_whole, naming

__all__ = ["CsvTable", "JsonLinesTable"]


# A spreadsheet begins a file that it saves with a mark of the encoding.
_ENCODING = "utf-8-sig"


class _TextTable:
    """A table of lines that are written frame by frame; what is left of a killed run is whole.

    A frame for which the disk has no room leaves nothing.

    The file changes with the first frame. A run that ends well without one leaves a table without
    rows, unless it was to go on with rows; a run that fails before leaves the file as it was.

    Parameters
    ----------
    output : pathlib.Path or text file
        The file, replaced unless it is resumed; or a stream, which stays open.
    columns : dict of str to type
        As :func:`~fer_classic.live.tables._schema.table_columns` gives them.
    resume : bool, default=False
        Go on with the file after its last whole frame; a missing or empty one is begun.
    settings : dict, optional
        What the rows depend on. It is kept beside a file, and one that is resumed must have the
        same.

    Attributes
    ----------
    run, next_frame : int
        Where a resumed table goes on; 0 in a new one.

    Raises
    ------
    SinkError
        If the file cannot be resumed: it has other columns or settings, or is damaged.
    """

    def __init__(self, output, columns, *, resume=False, settings=None):
        self._output = output
        self._settings = settings
        self._columns = list(columns)
        self._kept_bytes = self.run = self.next_frame = 0
        if resume and output.exists() and output.stat().st_size:
            self._kept_bytes, self.run, self.next_frame = self._find_end()
            # Of a table that was torn in its first line nothing is kept.
            if settings is not None and (self._kept_bytes or self.run):
                check_settings(output, settings)

    def __enter__(self):
        self._stream = None
        return self

    def __exit__(self, error, *exc_info):
        if self._stream is None and error is None and self.run == 0:
            self._begin()
        if self._stream not in (None, self._output):
            with self._naming():
                self._stream.close()

    def append(self, rows):
        """Write the rows of a frame.

        Parameters
        ----------
        rows : list of dict
            Rows with the columns of the table, in order.
        """
        text = self._encode(rows)
        with self._naming():
            if self._stream is None:
                self._begin()
            self._write(text)

    def _naming(self):
        named = isinstance(self._output, Path)
        return naming(self._output) if named else contextlib.nullcontext()

    def _begin(self):
        self._stream = self._output
        if isinstance(self._output, Path):
            self._output.parent.mkdir(parents=True, exist_ok=True)
            self._stream = self._output.open("ab", buffering=0)
            self._stream.truncate(self._kept_bytes)
            if not self._kept_bytes:
                keep_settings(self._output, self._settings)
        if not self._kept_bytes:
            self._write(self._header())

    def _write(self, text):
        if self._stream is self._output:
            self._stream.write(text)
            self._stream.flush()
        else:
            append_whole(self._stream, text.encode())

    def _find_end(self):
        """Bytes to keep, number of the new run, and frame at which it begins.

        Only when another frame follows is it sure that a frame has all its rows. So the last one
        goes, with whatever was torn when the run was killed, and is done again. The file is read
        from its end, since it may be larger than the memory.
        """
        with (
            self._output.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
        ):
            first_line = data[: data.find(b"\n") + 1]
            beginning = self._beginning().encode()
            if not first_line and beginning.startswith(data[: len(beginning)]):
                return 0, 0, 0
            self._check_columns(first_line)
            first_row = len(first_line) if self._header() else 0
            end, last = data.rfind(b"\n") + 1, None
            while end > first_row:
                start = data.rfind(b"\n", 0, end - 1) + 1
                place = self._place(data[start:end])
                if last not in (None, place):
                    break
                end, last = start, place
        return (end, 0, 0) if last is None else (end, last[0] + 1, last[1])

    def _check_columns(self, line):
        with self._refusing("its first line is damaged"):
            found = self._names(line.decode(_ENCODING))
        if found != self._columns:
            missing = ", ".join(name for name in self._columns if name not in found)
            others = ", ".join(name for name in found if name not in self._columns)
            raise SinkError(
                f"{self._output} cannot be resumed: its columns are not those of this model (not "
                f"in the file: {missing or 'none'}; only in the file: {others or 'none'}). Take "
                "the model it was begun with, or write to another file."
            )

    def _place(self, line):
        """Run and frame of a row."""
        with self._refusing("one of its last rows is damaged"):
            row = self._decode(line.decode(_ENCODING))
            version, run, frame = (int(row[name]) for name in ("schema", "run", "frame"))
        if version != SCHEMA_VERSION:
            raise SinkError(
                f"{self._output} cannot be resumed: its columns are of version {version}, and this "
                f"release writes version {SCHEMA_VERSION}. Write to another file."
            )
        return run, frame

    @contextlib.contextmanager
    def _refusing(self, reason):
        try:
            yield
        except (ValueError, KeyError, TypeError, csv.Error) as error:
            raise SinkError(
                f"{self._output} cannot be resumed: {reason}. Repair it, or write to another file."
            ) from error


class CsvTable(_TextTable):
    """A table as CSV: a line of names, then the rows; see :class:`_TextTable`."""

    def _header(self):
        return self._encode([dict(zip(self._columns, self._columns, strict=True))])

    _beginning = _header

    def _encode(self, rows):
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(row.values() for row in rows)
        return text.getvalue()

    def _decode(self, line):
        return dict(zip(self._columns, self._names(line), strict=True))

    def _names(self, line):
        return next(csv.reader([line]))


class JsonLinesTable(_TextTable):
    """A table as JSON Lines: an object for each row; see :class:`_TextTable`."""

    def _header(self):
        return ""

    def _beginning(self):
        return '{"schema": '

    def _encode(self, rows):
        return "".join(json.dumps(row, allow_nan=False) + "\n" for row in rows)

    def _decode(self, line):
        return json.loads(line)

    def _names(self, line):
        return list(json.loads(line))
