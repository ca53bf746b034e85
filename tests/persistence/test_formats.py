import gzip
import os
import pickle
import shutil
import struct

import joblib
import numpy as np
import pytest
import skops.io
from sklearn.preprocessing import FunctionTransformer

from fer_classic.exceptions import UntrustedModelError
from fer_classic.persistence import load_model


class Call:
    """Pickles as a call of a function."""

    def __init__(self, function, *args):
        self.call = function, args

    def __reduce__(self):
        return self.call


def in_object_array(value):
    array = np.empty(1, dtype=object)
    array[0] = value
    return array


def stack_global(module, name, argument):
    """A pickle, opcode by opcode, that calls ``module.name(argument)``."""

    def text(value):
        encoded = value.encode()
        return b"\x8c" + struct.pack("B", len(encoded)) + encoded

    return b"\x80\x04" + text(module) + text(name) + b"\x93" + text(argument) + b"\x85R."


ATTACKS = {
    f"{os.system.__module__}.system": lambda target: Call(os.system, f"touch {target}"),
    "builtins.eval": lambda target: Call(eval, f"open({str(target)!r}, 'w')"),
    "builtins.exec": lambda target: Call(exec, f"open({str(target)!r}, 'w')"),
    "numpy.fromfile": lambda target: Call(np.fromfile, str(target)),
    "io.open": lambda target: Call(open, str(target), "w"),
    "shutil.rmtree": lambda target: Call(shutil.rmtree, str(target)),
}


@pytest.mark.parametrize("name", ATTACKS)
@pytest.mark.parametrize("wrap", [lambda value: value, in_object_array], ids=["plain", "nested"])
@pytest.mark.parametrize("compress", [0, ("gzip", 3), ("xz", 3), ("zlib", 3)], ids=str)
def test_a_call_is_refused_by_name_before_it_runs(name, wrap, compress, tmp_path):
    target, path = tmp_path / "ran", tmp_path / "model.joblib"
    joblib.dump({"model": wrap(ATTACKS[name](target))}, path, compress=compress)
    with pytest.raises(UntrustedModelError, match=name.replace(".", r"\.")):
        load_model(path)
    assert not target.exists()


def test_trust_lifts_the_refusal(tmp_path):
    target, path = tmp_path / "ran", tmp_path / "model.joblib"
    joblib.dump(Call(os.system, f"touch {target}"), path)
    with pytest.raises(Exception, match="is not a model file"):
        load_model(path, trust=True)
    assert target.exists()


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("builtins", "getattr"),
        ("functools", "partial"),
        ("operator", "attrgetter"),
        ("joblib.numpy_pickle", "os.system"),
        ("joblib.numpy_pickle", "load"),
        ("sklearn.pipeline", "Pipeline.fit"),
        ("sklearn.pipeline", "Pipeline.__init__.__globals__"),
        ("numpy", "load"),
        ("numpy", "dtype.__class__"),
        ("numpy._core", "_ufunc_reconstruct"),
        ("sklearn.svm", "_classes.SVC"),
        ("SKLEARN.SVM", "SVC"),
        ("", "eval"),
    ],
)
def test_only_exact_pairs_are_admitted(module, name, tmp_path):
    path = tmp_path / "model.joblib"
    path.write_bytes(stack_global(module, name, "true"))
    with pytest.raises(UntrustedModelError) as refusal:
        load_model(path)
    assert f"{module}.{name}" in str(refusal.value)
    assert "--trust" in str(refusal.value)


def test_a_memory_map_is_never_made(tmp_path):
    precious, path = tmp_path / "precious.txt", tmp_path / "model.joblib"
    precious.write_text("keep me")
    path.write_bytes(stack_global("numpy", "memmap", str(precious)))
    with pytest.raises(Exception, match="cannot be read as a model file"):
        load_model(path)
    assert precious.read_text() == "keep me"


def test_a_memory_mapped_array_comes_back_as_an_array(tmp_path):
    mapped = np.memmap(tmp_path / "array", dtype=np.float32, mode="w+", shape=(3, 2))
    path = tmp_path / "model.joblib"
    joblib.dump({"format": "fer-classic model 1", "card": {}, "model": mapped}, path)
    loaded = load_model(path).model
    assert type(loaded) is np.ndarray
    np.testing.assert_array_equal(loaded, mapped)


@pytest.mark.parametrize("module", ["numpy.core.multiarray", "numpy._core.multiarray"])
def test_arrays_of_both_numpy_generations_are_read(module, tmp_path):
    array = in_object_array("happy")
    content = {"format": "fer-classic model 1", "card": {}, "model": array}
    written = pickle.dumps(content, protocol=3)
    assert b"numpy._core.multiarray" in written
    path = tmp_path / "model.joblib"
    path.write_bytes(written.replace(b"numpy._core.multiarray", module.encode()))
    assert load_model(path).model.tolist() == ["happy"]


def test_a_pickle_is_not_let_in_by_gzip(tmp_path):
    path = tmp_path / "model.joblib"
    path.write_bytes(gzip.compress(stack_global("os", "system", "true")))
    with pytest.raises(UntrustedModelError, match=r"os\.system"):
        load_model(path)


@pytest.mark.parametrize("function", [os.system, os.path.exists], ids=lambda f: f.__name__)
def test_skops_refuses_functions_by_name(function, tmp_path):
    path = tmp_path / "model.skops"
    skops.io.dump({"model": FunctionTransformer(function)}, path)
    with pytest.raises(UntrustedModelError, match=f"{function.__module__}.{function.__name__}"):
        load_model(path)
