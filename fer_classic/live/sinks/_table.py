"""Tables of results: of the frames of a video or camera, and of photos."""

from pathlib import Path

from fer_classic.exceptions import SinkError, UnknownNameError
from fer_classic.live.tables._lines import CsvTable, JsonLinesTable
from fer_classic.live.tables._parquet import ParquetTable
from fer_classic.live.tables._schema import frame_rows, photo_rows, table_columns
from fer_classic.live.tables._settings import is_complete, mark_complete
from fer_classic.utils._files import check_outputs

__all__ = ["PhotoTable", "TableSink"]

_TABLES = {"csv": CsvTable, "jsonl": JsonLinesTable, "parquet": ParquetTable}


class TableSink:
    """Writes a table with one row for each face, and one for each frame without faces.

    CSV and JSON Lines grow frame by frame: a run that was killed leaves a readable table, which can
    be resumed. Parquet appears under its name when the run has ended, however it ended; its memory
    is constant too. A run that fails before its first frame leaves the file as it was.

    Parameters
    ----------
    output : str, path-like or text file
        The file, whose suffix says the format; or a stream such as ``sys.stdout``, which stays
        open.
    classes : sequence of str
        The classes of the model, in its order.
    format : {"csv", "jsonl", "parquet"}, optional
        By default the suffix of ``output``; ``"jsonl"`` for a stream.
    resume : bool, default=False
        Go on with an existing CSV or JSON Lines file after its last whole frame; if there is no
        file, begin one. The last frame of the file is done again, as it may lack rows.
    overwrite : bool, default=False
        Replace an existing file. Without it, and without ``resume``, such a file is an error.
    settings : dict, optional
        What the rows depend on besides the frames, such as the model and its options; JSON must be
        able to hold it. It is kept beside a CSV or JSON Lines file, in ``<file>.settings.json``,
        and a table that is resumed must have been begun with the same. Without it, the caller must
        see to that.

    Attributes
    ----------
    next_frame : int
        Frame at which the source has to go on; 0 in a new table.
    run : int
        How often the table was resumed.
    complete : bool
        Whether the table to resume was finished; see :meth:`finish`.

    Raises
    ------
    UnknownNameError
        If there is no such format.
    SinkError
        If the file exists and is neither resumed nor replaced, or cannot be resumed.
    MissingDependencyError
        If the format is Parquet and pyarrow is not installed.
    ValueError
        If the classes cannot be columns.

    Notes
    -----
    The columns are described in :mod:`fer_classic.live.tables._schema`.
    """

    def __init__(
        self, output, classes, *, format=None, resume=False, overwrite=False, settings=None
    ):
        self.classes = tuple(classes)
        columns = table_columns(self.classes)
        self._output = output
        self._table = _make_table(
            output,
            columns,
            format,
            overwrite=overwrite,
            resumable=True,
            resume=resume,
            settings=settings,
        )
        self.next_frame = self._table.next_frame
        self.run = self._table.run
        self.complete = bool(resume and self.next_frame and is_complete(Path(output)))

    def __enter__(self):
        self._table.__enter__()
        return self

    def __exit__(self, *exc_info):
        self._table.__exit__(*exc_info)

    def write(self, result):
        """Write the rows of a frame.

        Parameters
        ----------
        result : FrameResult
            A frame and its faces.

        Returns
        -------
        go_on : bool
            Always True.
        """
        self._table.append(frame_rows(result, self.classes, run=self.run))
        return True

    def finish(self):
        """Note beside a file with settings that it holds all frames, after the ``with`` block."""
        if not hasattr(self._output, "write"):
            mark_complete(Path(self._output))


class PhotoTable:
    """Writes a table with one row for each face in photos, and one for each photo without faces.

    Parameters
    ----------
    output : str, path-like or text file
        The file, whose suffix says the format; or a stream such as ``sys.stdout``, which stays
        open.
    classes : sequence of str
        The classes of the model, in its order.
    format : {"csv", "jsonl", "parquet"}, optional
        By default the suffix of ``output``; ``"jsonl"`` for a stream.
    overwrite : bool, default=False
        Replace an existing file; without it, such a file is an error.

    Raises
    ------
    UnknownNameError
        If there is no such format.
    SinkError
        If the file exists and is not to be replaced.
    MissingDependencyError
        If the format is Parquet and pyarrow is not installed.
    ValueError
        If the classes cannot be columns.

    Notes
    -----
    The columns are described in :mod:`fer_classic.live.tables._schema`.
    """

    def __init__(self, output, classes, *, format=None, overwrite=False):
        self.classes = tuple(classes)
        columns = table_columns(self.classes, photos=True)
        self._table = _make_table(output, columns, format, overwrite=overwrite)

    def __enter__(self):
        self._table.__enter__()
        return self

    def __exit__(self, *exc_info):
        self._table.__exit__(*exc_info)

    def write(self, photo, faces=(), *, error=None):
        """Write the rows of a photo.

        Parameters
        ----------
        photo : str or path-like
            Its path.
        faces : iterable of Face
            The faces in it.
        error : str, optional
            Why it could not be read.
        """
        self._table.append(photo_rows(photo, faces, self.classes, error=error))


def _make_table(
    output, columns, format, *, overwrite, resumable=False, resume=False, settings=None
):
    stream = hasattr(output, "write")
    name = format or ("jsonl" if stream else Path(output).suffix.lower().removeprefix("."))
    if name not in _TABLES:
        raise UnknownNameError("table format", name, _TABLES)
    if stream and (resume or name == "parquet"):
        raise SinkError(
            "only a file can be Parquet or be resumed; to a stream, write new CSV or JSON Lines."
        )
    if not stream:
        output = Path(output)
        resumable = resumable and name != "parquet"
        check_outputs(output, overwrite=resume or overwrite, resumable=resumable)
    return _TABLES[name](output, columns, resume=resume, settings=settings)
