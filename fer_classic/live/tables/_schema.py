"""The table of what was seen: one row for each face, and one for each picture without faces.

The columns are frozen; a change increments :data:`SCHEMA_VERSION`. They are, in order:

``schema``
    Version of this list.
``run``
    0, and one more each time a table is resumed. Tracks begin anew in each run.
``frame``, ``time``
    Number of the frame, from 0, and its time in seconds; both jump where frames of a video cannot
    be decoded. A table of photos has ``photo``, the path, in their place.
``face``
    Number of the face in the picture, from 0, in the order of the recognizer. Empty without a face.
``track``
    Number of the person, unique within a run. Empty without tracking.
``x``, ``y``, ``width``, ``height``
    The face's box in pixels of the picture; the origin is its upper left corner.
``detector_score``
    How sure the detector was, in its own unit. Empty where no detector was asked.
``expression``
    A class of the model, ``"uncertain"`` or ``"no face"``.
``reason``
    Why a face cannot be seen well enough, ``"small"``, ``"blurred"`` or ``"turned"``. Empty if it
    can, also where it is uncertain since no class is probable enough.
``score_kind``
    ``"probability"``, ``"decision"``, or empty if the model has no scores.
``score_<class>``
    Score of each class of the model, in the model's order and unrounded.
``smoothing``
    How expression and scores were smoothed over time.
``size``, ``sharpness``, ``symmetry``
    How well the face can be seen, as in :class:`~fer_classic.live.Quality`.
``error``
    Only in a table of photos: why the photo could not be read; ``expression`` is empty then.

What is not known, and a number that is not finite, is empty: an empty cell of CSV, null in JSON
Lines and in Parquet.
"""

import math

from fer_classic.live._results import NO_FACE
from fer_classic.utils._optional import import_optional

__all__ = [
    "SCHEMA_VERSION",
    "frame_rows",
    "make_dataframe",
    "photo_rows",
    "rows_to_dataframe",
    "table_columns",
]

SCHEMA_VERSION = 2
"""Version of the columns of a table."""

_BOX = ("x", "y", "width", "height")
_QUALITY = {"size": int, "sharpness": float, "symmetry": float}
_PANDAS = {int: "Int64", float: "float64", str: "string"}


def table_columns(classes, *, photos=False):
    """Give the columns of a table.

    Parameters
    ----------
    classes : sequence of str
        The classes of the model, in its order.
    photos : bool, default=False
        Whether the table is one of photos; else of the frames of a video.

    Returns
    -------
    columns : dict of str to type
        ``int``, ``float`` or ``str`` for each column, in order.

    Raises
    ------
    ValueError
        If a class is no line of text, or names a column twice.
    """
    columns = [
        ("schema", int),
        ("run", int),
        *([("photo", str)] if photos else [("frame", int), ("time", float)]),
        ("face", int),
        ("track", int),
        *((name, int) for name in _BOX),
        ("detector_score", float),
        ("expression", str),
        ("reason", str),
        ("score_kind", str),
        *((f"score_{name}", float) for name in classes),
        ("smoothing", str),
        *_QUALITY.items(),
        *([("error", str)] if photos else []),
    ]
    # A table is resumed line by line, and a class called "kind" would take the place of a column.
    if len(dict(columns)) < len(columns) or any(name.splitlines() != [name] for name in classes):
        raise ValueError(
            f"the classes {list(classes)} cannot be columns of a table: each must be one line of "
            'text, be there once, and not be called "kind". Fit the model on other names.'
        )
    return dict(columns)


def frame_rows(result, classes, *, run=0):
    """Give the rows of a frame.

    Parameters
    ----------
    result : FrameResult
        A frame and its faces.
    classes : sequence of str
        The classes of the model, in its order.
    run : int, default=0
        How often the table was resumed.

    Returns
    -------
    rows : list of dict
        One for each face, or one if there is none, with the columns of :func:`table_columns`; None
        where a cell is empty.

    Raises
    ------
    ValueError
        If a face has scores of other classes.
    """
    place = {"run": run, "frame": result.index, "time": result.time}
    return _rows(place, result.faces, classes)


def photo_rows(photo, faces, classes, *, error=None):
    """Give the rows of a photo.

    Parameters
    ----------
    photo : str or path-like
        Its path.
    faces : iterable of Face
        The faces in it.
    classes : sequence of str
        The classes of the model, in its order.
    error : str, optional
        Why the photo could not be read; it has one row then, without an expression.

    Returns
    -------
    rows : list of dict
        One for each face, or one if there is none, with the columns of :func:`table_columns`; None
        where a cell is empty.

    Raises
    ------
    ValueError
        If a face has scores of other classes.
    """
    # The name of a file need not be text that can be encoded, and errors contain it.
    path, error = (
        None if text is None else str(text).encode("utf-8", "backslashreplace").decode()
        for text in (photo, error)
    )
    place = {"run": 0, "photo": path, "error": error}
    # Nobody has looked for faces where there was nothing to look at.
    nobody = NO_FACE if error is None else None
    return _rows(place, faces, classes, photos=True, nobody=nobody)


def rows_to_dataframe(rows, classes, *, photos=False):
    """Make a data frame of the rows of frames or photos.

    Parameters
    ----------
    rows : iterable of dict
        Rows as :func:`frame_rows` or :func:`photo_rows` gives them.
    classes : sequence of str
        The classes of the model, in its order.
    photos : bool, default=False
        Whether they are rows of photos.

    Returns
    -------
    table : pandas.DataFrame
        As :func:`make_dataframe` makes it.

    Raises
    ------
    MissingDependencyError
        If pandas is not installed.
    """
    return make_dataframe(rows, table_columns(classes, photos=photos))


def make_dataframe(rows, columns):
    """Make a data frame of rows.

    Parameters
    ----------
    rows : iterable of dict
        Rows with these columns; None where a cell is empty.
    columns : dict of str to type
        ``int``, ``float`` or ``str`` for each column, in order.

    Returns
    -------
    table : pandas.DataFrame
        Whole numbers are ``Int64``, others ``float64``, texts ``string``; empty cells are missing.

    Raises
    ------
    MissingDependencyError
        If pandas is not installed.
    """
    pandas = import_optional("pandas", extra="table", purpose="a data frame")
    table = pandas.DataFrame(list(rows), columns=list(columns))
    return table.astype({name: _PANDAS[kind] for name, kind in columns.items()})


def _rows(place, faces, classes, *, photos=False, nobody=NO_FACE):
    columns = table_columns(classes, photos=photos)
    place = place | {"schema": SCHEMA_VERSION}
    cells = [_face_cells(face, classes) | {"face": i} for i, face in enumerate(faces)]
    return [
        {name: _plain((place | row).get(name), kind) for name, kind in columns.items()}
        for row in cells or [{"expression": nobody}]
    ]


def _face_cells(face, classes):
    scores = face.scores or {}
    if scores and scores.keys() != set(classes):
        raise ValueError(
            f"a face has scores of the classes {list(scores)}, but the table is one of "
            f"{list(classes)}; make the table with the classes of the model."
        )
    return {
        "track": face.track_id,
        **dict(zip(_BOX, face.box, strict=True)),
        "detector_score": face.detector_score,
        "expression": face.expression,
        "reason": face.reason or None,
        "score_kind": face.score_kind,
        **{f"score_{name}": score for name, score in scores.items()},
        "smoothing": face.smoothing,
        **{name: getattr(face.quality, name, None) for name in _QUALITY},
    }


def _plain(value, kind):
    """Give a cell as plain Python, without the types of numpy."""
    if value is None or (kind is float and not math.isfinite(value)):
        return None
    return kind(value)
