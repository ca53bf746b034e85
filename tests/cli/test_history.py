import csv
import sys

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

from fer_classic.classifiers import TestTimeAugmentation
from fer_classic.cli import main
from fer_classic.cli._history import write_history
from fer_classic.features import Flatten
from fer_classic.recipes import _registry, recipe

ROWS = [["epoch", "loss", "validation_loss"], ["1", "0.5", "nan"], ["2", "0.1", "nan"]]


class Learner(ClassifierMixin, BaseEstimator):
    """Has a history of two epochs."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.history_ = {"epoch": [1, 2], "loss": [0.5, 0.1], "validation_loss": [np.nan] * 2}
        self.best_epoch_ = 2
        return self

    def predict(self, X):
        return np.repeat(self.classes_[:1], len(X))


IMAGES = np.zeros((8, 5, 5))
NAMES = ["happy", "sad"] * 4
PIPELINE = Pipeline([("no", "passthrough"), ("flatten", Flatten()), ("learner", Learner())])
MODELS = {
    "learner": Learner(),
    "pipeline": PIPELINE,
    "search": GridSearchCV(PIPELINE, {}, cv=2),
    "augmented": TestTimeAugmentation(PIPELINE),
    "pipeline of augmented": Pipeline([("augmented", TestTimeAugmentation(PIPELINE))]),
}


def read(path):
    with open(path, newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("name", MODELS)
def test_the_history_of_any_part_is_found(name, tmp_path, capsys):
    path = tmp_path / "net.v2.joblib"
    write_history(MODELS[name].fit(IMAGES, NAMES), path)
    assert read(tmp_path / "net.v2.history.csv") == ROWS
    out = capsys.readouterr().out
    assert f"history in {tmp_path / 'net.v2.history.csv'}" in out


def test_curves(tmp_path, capsys):
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    write_history(Learner().fit(IMAGES, NAMES), tmp_path / "net.skops")
    assert f"curves in {tmp_path / 'net.history.png'}" in capsys.readouterr().out
    assert (tmp_path / "net.history.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "net.history.csv",
        "net.history.png",
    ]


def test_a_table_only_without_matplotlib(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    write_history(Learner().fit(IMAGES, NAMES), tmp_path / "net.skops")
    captured = capsys.readouterr()
    assert "no curves: drawing figures needs" in captured.err
    assert "curves" not in captured.out
    assert [path.name for path in tmp_path.iterdir()] == ["net.history.csv"]


def test_a_model_without_a_history(tmp_path, capsys):
    model = Pipeline([("flatten", Flatten())]).fit(IMAGES, NAMES)
    write_history(model, tmp_path / "net.skops")
    assert not list(tmp_path.iterdir())
    assert not capsys.readouterr().out


# The class of the learner is not on the list of allowed classes.
@pytest.mark.filterwarnings("ignore:saved, but")
@pytest.mark.usefixtures("use_few_faces")
def test_train_leaves_model_history_and_curves(tmp_path, monkeypatch):
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    monkeypatch.setattr(_registry, "_RECIPES", dict(_registry._RECIPES))

    @recipe()
    def learner():
        """A learner."""
        return PIPELINE

    arguments = ["--dataset", "drawn", "--recipe", "learner", "-o", "new/net.joblib"]
    assert main(["train", *arguments]) == 0
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
        "net.history.csv",
        "net.history.png",
        "net.joblib",
    ]
