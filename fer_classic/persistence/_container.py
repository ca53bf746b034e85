"""Binary layout of a model file: a checksum, a JSON text, and raw arrays.

::

    offset  length
    0       8       FERMODEL
    8       4       version of the layout, little-endian as all numbers of the file
    12      4       zero
    16      32      SHA-256 of the following bytes
    48      8       length of the JSON text
    56              JSON text (UTF-8): {"arrays": [...], ...}
                    zeros up to a multiple of 64, then each array, each padded likewise

``arrays`` gives dtype, shape and memory order of each array. The position of an array follows from
the lengths of the preceding ones, so that arrays cannot overlap, and their total length must match
the file. Nothing is compressed: reading takes no more memory than the size of the file.
"""

import hashlib
import json
import math
import re
from itertools import pairwise

import numpy as np

from fer_classic.exceptions import ModelFileError

__all__ = ["MAGIC", "read_container", "write_container"]

MAGIC = b"FERMODEL"
_VERSION = 2
_START = 56
_ALIGNMENT = 64
# Enough for a forest of a thousand trees; parsed JSON takes about ten times its length.
_MAX_JSON_BYTES = 16 * 2**20
# Each value of a JSON text contains one of these characters; the shortest values take twenty times
# their length in memory, and some microseconds each.
_SIGNS, _MAX_SIGNS = b",[{", 2_000_000
_MAX_SIDE, _MAX_SIDE_OF_EMPTY = 2**40, 2**20
_MAX_DIMENSIONS = 8
_SIMPLE = re.compile(r"[<|][?biufcSU]\d+|\|b1")


def write_container(content, arrays, path):
    """Write a JSON text and arrays.

    Parameters
    ----------
    content : dict
        Serialisable as JSON; without the key ``arrays``.
    arrays : list of ndarray
        Numbers, strings or records of numbers; no objects.
    path : path-like
        The file to write.
    """
    arrays = [_little_endian(array) for array in arrays]
    listed = [
        {"dtype": _describe(array.dtype), "shape": list(array.shape), "order": _order(array)}
        for array in arrays
    ]
    text = json.dumps(content | {"arrays": listed}, ensure_ascii=False, allow_nan=False).encode()
    if len(text) > _MAX_JSON_BYTES or sum(map(text.count, _SIGNS)) > _MAX_SIGNS:
        raise ModelFileError(f"the model has too many parts: {len(text):,} bytes of descriptions.")
    pieces = [len(text).to_bytes(8, "little"), text, _padding(_START + len(text))]
    for array in arrays:
        pieces += [array.tobytes(_order(array)), _padding(array.nbytes)]
    checksum = hashlib.sha256()
    for piece in pieces:
        checksum.update(piece)
    with open(path, "wb") as file:
        file.write(MAGIC + _VERSION.to_bytes(4, "little") + bytes(4) + checksum.digest())
        file.writelines(pieces)


def read_container(data, name):
    """Read a file of :func:`write_container`.

    Parameters
    ----------
    data : bytearray
        The whole file, which starts with :data:`MAGIC`. The arrays are views of it.
    name : str
        Name of the file, for messages.

    Returns
    -------
    content : dict
    arrays : list of ndarray
        Writable, in the byte order of this machine.

    Raises
    ------
    ModelFileError
        If the file is damaged, or of a later version of this library.
    """
    version = int.from_bytes(data[8:12], "little")
    if len(data) >= _START and _VERSION < version < 256:
        raise ModelFileError(
            f"{name} was written by a later version of fer_classic (layout {version}, this one "
            f"reads up to {_VERSION}); update the library."
        )
    if (
        len(data) < _START
        or any(data[12:16])
        or hashlib.sha256(memoryview(data)[48:]).digest() != data[16:48]
    ):
        raise ModelFileError(
            f"{name} is damaged: its content does not match its checksum; copy or download it "
            "again."
        )
    # From here on the file is undamaged, but its author is not trusted.
    length = int.from_bytes(data[48:_START], "little")
    if version != _VERSION or length > min(_MAX_JSON_BYTES, len(data) - _START):
        raise ModelFileError(f"{name} is damaged: its header is invalid.")
    text = data[_START : _START + length]
    try:
        if sum(map(text.count, _SIGNS)) > _MAX_SIGNS:
            raise ValueError(f"its description has more than {_MAX_SIGNS:,} values")
        content = json.loads(text.decode(), parse_constant=_refuse_constant)
        arrays = _arrays(data, content.pop("arrays"), _START + length)
    except Exception as error:  # a forged file can fail in any way
        raise ModelFileError(
            f"{name} is not a model file: {type(error).__name__}: {error}."
        ) from error
    return content, arrays


