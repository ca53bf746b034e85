"""Restoring a model from data: the inverse of :mod:`~fer_classic.persistence._encode`.

Nothing that a file contains or names is called. Objects are created by ``object.__new__`` of an
allowed class and get attributes that have already been read; arrays, containers and random
generators are created by the few functions below, from values that are checked here.
"""

import math
from collections import OrderedDict
from itertools import pairwise

import numpy as np
from scipy import sparse
from sklearn.utils import Bunch

from fer_classic.exceptions import UntrustedModelError
from fer_classic.persistence._allowed import allowed_class
from fer_classic.persistence._older import as_of_now
from fer_classic.persistence._restored import restore_attributes
from fer_classic.persistence._trees import make_tree
from fer_classic.persistence.rules import check_object

__all__ = ["decode"]

# Number of objects; shared ones count once for each reference, as when a model is traversed.
_MAX_OBJECTS = 30_000
_MAX_DEPTH = 32
# Total bytes of arrays, each counted once for each reference: a base amount for small files, plus a
# multiple of the stored bytes.
_BASE_BYTES, _BYTES_PER_STORED_BYTE = 2**25, 16
# How often a class calls the objects nested in it per call. Nested, these multiply.
_REPEATS = {
    "AdaptedClassifier": 2,
    "ScoreFusion": 2,
    "TestTimeAugmentation": 14,
    "OneVsOneClassifier": 2,
    "Pipeline": 3,
}
_MAX_CALLS = 20_000
# Objects without nested objects take little time.
_LEAF_CALLS = 0.02
# Keys of containers that are not strings: their hashes are known, so that an author can choose keys
# that are all compared with each other. This is the number of comparisons, of all containers.
_MAX_COMPARISONS = 2_000_000
_GENERATORS = {"MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64"}
# Position in the buffer of a generator, which compiled code reads, and its maximum.
_READ_NEXT = {"MT19937": ("pos", 624), "Philox": ("buffer_pos", 4)}


def decode(content, arrays):
    """Restore an object from its encoded form.

    Parameters
    ----------
    content : dict
        ``root`` and ``objects``, from :func:`~fer_classic.persistence._encode.encode`.
    arrays : list of ndarray

    Returns
    -------
    value : object

    Raises
    ------
    UntrustedModelError
        If an object is of a class that is not allowed.
    ValueError, TypeError, KeyError, ...
        If the data are not a valid model.
    """
    decoder = _Decoder(arrays)
    if len(content["objects"]) > _MAX_OBJECTS:
        raise ValueError(f"it contains more than {_MAX_OBJECTS:,} objects")
    for entry in content["objects"]:
        decoder.objects.append(decoder.make_object(entry["class"], entry["state"]))
    return decoder.value(content["root"])


