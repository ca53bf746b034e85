import functools
import importlib
import inspect
import os
import subprocess
import warnings

import joblib
import numpy as np
import pytest
from sklearn.base import BaseEstimator

from fer_classic.persistence._trusted import TRUSTED

PAIRS = [(module, name) for module, names in TRUSTED.items() for name in names]


def test_the_table_is_sorted_and_names_nothing_twice():
    assert list(TRUSTED) == sorted(TRUSTED)
    for names in TRUSTED.values():
        assert list(names) == sorted(set(names))


def test_names_are_exact_and_not_paths_into_objects():
    assert not [pair for pair in PAIRS if "." in pair[1]]


@pytest.mark.parametrize(
    "package",
    ["classifiers", "faces", "features", "neural", "preprocessing"],
    ids=lambda name: name,
)
def test_all_estimators_of_the_library_are_on_the_list(package):
    public = importlib.import_module(f"fer_classic.{package}")
    members = [getattr(public, name) for name in public.__all__]
    estimators = [x for x in members if inspect.isclass(x) and issubclass(x, BaseEstimator)]
    assert estimators
    for estimator in estimators:
        assert estimator.__name__ in TRUSTED.get(estimator.__module__, ()), estimator


def test_the_library_names_on_the_list_exist():
    for module, name in PAIRS:
        if module.startswith("fer_classic"):
            assert hasattr(importlib.import_module(module), name), (module, name)


DANGEROUS = [
    eval,
    exec,
    compile,
    getattr,
    setattr,
    open,
    __import__,
    type,
    map,
    functools.partial,
    functools.reduce,
    os.system,
    subprocess.Popen,
    importlib.import_module,
    joblib.load,
    joblib.Memory,
    np.load,
    np.memmap,
    np.fromfile,
    np.genfromtxt,
]


@pytest.mark.parametrize("tool", DANGEROUS, ids=lambda tool: tool.__name__)
def test_no_entry_is_a_known_tool_of_attackers(tool):
    for module, name in PAIRS:
        with warnings.catch_warnings():
            # numpy.core is there for files of numpy 1 and warns when it is imported.
            warnings.simplefilter("ignore", DeprecationWarning)
            try:
                entry = getattr(importlib.import_module(module), name, None)
            except ImportError:  # a path of another version of a package
                continue
        assert entry is not tool, (module, name)