def _refuse_constant(text):
    raise ValueError(f"{text} is not a number")


def _arrays(data, listed, offset):
    arrays = []
    offset += -offset % _ALIGNMENT
    for entry in listed:
        dtype = _dtype(entry["dtype"])
        shape, order = _shape(entry["shape"]), entry["order"]
        n_bytes = math.prod(shape) * dtype.itemsize
        if n_bytes > len(data) - offset or order not in ("C", "F"):
            raise ValueError(f"array {len(arrays)} of shape {shape} is longer than the file")
        values = np.frombuffer(data, dtype, math.prod(shape), offset) if n_bytes else ()
        array = np.asarray(values, dtype).reshape(shape, order=order)
        _check_values(array)
        arrays.append(array.astype(dtype.newbyteorder("="), copy=False))
        offset += n_bytes + -n_bytes % _ALIGNMENT
    if offset != len(data):
        raise ValueError("its arrays do not fill the file")
    return arrays


def _check_values(array):
    """Raise ValueError for bytes that are not valid values of their dtype."""
    if array.dtype.kind == "b" and array.view(np.uint8).max(initial=0) > 1:
        raise ValueError("a boolean is neither 0 nor 1")
    if array.dtype.kind == "U" and array.size:
        flat = array.ravel(order="K").view(f"{array.dtype.str[0]}u4")
        if flat.max(initial=0) > 0x10FFFF:
            raise ValueError("a string contains invalid characters")


def _little_endian(array):
    return array.astype(array.dtype.newbyteorder("<"), copy=False)


def _order(array):
    """Return the order of the memory, which the rounding of matrix products depends on."""
    # Some arrays are the first rows of a larger one in Fortran's order.
    increasing = all(one <= other for one, other in pairwise(array.strides))
    return "F" if increasing and not array.flags.c_contiguous else "C"


def _describe(dtype):
    if dtype.names is None:
        return dtype.str
    fields = [(name, *dtype.fields[name]) for name in dtype.names]
    return {
        "fields": [[name, kind.str, start] for name, kind, start in fields],
        "size": dtype.itemsize,
    }


def _dtype(text):
    """Parse the description of a dtype; only a few kinds are allowed."""
    if isinstance(text, str):
        if not _SIMPLE.fullmatch(text):
            raise ValueError(f"dtype {text!r} is not allowed")
        dtype = np.dtype(text)
        if dtype.itemsize == 0 or dtype.itemsize > 2**20:
            raise ValueError(f"dtype {text!r} is not allowed")
        return dtype
    names, kinds, starts = zip(*text["fields"], strict=True)
    if not all(isinstance(name, str) for name in names) or text["size"] > 2**10:
        raise ValueError("a record has fields that are not allowed")
    # Strings and booleans are checked in plain arrays only.
    if not all(re.fullmatch(r"[<|]?[iuf]\d+", str(kind)) for kind in kinds):
        raise ValueError("a record has fields that are not numbers")
    fields = {"names": names, "formats": [_dtype(str(kind)) for kind in kinds], "offsets": starts}
    return np.dtype(fields | {"itemsize": text["size"]})


def _shape(sides):
    legal = all(type(side) is int and 0 <= side <= _MAX_SIDE for side in sides)
    # Products of empty arrays may be as large as their other sides.
    legal = legal and (0 not in sides or max(sides) <= _MAX_SIDE_OF_EMPTY)
    if not legal or len(sides) > _MAX_DIMENSIONS:
        raise ValueError(f"an array cannot have shape {sides}")
    return tuple(sides)


def _padding(length):
    return bytes(-length % _ALIGNMENT)