class _Decoder:
    def __init__(self, arrays):
        self.arrays, self.objects = arrays, []
        self._depth = self._n_bytes = self._compared = 0
        n_stored = sum(array.nbytes for array in arrays)
        self._max_bytes = _BASE_BYTES + _BYTES_PER_STORED_BYTE * n_stored
        # For each object, how many objects it contains, and how often they are called.
        self._sizes, self._size, self._calls = [], 0, 0.0

    def value(self, node):
        """Return the value of a node."""
        if node is None or type(node) in (bool, int, float, str):
            return node
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise ValueError("its containers are nested too deeply")
        if type(node) is list:
            value = self._values(node)
        else:
            ((kind, content),) = node.items()
            value = _MAKERS[kind](self, content)
        self._depth -= 1
        return value

    def make_object(self, name, state):
        """Create an object of an allowed class, without calling it, and check it."""
        cls = allowed_class(name)
        if cls is None:
            # Unprintable characters could control the terminal, or fail to be written to it.
            raise UntrustedModelError(name if name.isprintable() else ascii(name))
        instance = object.__new__(cls)
        state = as_of_now(cls, state)
        for attribute in state:
            # Names defined by the class are its methods, properties and constants. Names such as
            # __array_interface__ are protocols: numpy would read memory at any address in them.
            if (
                not attribute.isidentifier()
                or attribute.startswith("__")
                or hasattr(cls, attribute)
            ):
                raise ValueError(f"a {cls.__name__} cannot be given {attribute!r}")
        self._size, self._calls = 1, 0.0
        vars(instance).update({attribute: self.value(node) for attribute, node in state.items()})
        self._count(cls.__name__)
        check_object(instance)
        restore_attributes(instance)
        return instance

    def _count(self, name):
        """Record the size of an object, and raise ValueError if traversing it takes too long."""
        calls = 1 + _REPEATS.get(name, 1) * self._calls if self._calls else _LEAF_CALLS
        if self._size > _MAX_OBJECTS or calls > _MAX_CALLS:
            raise ValueError(f"{name}: too many nested objects")
        self._sizes.append((self._size, calls))

    def _values(self, nodes):
        return [self.value(node) for node in nodes]

    def _table(self, pairs):
        keys = self._keys(key for key, _ in pairs)
        return dict(zip(keys, self._values(value for _, value in pairs), strict=True))

    def _keys(self, nodes):
        """Return the values of nodes that will be hashed, or raise ValueError if it takes long."""
        keys = self._values(nodes)
        # Those of strings are different in each process.
        known = [key for key in keys if type(key) is not str]
        self._compared += len(known) * sum(map(_length, known))
        if self._compared > _MAX_COMPARISONS:
            raise ValueError("its containers have too many keys that are not strings")
        return keys

    def _at(self, items, position):
        if type(position) is not int or not 0 <= position < len(items):
            raise ValueError(f"there is no item {position!r}")
        return items[position]

    def _array(self, position):
        array = self._at(self.arrays, position)
        self._n_bytes += array.nbytes
        if self._n_bytes > self._max_bytes:
            raise ValueError("its arrays are referenced too often")
        return array

    def _object(self, position):
        instance = self._at(self.objects, position)
        size, calls = self._sizes[position]
        self._size, self._calls = self._size + size, self._calls + calls
        return instance

    def _bunch(self, pairs):
        table = self._table(pairs)
        # Keys are also attributes, see make_object.
        if not all(isinstance(key, str) and not key.startswith("__") for key in table):
            raise ValueError("a Bunch has an invalid key")
        return Bunch(**table)

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
        """Return a one-dimensional array of numbers."""
        array = self.value(node)
        if type(array) is not np.ndarray or array.ndim != 1 or array.dtype.kind not in kinds:
            raise ValueError("a matrix does not consist of arrays of numbers")
        return array

    def _masked(self, parts):
        data, mask = self._values(parts)
        if type(data) is not np.ndarray or type(mask) is not np.ndarray or mask.dtype != bool:
            raise ValueError("a masked array does not consist of two arrays")
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
            raise ValueError("the indices of a sparse matrix are out of bounds")
        return make((data, indices, starts), shape=(n_rows, n_columns))

    def _random_state(self, content):
        generator = np.random.RandomState(0)
        state = self.value(content)
        _check_generator(state)
        generator.set_state(state)
        return generator

    def _generator(self, content):
        state = self.value(content)
        if state["bit_generator"] not in _GENERATORS:
            raise ValueError(f"there is no generator {state['bit_generator']!r}")
        _check_generator(state)
        source = getattr(np.random, state["bit_generator"])(0)
        source.state = state
        return np.random.Generator(source)


def _length(value):
    """Return the number of values that a comparison of a value may have to look at."""
    return 1 + sum(map(_length, value)) if isinstance(value, tuple | frozenset) else 1


def _check_generator(state):
    """Raise ValueError for a position outside the buffer of a generator."""
    name = state["bit_generator"]
    if name in _READ_NEXT:
        key, last = _READ_NEXT[name]
        # For Philox it is next to the state.
        place = state["state"].get(key, state.get(key))
        if type(place) is not int or not 0 <= place <= last:
            raise ValueError(f"a {name} generator has the invalid position {place!r}")


def _special_float(text):
    if text not in ("nan", "inf", "-inf"):
        raise ValueError(f"{text!r} is not a number")
    return float(text)


_MAKERS = {
    "array": _Decoder._array,
    "bunch": _Decoder._bunch,
    "csr_array": lambda self, content: self._sparse(sparse.csr_array, content),
    "csr_matrix": lambda self, content: self._sparse(sparse.csr_matrix, content),
    "dict": _Decoder._table,
    "float": lambda self, text: _special_float(text),
    "frozenset": lambda self, nodes: frozenset(self._keys(nodes)),
    "generator": _Decoder._generator,
    "masked": _Decoder._masked,
    "object": _Decoder._object,
    "objects": _Decoder._object_array,
    "ordered": lambda self, pairs: OrderedDict(self._table(pairs)),
    "random_state": _Decoder._random_state,
    "scalar": _Decoder._scalar,
    "set": lambda self, nodes: set(self._keys(nodes)),
    "slice": lambda self, nodes: slice(*self._values(nodes)),
    "tree": lambda self, content: make_tree(self._table(content)),
    "tuple": lambda self, nodes: tuple(self._values(nodes)),
}
