"""Parsing of FER2013's tables, ``fer2013.csv`` and ``icml_face_data.csv``."""

import warnings

import numpy as np

from fer_classic.datasets._tables import columns_of, open_rows
from fer_classic.emotions import encode
from fer_classic.exceptions import DataFormatError

__all__ = ["IMAGE_SHAPE", "SPLITS", "parse_csv"]

IMAGE_SHAPE = (48, 48)
SPLITS = ("Training", "PublicTest", "PrivateTest")

_NAMES = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
_N_PIXELS = IMAGE_SHAPE[0] * IMAGE_SHAPE[1]


def parse_csv(path):
    """Parse a table of FER2013.

    Parameters
    ----------
    path : pathlib.Path
        Table with the columns ``emotion``, ``pixels`` and ``Usage`` in any order; plain or
        compressed, in which case it is never unpacked as a whole.

    Returns
    -------
    arrays : dict of str to ndarray
        ``images`` (n, 48, 48) uint8, ``target`` (n,) int64 over
        :data:`~fer_classic.emotions.EMOTIONS`, ``split`` (n,) str; rows in the order of the file.

    Raises
    ------
    DataFormatError
        At the first row that has not 2,304 pixels of 0 to 255, a code of 0 to 6 and a known
        usage; file and line are named.
    """
    images, target, split = bytearray(), [], []
    # numpy tells of text that is no number by a warning or an error, depending on its version.
    with open_rows(path) as rows, warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        columns = columns_of(next(rows, None), ("emotion", "pixels", "Usage"), path)
        for row in filter(None, rows):
            try:
                emotion, pixels, usage = (row[column].strip() for column in columns)
                images += _pixels(pixels)
                target.append(_code(emotion))
                split.append(_usage(usage))
            except IndexError:
                raise DataFormatError(
                    f"{path}, line {rows.line_num}: the row has only {len(row)} columns; the file "
                    "may be cut off: download or unpack it again."
                ) from None
            except ValueError as error:
                raise DataFormatError(f"{path}, line {rows.line_num}: {error}") from None
    if not target:
        raise DataFormatError(f"{path} has a header and no rows.")
    return {
        "images": np.frombuffer(images, dtype=np.uint8).reshape(-1, *IMAGE_SHAPE),
        "target": encode(_NAMES)[target],
        "split": np.array(split),
    }


def _pixels(text):
    try:
        values = np.fromstring(text, dtype=np.int64, sep=" ")
    except (ValueError, DeprecationWarning):
        raise ValueError("pixels must be integers separated by blanks.") from None
    if values.size != _N_PIXELS:
        raise ValueError(
            f"{values.size:,} pixels, expected {_N_PIXELS:,} ({IMAGE_SHAPE[0]} x {IMAGE_SHAPE[1]})."
        )
    low, high = values.min(), values.max()
    if low < 0 or high > 255:
        raise ValueError(f"pixel value {low if low < 0 else high} is out of the range 0 to 255.")
    return values.astype(np.uint8).tobytes()


def _code(text):
    if text not in ("0", "1", "2", "3", "4", "5", "6"):
        raise ValueError(
            f"unknown emotion code {text!r}; codes run from 0 to 6 ({', '.join(_NAMES)})."
        )
    return int(text)


def _usage(text):
    if text not in SPLITS:
        raise ValueError(f"unknown usage {text!r}; known are {', '.join(SPLITS)}.")
    return text
