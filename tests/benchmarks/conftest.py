import json
from functools import partial

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.dummy import DummyClassifier
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import Bunch

from benchmarks.run import main
from fer_classic.base import ImageDescriptor
from fer_classic.exceptions import MissingDependencyError, UnknownNameError
from fer_classic.expressions import EXPRESSIONS


class Means(ImageDescriptor):
    """Mean of each image row; counts how often it runs."""

    _parameter_constraints = {"image_shape": [tuple, None]}
    calls = 0

    def __init__(self, image_shape=None):
        self.image_shape = image_shape

    def _feature_names(self, height, width):
        return [f"row{k}" for k in range(height)]

    def _transform_images(self, images):
        Means.calls += 1
        return images.mean(axis=2).astype(np.float32)


class Nearest(ClassifierMixin, BaseEstimator):
    """Nearest class mean, with probabilities; ``broken`` fails in ``fit``."""

    def __init__(self, broken=False):
        self.broken = broken

    def fit(self, X, y, groups=None):
        if self.broken:
            raise ValueError("it is broken.")
        self.n_groups_ = len(np.unique(groups))
        self.classes_ = np.unique(y)
        self.means_ = np.stack([X[y == name].mean(axis=0) for name in self.classes_])
        return self

    def predict_proba(self, X):
        distances = np.linalg.norm(X[:, np.newaxis] - self.means_, axis=2)
        likelihood = np.exp(-(distances - distances.min(axis=1, keepdims=True)))
        return likelihood / likelihood.sum(axis=1, keepdims=True)

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


def make_model(name, **settings):
    """Stand in for make_recipe."""
    if name == "absent":
        raise MissingDependencyError("it needs a package.")
    models = {
        "dummy": lambda: Pipeline([("dummy", DummyClassifier())]),
        "means": lambda: Pipeline([("means", Means()), ("nearest", Nearest())]),
        "union": lambda: Pipeline(
            [
                ("means", FeatureUnion([("one", Means()), ("two", Means())])),
                ("scale", StandardScaler()),
                ("nearest", Nearest()),
            ]
        ),
        "broken": lambda: Pipeline([("means", Means()), ("nearest", Nearest(broken=True))]),
    }
    if name not in models:
        raise UnknownNameError("recipe", name, models)
    return models[name]().set_params(**settings)


def make_faces(name="drawn", home=None, *, n_subjects=10, n_classes=4, seed=0):
    """Stand in for load_dataset: images whose rows depend on the class, with noise."""
    rng = np.random.default_rng(seed)
    per_subject = 2 * n_classes
    target = np.tile(np.repeat(np.arange(n_classes), 2), n_subjects)
    patterns = np.random.default_rng(99).integers(60, 190, (8, 8, 1))
    noise = rng.normal(0, 60, (len(target), 8, 8))
    images = np.clip(patterns[target] + noise, 0, 255).astype(np.uint8)
    images[-1] = images[1]  # a twin of another person and class
    duplicates = np.arange(len(target))
    duplicates[-1] = 1
    official = name == "fer2013"
    parts = np.array(["Training", "PublicTest"])
    subjects = np.repeat([f"P{k:02d}" for k in range(n_subjects)], per_subject)
    return Bunch(
        name=name,
        images=images,
        target=target,
        target_names=np.array(EXPRESSIONS),
        subjects=None if official else subjects,
        sequences=None,
        split=parts[(np.arange(len(target)) >= 48).astype(int)] if official else None,
        duplicates=duplicates,
    )


def no_pictures(folder, dataset, rows):
    """Stand in for draw_pictures."""


def run_program(output, *arguments, load=make_faces, make=make_model, **outside):
    """Run the program with stand-ins for data sets and recipes."""
    arguments = ["--output", str(output), *map(str, arguments)]
    return main(arguments, load=load, make=make, recipes=["dummy", "means"], **outside)


@pytest.fixture
def run(tmp_path):
    """Run the program, without pictures; the records go to ``tmp_path / "out"``."""
    return partial(run_program, tmp_path / "out", draw=no_pictures)


@pytest.fixture
def records(tmp_path):
    """Read what a run has recorded."""

    def records(recipe="means", dataset="drawn"):
        path = tmp_path / "out" / dataset / f"{recipe}.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()]

    return records
