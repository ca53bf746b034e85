"""Tables as Parquet."""

import contextlib
import json

from fer_classic.exceptions import SinkError
from fer_classic.live.tables._settings import parse_settings
from fer_classic.utils._files import atomic_path
from fer_classic.utils._optional import import_optional

__all__ = ["ParquetTable", "arrow_table", "read_settings", "read_table", "write_table"]

# Rows in memory before they are written: few for the memory, many for a column that compresses.
_BLOCK_ROWS = 4096
# Name of the settings among what a file says of itself.
_SETTINGS = b"fer_classic"

_PURPOSE = "writing a Parquet table"


def arrow_table(rows, columns):
    """Make a table of pyarrow.

    Parameters
    ----------
    rows : list of dict
        Rows with these columns; None where a cell is empty.
    columns : dict of str to type
        As :func:`~fer_classic.live.tables._schema.table_columns` gives them.

    Returns
    -------
    table : pyarrow.Table

    Raises
    ------
    MissingDependencyError
        If pyarrow is not installed.
    """
    arrow = import_optional("pyarrow", extra="table", purpose=_PURPOSE)
    types = {int: arrow.int64(), float: arrow.float64(), str: arrow.string()}
    schema = arrow.schema([(name, types[kind]) for name, kind in columns.items()])
    return arrow.Table.from_pylist(rows, schema)


def write_table(path, table, *, settings=None):
    """Write a table of pyarrow to a file, which appears when it is complete.

    Parameters
    ----------
    path : path-like
    table : pyarrow.Table
    settings : dict, optional
        What its rows depend on; it can be read by :func:`read_settings`.
    """
    if settings is not None:
        table = table.replace_schema_metadata({_SETTINGS: json.dumps(settings)})
    parquet = import_optional("pyarrow.parquet", extra="table", purpose=_PURPOSE)
    with atomic_path(path) as temporary:
        parquet.write_table(table, temporary)


def read_settings(path):
    """Read the settings of a file that :func:`write_table` has written; empty if it has none."""
    parquet = import_optional("pyarrow.parquet", extra="table", purpose="reading a Parquet table")
    try:
        facts = parquet.read_schema(path).metadata or {}
    except ValueError:  # of pyarrow, for what is no such table
        facts = {}
    return parse_settings(facts.get(_SETTINGS, b"{}"))


def read_table(path):
    """Read a file as a table of pyarrow."""
    parquet = import_optional("pyarrow.parquet", extra="table", purpose="reading a Parquet table")
    # Not as a data set, which would take columns from the name of the folder.
    return parquet.ParquetFile(path).read()


class ParquetTable:
    """A table as Parquet, which appears under its name when it is finished.

    However the run ends, the frames until then are whole and are kept. Only a run that fails before
    its first frame leaves nothing.

    Parameters
    ----------
    path : pathlib.Path
        The file, replaced at the end.
    columns : dict of str to type
        As :func:`~fer_classic.live.tables._schema.table_columns` gives them.
    resume : bool, default=False
        Not possible here.
    settings : dict, optional
        Not needed here.

    Raises
    ------
    SinkError
        If it is to be resumed.
    MissingDependencyError
        If pyarrow is not installed.
    """

    run = next_frame = 0

    def __init__(self, path, columns, *, resume=False, settings=None):
        if resume:
            raise SinkError(
                f"{path} cannot be resumed: a Parquet table appears when it is finished. Use CSV "
                "or JSON Lines for a table that can be resumed."
            )
        import_optional("pyarrow", extra="table", purpose=_PURPOSE)
        self._parquet = import_optional("pyarrow.parquet", extra="table", purpose=_PURPOSE)
        self._columns = columns
        self._path = path
        self._rows = []
        self._begun = False

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            temporary = stack.enter_context(atomic_path(self._path))
            schema = arrow_table([], self._columns).schema
            self._writer = self._parquet.ParquetWriter(temporary, schema)
            stack.callback(self._writer.close)
            stack.callback(self._write_block)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exc_info):
        # Without the exception, the file takes its place.
        self._stack.__exit__(*((None, None, None) if self._begun else exc_info))

    def append(self, rows):
        """Write the rows of a frame.

        Parameters
        ----------
        rows : list of dict
            Rows with the columns of the table.
        """
        self._begun = True
        self._rows += rows
        if len(self._rows) >= _BLOCK_ROWS:
            self._write_block()

    def _write_block(self):
        if self._rows:
            self._writer.write_table(arrow_table(self._rows, self._columns))
            self._rows.clear()
