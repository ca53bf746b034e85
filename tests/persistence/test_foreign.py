"""Pickles and files of skops: refused by their first bytes, for any content."""

import gzip
import os
import pickle
import shutil
import struct

import joblib
import numpy as np
import pytest
from sklearn.ensemble import StackingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import make_scorer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import LinearSVC

from fer_classic.exceptions import (
    FerClassicWarning,
    MissingDependencyError,
    ModelFileError,
    UntrustedModelError,
)
from fer_classic.features import Flatten
from fer_classic.persistence import load_model, make_card, read_card, save_model
from tests.persistence.hostile import NAMES, make_images

SUFFIXES = (".joblib", ".skops")


class Call:
    """Pickles as a call of a function."""

    def __init__(self, function, *args):
        self.call = function, args

    def __reduce__(self):
        return self.call


class WithState:
    """Pickles as an object that is handed a state."""

    def __init__(self, made, state):
        self.parts = made, state

    def __reduce__(self):
        return type(self.parts[0]), (), self.parts[1]


def in_object_array(value):
    array = np.empty(1, dtype=object)
    array[0] = value
    return array


def stacking(target):
    """A stacking classifier whose method writes an array to a file."""
    model = StackingClassifier([("a", LinearSVC())], LogisticRegression())
    model.estimators_, model.stack_method_ = [np.zeros(3)], ["tofile"]
    return model


def stack_global(module, name, argument):
    """A pickle, opcode by opcode, that calls ``module.name(argument)``."""

    def text(value):
        encoded = value.encode()
        return b"\x8c" + struct.pack("B", len(encoded)) + encoded

    return b"\x80\x04" + text(module) + text(name) + b"\x93" + text(argument) + b"\x85R."


GADGETS = {
    "system": lambda target: Call(os.system, f"touch {target}"),
    "eval": lambda target: Call(eval, f"open({str(target)!r}, 'w')"),
    "exec": lambda target: Call(exec, f"open({str(target)!r}, 'w')"),
    "open": lambda target: Call(open, str(target), "w"),
    "copy": lambda target: Call(shutil.copy, __file__, str(target)),
    "getattr": lambda target: Call(getattr, np.zeros(3), "tofile"),
    "tofile": lambda target: Call(np.zeros(3).tofile, str(target)),
    "memmap": lambda target: Call(np.memmap, str(target), "u1", "w+", 0, (3,)),
    "scorer": lambda target: Call(make_scorer(max), stacking(target), str(target), None),
    "setstate": lambda target: WithState(LinearSVC(), Call(open, str(target), "w")),
    "stacking": stacking,
}
WRAPS = {
    "plain": lambda value: value,
    "model": lambda value: {"format": "fer-classic model 1", "card": {}, "model": value},
    "object array": in_object_array,
    "nested": lambda value: [({"a": in_object_array([value])},)],
}


@pytest.mark.parametrize("compress", [0, ("gzip", 3), ("bz2", 3), ("xz", 3), ("zlib", 3)], ids=str)
@pytest.mark.parametrize("wrap", WRAPS)
@pytest.mark.parametrize("name", GADGETS)
def test_pickles_are_refused_before_they_run(name, wrap, compress, tmp_path):
    target = tmp_path / "ran"
    for suffix in SUFFIXES:
        path = tmp_path / f"model{suffix}"
        joblib.dump(WRAPS[wrap](GADGETS[name](target)), path, compress=compress)
        for load in (load_model, read_card):
            with pytest.raises(UntrustedModelError, match=r"pickle.* --trust"):
                load(path)
        assert not target.exists()


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("os", "system"),
        ("builtins", "getattr"),
        ("joblib.numpy_pickle", "os.system"),
        ("sklearn.pipeline", "Pipeline.__init__.__globals__"),
        ("numpy", "memmap"),
        ("", "eval"),
    ],
)
@pytest.mark.parametrize("pack", [lambda data: data, gzip.compress], ids=["plain", "gzip"])
def test_pickles_written_by_hand_are_refused(module, name, pack, tmp_path):
    target, path = tmp_path / "ran", tmp_path / "model.joblib"
    path.write_bytes(pack(stack_global(module, name, f"touch {target}")))
    with pytest.raises(UntrustedModelError):
        load_model(path)
    assert not target.exists()


def test_a_pickle_behind_the_first_bytes_of_a_model_file(tmp_path):
    target, path = tmp_path / "ran", tmp_path / "model.joblib"
    path.write_bytes(b"FERMODEL" + pickle.dumps(Call(os.system, f"touch {target}")))
    for trust in (False, True):
        with pytest.raises(ModelFileError, match="damaged"):
            load_model(path, trust=trust)
    assert not target.exists()


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("function", [os.system, print], ids=lambda f: f.__name__)
def test_files_of_skops_are_refused(function, suffix, tmp_path):
    skops_io = pytest.importorskip("skops.io")
    path = tmp_path / f"model{suffix}"
    skops_io.dump({"model": FunctionTransformer(function)}, path)
    with pytest.raises(UntrustedModelError, match=r"file of skops.* --trust"):
        load_model(path)


@pytest.fixture(scope="module")
def model():
    return make_pipeline(Flatten(), LinearSVC(random_state=0)).fit(make_images(), NAMES)


@pytest.mark.parametrize("compress", [0, 3])
def test_a_dumped_pipeline_opens_by_trust_and_can_be_saved_again(compress, model, tmp_path):
    path = tmp_path / "model.joblib"
    joblib.dump(model, path, compress=compress)
    with pytest.raises(UntrustedModelError, match="fer-classic convert"):
        load_model(path)
    loaded, card = load_model(path, trust=True)
    assert card["expressions"] == ["fear", "happy", "sad"]
    save_model(loaded, path, card=card)
    again = load_model(path).model
    np.testing.assert_array_equal(again.predict(make_images(1)), model.predict(make_images(1)))


def test_a_file_of_skops_opens_by_trust(model, tmp_path):
    skops_io = pytest.importorskip("skops.io")
    path, card = tmp_path / "model.skops", make_card(model, recipe="mine")
    skops_io.dump({"format": "fer-classic model 1", "card": card, "model": model}, path)
    assert load_model(path, trust=True).card == card
    assert read_card(path, trust=True) == card


def test_the_first_layout_opens_by_trust(model, tmp_path):
    path, card = tmp_path / "model.joblib", make_card(model, recipe="mine")
    card["versions"]["scikit-learn"] = "1.2.3"
    joblib.dump({"format": "fer-classic model 1", "card": card, "model": model}, path)
    with pytest.warns(FerClassicWarning, match=r"scikit-learn 1\.2\.3"):
        loaded = load_model(path, trust=True)
    assert loaded.card == card
    np.testing.assert_array_equal(
        loaded.model.predict(make_images(1)), model.predict(make_images(1))
    )


def test_without_skops_its_files_say_so(model, tmp_path, monkeypatch):
    path = tmp_path / "model.skops"
    path.write_bytes(b"PK\x03\x04" + bytes(40))
    monkeypatch.setitem(__import__("sys").modules, "skops", None)
    with pytest.raises(MissingDependencyError, match="pip install skops"):
        load_model(path, trust=True)


@pytest.mark.parametrize("trust", [False, True])
@pytest.mark.parametrize("content", [b"", b"F", b"just text\n", bytes(range(256)), b"\x80\x04\x95"])
def test_other_content_is_an_error(content, trust, tmp_path):
    path = tmp_path / "model.joblib"
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match=r"model\.joblib"):
        load_model(path, trust=trust)
