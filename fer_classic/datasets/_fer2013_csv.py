"""Parsing of FER2013's tables, and of others with the same columns."""

import re
import warnings

import numpy as np

from fer_classic.datasets._tables import open_table
from fer_classic.exceptions import DataFormatError
from fer_classic.expressions import encode

__all__ = ["IMAGE_SHAPE", "SPLITS", "parse_csv", "parse_faces"]

IMAGE_SHAPE = (48, 48)
SPLITS = ("Training", "PublicTest", "PrivateTest")

_NAMES = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
_N_PIXELS = IMAGE_SHAPE[0] * IMAGE_SHAPE[1]
_CODE = re.compile(r"([0-9])(\.0*)?")
_USAGES = {split.lower(): split for split in SPLITS}


def parse_csv(path):
    """Parse a table of FER2013.

    Parameters
    ----------
    path : pathlib.Path
        Table with the columns ``emotion``, ``pixels`` and ``Usage`` in any order; plain, compressed
        or in an archive, which is not unpacked as a whole. ``Usage`` is optional in a table named
        ``train``, whose rows are Training.

    Returns
    -------
    arrays : dict of str to ndarray
        ``images`` (n, 48, 48) uint8, ``target`` (n,) int64, indices into
        :data:`~fer_classic.expressions.EXPRESSIONS`, ``split`` (n,) str; rows in the order of
        the file.

    Raises
    ------
    DataFormatError
        If a column is missing, or a row does not have 2,304 pixels of 0 to 255, a code of 0 to 6
        and a known usage; the message gives file and line.
    """
    return parse_faces(path, _NAMES)


def parse_faces(path, names):
    """Parse a table of 48x48 faces with FER2013's columns but other class codes.

    Parameters
    ----------
    path : pathlib.Path
        As for :func:`parse_csv`.
    names : tuple of str
        Expression of each code, from 0.

    Returns
    -------
    arrays : dict of str to ndarray
        As from :func:`parse_csv`.

    Raises
    ------
    DataFormatError
        As from :func:`parse_csv`.
    """
    images, target, split = bytearray(), [], []
    # For text that is not a number, numpy warns or raises, depending on its version.
    with (
        open_table(path, ("emotion", "pixels"), optional=("Usage",)) as table,
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("error", DeprecationWarning)
        *columns, usage = table.columns
        if usage is None:
            _check_training(table, path)
        for line, row in _numbered(table.rows):
            try:
                emotion, pixels = (row[column].strip() for column in columns)
                images += _pixels(pixels)
                target.append(_code(emotion, names))
                split.append(SPLITS[0] if usage is None else _usage(row[usage].strip()))
            except IndexError:
                raise DataFormatError(
                    f"{path}, line {line}: the row has only {len(row)} columns; the "
                    "file may be cut off: download or unpack it again."
                ) from None
            except ValueError as error:
                raise DataFormatError(f"{path}, line {line}: {error}") from None
    if not target:
        raise DataFormatError(f"{path} has a header but no rows.")
    return {
        "images": np.frombuffer(images, dtype=np.uint8).reshape(-1, *IMAGE_SHAPE),
        "target": encode(names)[target],
        "split": np.array(split),
    }


def _numbered(rows):
    """Give each row that is not empty with the line where it begins; one with quotes may go on."""
    begin = rows.line_num + 1
    for row in rows:
        if row:
            yield begin, row
        begin = rows.line_num + 1


def _check_training(table, path):
    """Raise DataFormatError for a table without splits, unless its name is train."""
    if table.name.lower().partition(".")[0] != "train":
        raise DataFormatError(
            f"{path} has no column Usage, so its training images are not known; found "
            f"the columns {', '.join(table.header)}. If all rows are, name the table train.csv."
        )


def _pixels(text):
    try:
        values = np.fromstring(text, dtype=np.int64, sep=" ")
    except (ValueError, DeprecationWarning):
        raise ValueError("pixels must be integers separated by spaces.") from None
    if values.size != _N_PIXELS:
        raise ValueError(
            f"{values.size:,} pixels, expected {_N_PIXELS:,} ({IMAGE_SHAPE[0]} x {IMAGE_SHAPE[1]})."
        )
    low, high = values.min(), values.max()
    if low < 0 or high > 255:
        raise ValueError(f"pixel value {low if low < 0 else high} is out of the range 0 to 255.")
    return values.astype(np.uint8).tobytes()


def _code(text, names):
    # Tables saved from a data frame with missing values contain codes such as 3.0.
    match = _CODE.fullmatch(text)
    if match is None or int(match[1]) >= len(names):
        raise ValueError(
            f"unknown emotion code {text!r}; codes run from 0 to {len(names) - 1} "
            f"({', '.join(names)})."
        )
    return int(match[1])


def _usage(text):
    if text.lower() not in _USAGES:
        raise ValueError(f"unknown usage {text!r}; known are {', '.join(SPLITS)}.")
    return _USAGES[text.lower()]
