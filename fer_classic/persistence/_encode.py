"""Conversion of a fitted model to data: a JSON tree, a list of objects and a list of arrays.

Nodes of the tree are JSON values (null, booleans, integers, finite numbers, strings, lists) and
objects with a single key that gives the type of its value, such as ``{"tuple": [...]}``,
``{"array": 3}`` or ``{"object": 0}``. The last two are indices into the lists of arrays and of
objects, so that shared parts of the model are also shared after loading. Each object of the list
contains the name of its class and its attributes, and only refers to preceding objects.
"""

from collections import OrderedDict

import numpy as np
from scipy import sparse
from sklearn.utils import Bunch

from fer_classic.persistence._allowed import allowed_name
from fer_classic.persistence._card import FOLDERS
from fer_classic.persistence._restored import restored_attributes
from fer_classic.persistence._trees import take_tree_apart

__all__ = ["NotPlainDataError", "encode"]


class NotPlainDataError(Exception):
    """A model contains an object that cannot be stored as data."""


def encode(value):
    """Encode a model, or a container of models.

    Parameters
    ----------
    value : object
        Estimators, arrays, containers, numbers and strings.

    Returns
    -------
    content : dict
        ``root`` of the tree, and ``objects``.
    arrays : list of ndarray

    Raises
    ------
    NotPlainDataError
        If it contains a function, or an object of a class that is not allowed.
    """
    encoder = _Encoder()
    root = encoder.node(value)
    return {"root": root, "objects": encoder.objects}, encoder.arrays


class _Encoder:
    def __init__(self):
        self.objects, self.arrays = [], []
        # Values stay alive with the model, so that no id is reused.
        self._positions, self._open, self._kept = {}, set(), []

    def node(self, value):
        """Return the node of a value."""
        if value is None or type(value) in (bool, int, str):
            return value
        kind = _KINDS.get(type(value))
        if kind is not None:
            return kind(self, value)
        if isinstance(value, np.ndarray | np.generic):
            return self._numpy(value)
        if (type(value).__module__, type(value).__name__) == ("sklearn.tree._tree", "Tree"):
            return {"tree": self._pairs(take_tree_apart(value))}
        return {"object": self._once(value, self._object)}

    def _once(self, value, describe):
        if id(value) not in self._positions:
            self._positions[id(value)] = describe(value)
            self._kept.append(value)
        return self._positions[id(value)]

    def _nodes(self, values):
        return [self.node(value) for value in values]

    def _pairs(self, table):
        return [[self.node(key), self.node(value)] for key, value in table.items()]

    def _float(self, value):
        return value if np.isfinite(value) else {"float": str(value)}

    def _array(self, array):
        self.arrays.append(array)
        return len(self.arrays) - 1

    def _numpy(self, value):
        if isinstance(value, np.ma.MaskedArray):
            parts = np.ma.getdata(value), np.ma.getmaskarray(value)
            return {"masked": self._nodes(parts)}
        # Models fitted by parallel workers may contain memory maps.
        value = np.asarray(value) if type(value) is np.memmap else value
        if type(value) is not np.ndarray and not isinstance(value, np.generic):
            raise NotPlainDataError(_path(type(value)))
        if value.dtype.kind == "O":
            shape = list(value.shape)
            return {"objects": {"shape": shape, "items": self._nodes(value.ravel().tolist())}}
        if value.dtype.kind not in "biufcSUV" or value.dtype.hasobject:
            raise NotPlainDataError(f"an array of dtype {value.dtype}")
        if isinstance(value, np.generic):
            return {"scalar": self._array(np.asarray(value))}
        return {"array": self._once(value, self._array)}

    def _sparse(self, matrix):
        matrix.sum_duplicates()
        parts = matrix.data, matrix.indices, matrix.indptr
        kind = "csr_array" if isinstance(matrix, sparse.csr_array) else "csr_matrix"
        return {kind: {"shape": list(matrix.shape), "parts": self._nodes(parts)}}

    def _random(self, state):
        return {"random_state": self.node(state.get_state(legacy=False))}

    def _generator(self, generator):
        return {"generator": self.node(generator.bit_generator.state)}

    def _object(self, value):
        name = allowed_name(type(value))
        if name is None or isinstance(value, type):
            raise NotPlainDataError(_path(value if callable(value) else type(value)))
        if id(value) in self._open:
            raise NotPlainDataError(f"a {type(value).__name__} that contains itself")
        self._open.add(id(value))
        skipped = restored_attributes(type(value))
        state = {
            attribute: None if attribute in FOLDERS else self.node(part)
            for attribute, part in _state(value).items()
            if attribute not in skipped
        }
        self._open.remove(id(value))
        self.objects.append({"class": name, "state": state})
        return len(self.objects) - 1


_KINDS = {
    float: _Encoder._float,
    list: _Encoder._nodes,
    tuple: lambda self, values: {"tuple": self._nodes(values)},
    set: lambda self, values: {"set": self._nodes(sorted(values, key=repr))},
    frozenset: lambda self, values: {"frozenset": self._nodes(sorted(values, key=repr))},
    dict: lambda self, table: {"dict": self._pairs(table)},
    OrderedDict: lambda self, table: {"ordered": self._pairs(table)},
    Bunch: lambda self, table: {"bunch": self._pairs(table)},
    slice: lambda self, value: {"slice": self._nodes((value.start, value.stop, value.step))},
    sparse.csr_matrix: _Encoder._sparse,
    sparse.csr_array: _Encoder._sparse,
    np.random.RandomState: _Encoder._random,
    np.random.Generator: _Encoder._generator,
}


# Requests for metadata, such as sample weights, matter for fits only, and are objects of a class of
# their own.
_LEFT_OUT = {"_metadata_request", "_sklearn_version"}


def _state(value):
    """Return the attributes, without those that the object itself excludes from pickles."""
    state = value.__getstate__() or {}
    return {name: part for name, part in state.items() if name not in _LEFT_OUT}


def _path(thing):
    return f"{thing.__module__}.{getattr(thing, '__qualname__', type(thing).__name__)}"
