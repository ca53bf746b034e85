"""Labels of many test items as short text, so that records stay small."""

import string

from fer_classic.exceptions import DataFormatError

__all__ = ["PACKED_ITEMS", "pack", "unpack"]

PACKED_ITEMS = 2000
"""Test items up to which labels are lists of names."""

_FIELDS = ("y_true", "y_pred")
_SIGNS = string.digits + string.ascii_letters
_NONE = "-"


def pack(record):
    """Replace the labels of many test items by one character each.

    Parameters
    ----------
    record : dict
        With lists ``y_true`` and ``y_pred``.

    Returns
    -------
    packed : dict
        The record itself if there are few items or very many names. Else each list is a dictionary
        with its ``names`` and a text ``codes``: the character at a place is the index of the name,
        by 0-9, a-z, A-Z, or ``-`` for null.
    """
    lists = {field: record.get(field) for field in _FIELDS}
    if any(values is None or len(values) <= PACKED_ITEMS for values in lists.values()):
        return record
    packed = {field: _pack(values) for field, values in lists.items()}
    return record if None in packed.values() else record | packed


def _pack(values):
    names = sorted({value for value in values if value is not None})
    if len(names) > len(_SIGNS):
        return None
    signs = dict(zip(names, _SIGNS, strict=False)) | {None: _NONE}
    return {"names": names, "codes": "".join(signs[value] for value in values)}


def unpack(record):
    """Give a record its lists of labels back; one that is not packed stays as it is.

    Parameters
    ----------
    record : dict

    Returns
    -------
    record : dict

    Raises
    ------
    DataFormatError
        If a character stands for no name.
    """
    packed = [field for field in _FIELDS if isinstance(record.get(field), dict)]
    return record | {field: _unpack(**record[field]) for field in packed}


def _unpack(names, codes):
    values = dict(zip(_SIGNS, names, strict=False)) | {_NONE: None}
    try:
        return [values[sign] for sign in codes]
    except KeyError as error:
        raise DataFormatError(f"labels of a record have the unknown code {error}.") from None
