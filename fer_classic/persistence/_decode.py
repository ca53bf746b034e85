"""From data to a model: the way back from :mod:`~fer_classic.persistence._encode`.

Nothing that a file holds or names is called. Objects are made by ``object.__new__`` of an allowed
class and are given attributes that have been read before them; arrays, containers and random
generators are made by the few functions below, from values that are checked here.
"""

import math
from collections import OrderedDict
from itertools import pairwise

import numpy as np
from scipy import sparse
from sklearn.utils import Bunch

from fer_classic.exceptions import UntrustedModelError
from fer_classic.persistence._allowed import allowed_class
from fer_classic.persistence._restored import restore_attributes
from fer_classic.persistence._rules import check_object
from fer_classic.persistence._trees import make_tree

__all__ = ["decode"]

_MOST_OBJECTS = 50_000
_DEEPEST = 32
_GENERATORS = {"MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64"}


def decode(content, arrays):
    """Put together what was taken apart.

    Parameters
    ----------
    content : dict
        ``root`` and ``objects``, as :func:`~fer_classic.persistence._encode.encode` gives them.
    arrays : list of ndarray

    Returns
    -------
    value : object

    Raises
    ------
    UntrustedModelError
        If an object is of a class that is not on the list.
    ValueError, TypeError, KeyError, ...
        If the data do not make a model.
    """
    decoder = _Decoder(arrays)
    if len(content["objects"]) > _MOST_OBJECTS:
        raise ValueError(f"it holds more than {_MOST_OBJECTS:,} objects")
    for entry in content["objects"]:
        decoder.objects.append(decoder.make_object(entry["class"], entry["state"]))
    return decoder.value(content["root"])


class _Decoder:
    def __init__(self, arrays):
        self.arrays, self.objects = arrays, []
        self._depth = 0

    def value(self, node):
        """Give the value of any node."""
        if node is None or type(node) in (bool, int, float, str):
            return node
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ValueError("its containers are nested too deeply")
        if type(node) is list:
            made = self._values(node)
        else:
            ((kind, content),) = node.items()
            made = _MAKERS[kind](self, content)
        self._depth -= 1
        return made

    def make_object(self, name, state):
        """Make an object of an allowed class, without calling it, and check it."""
        cls = allowed_class(name)
        if cls is None:
            raise UntrustedModelError(name)
        made = object.__new__(cls)
        for attribute in state:
            # What stands in the class is its methods, properties and constants.
            if not attribute.isidentifier() or hasattr(cls, attribute):
                raise ValueError(f"a {cls.__name__} cannot be given {attribute!r}")
        vars(made).update({attribute: self.value(node) for attribute, node in state.items()})
        check_object(made)
        restore_attributes(made)
        return made

    def _values(self, nodes):
        return [self.value(node) for node in nodes]

    def _table(self, pairs):
        return {self.value(key): self.value(value) for key, value in pairs}

    def _at(self, items, position):
        if type(position) is not int or not 0 <= position < len(items):
            raise ValueError(f"there is nothing at {position!r}")
        return items[position]

    def _array(self, position):
        return self._at(self.arrays, position)

    def _object(self, position):
        return self._at(self.objects, position)

    def _scalar(self, position):
        return self._array(position)[()]

    def _object_array(self, content):
        items, shape = self._values(content["items"]), content["shape"]
        if len(items) != math.prod(shape):
            raise ValueError(f"{len(items)} objects do not fill an array of shape {shape}")
        array = np.empty(len(items), dtype=object)
        for position, item in enumerate(items):
            array[position] = item
        return array.reshape(shape)

    def _numbers(self, node, kinds):
        """Give an array of one axis of numbers, and of nothing else."""
        array = self.value(node)
        if type(array) is not np.ndarray or array.ndim != 1 or array.dtype.kind not in kinds:
            raise ValueError("a matrix is not made of arrays of numbers")
        return array

    def _masked(self, parts):
        data, mask = self._values(parts)
        if type(data) is not np.ndarray or type(mask) is not np.ndarray or mask.dtype != bool:
            raise ValueError("a masked array is not made of two arrays")
        return np.ma.MaskedArray(data, mask)

    def _sparse(self, make, content):
        data = self._numbers(content["parts"][0], "biuf")
        indices, starts = (self._numbers(node, "i") for node in content["parts"][1:])
        n_rows, n_columns = content["shape"]
        ordered = all(a <= b for a, b in pairwise(starts.tolist()))
        if not (
            len(starts) == n_rows + 1
            and starts[0] == 0
            and ordered
            and starts[-1] == len(indices) == len(data)
            and (not len(indices) or (indices.min() >= 0 and indices.max() < n_columns))
        ):
            raise ValueError("the indices of a sparse matrix lie outside of it")
        return make((data, indices, starts), shape=(n_rows, n_columns))

    def _random_state(self, content):
        made = np.random.RandomState(0)
        made.set_state(self.value(content))
        return made

    def _generator(self, content):
        state = self.value(content)
        if state["bit_generator"] not in _GENERATORS:
            raise ValueError(f"there is no generator {state['bit_generator']!r}")
        source = getattr(np.random, state["bit_generator"])(0)
        source.state = state
        return np.random.Generator(source)


def _special_float(text):
    if text not in ("nan", "inf", "-inf"):
        raise ValueError(f"{text!r} is no number")
    return float(text)


_MAKERS = {
    "array": _Decoder._array,
    "bunch": lambda self, pairs: Bunch(**self._table(pairs)),
    "csr_array": lambda self, content: self._sparse(sparse.csr_array, content),
    "csr_matrix": lambda self, content: self._sparse(sparse.csr_matrix, content),
    "dict": _Decoder._table,
    "float": lambda self, text: _special_float(text),
    "frozenset": lambda self, nodes: frozenset(self._values(nodes)),
    "generator": _Decoder._generator,
    "masked": _Decoder._masked,
    "object": _Decoder._object,
    "objects": _Decoder._object_array,
    "ordered": lambda self, pairs: OrderedDict(self._table(pairs)),
    "random_state": _Decoder._random_state,
    "scalar": _Decoder._scalar,
    "set": lambda self, nodes: set(self._values(nodes)),
    "slice": lambda self, nodes: slice(*self._values(nodes)),
    "tree": lambda self, content: make_tree(self._table(content)),
    "tuple": lambda self, nodes: tuple(self._values(nodes)),
}
