"""Over-sampling behind the library's features, inside the training fold only."""

import sys

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import GridSearchCV, StratifiedGroupKFold, cross_validate
from sklearn.preprocessing import StandardScaler

from benchmarks.experiments.data import Data
from benchmarks.experiments.fit import Task, work
from benchmarks.experiments.stateless import compute_shared, split_model
from fer_classic.datasets import load_drawn_faces
from fer_classic.evaluation import Fold, fit_with_groups
from fer_classic.exceptions import LeakageError, MissingDependencyError
from fer_classic.faces import FaceCropper
from fer_classic.features import LBPHistogram
from fer_classic.persistence import load_model, save_model
from fer_classic.recipes import list_recipes, make_recipe

BUNCH = load_drawn_faces(n_subjects=6, n_per_class=2)
NAMES = BUNCH.target_names[BUNCH.target]
# Every second face of fear, and all others.
KEPT = np.flatnonzero((NAMES != "fear") | (np.arange(len(NAMES)) % 2 == 0))
IMAGES, NAMES, SUBJECTS = BUNCH.images[KEPT], NAMES[KEPT], BUNCH.subjects[KEPT]
FEW = {"smote__k_neighbors": 2, "components__n_components": 20}


@pytest.fixture(scope="module")
def imblearn():
    return pytest.importorskip("imblearn", reason="imbalanced-learn is not installed")


class Witness(ClassifierMixin, BaseEstimator):
    """Remembers the rows that it was fitted on and asked about, of all its copies."""

    seen = []

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        Witness.seen.append(("fit", X, y))
        return self

    def predict(self, X):
        Witness.seen.append(("predict", X, None))
        return np.repeat(self.classes_[:1], len(X))


def rows_of(table):
    return {row.tobytes() for row in table}


@pytest.mark.parametrize("sampler", ["SMOTE", "RandomOverSampler"])
def test_synthetic_rows_are_learned_from_and_never_tested_on(sampler, imblearn, monkeypatch):
    monkeypatch.setattr(Witness, "seen", [])
    options = {"k_neighbors": 2} if sampler == "SMOTE" else {}
    sampler = getattr(imblearn.over_sampling, sampler)(random_state=0, **options)
    crop, lbp = FaceCropper(), LBPHistogram(grid=(3, 3))
    model = imblearn.pipeline.Pipeline(
        [("crop", crop), ("lbp", lbp), ("more", sampler), ("witness", Witness())]
    )
    folds = list(StratifiedGroupKFold(3).split(IMAGES, NAMES, SUBJECTS))
    result = cross_validate(model, IMAGES, NAMES, cv=folds, error_score="raise")
    assert len(result["test_score"]) == 3
    features = lbp.fit_transform(IMAGES)
    assert [verb for verb, _, _ in Witness.seen] == ["fit", "predict"] * 3
    for (train, test), fit, predict in zip(
        folds, Witness.seen[::2], Witness.seen[1::2], strict=True
    ):
        assert np.array_equal(predict[1], features[test])
        assert len(fit[1]) > len(train)
        assert len(set(np.unique(fit[2], return_counts=True)[1])) == 1
        # All rows of the training part, and nothing of the test part.
        assert rows_of(features[train]) <= rows_of(fit[1])
        assert not rows_of(fit[1]) & (rows_of(features[test]) - rows_of(features[train]))


@pytest.mark.usefixtures("imblearn")
def test_the_recipe_fills_up_rare_classes_in_fit_only():
    model = make_recipe("svm_lbp_smote", **FEW).fit(IMAGES, NAMES)
    assert model["svm"].X_fit_.shape == (8 * 12, 20)
    assert model["svm"].X_fit_.dtype == np.float32
    assert model.decision_function(IMAGES).shape == (len(IMAGES), 8)
    assert not hasattr(model, "predict_proba")
    assert model.score(IMAGES, NAMES) > 0.9


@pytest.mark.parametrize("sampler", ["SMOTE", "RandomOverSampler"])
@pytest.mark.parametrize("suffix", [".joblib", ".skops"])
def test_a_model_file(suffix, sampler, imblearn, tmp_path):
    model = make_recipe("svm_lbp_smote", **FEW)
    if sampler != "SMOTE":
        model.set_params(smote=getattr(imblearn.over_sampling, sampler)())
    model.fit(IMAGES, NAMES)
    save_model(model, tmp_path / f"model{suffix}")
    loaded, card = load_model(tmp_path / f"model{suffix}")
    assert np.array_equal(loaded.decision_function(IMAGES), model.decision_function(IMAGES))
    assert card["crop"]["size"] == 48


@pytest.mark.usefixtures("imblearn")
def test_units_go_no_further_than_the_sampler():
    units = np.unique(SUBJECTS, return_inverse=True)[1]
    model = make_recipe("svm_lbp_smote", **FEW)
    fit_with_groups(model, IMAGES, NAMES, units)
    assert len(model["svm"].X_fit_) == 8 * 12
    # Synthetic rows belong to no unit, so that none can be held out.
    with pytest.raises(LeakageError, match="After a resampler nothing can be held out"):
        fit_with_groups(model.set_params(svm__probability=True), IMAGES, NAMES, units)


@pytest.mark.usefixtures("imblearn")
def test_probabilities_from_real_rows_that_were_held_out():
    folds = list(StratifiedGroupKFold(3).split(IMAGES, NAMES, SUBJECTS))
    model = CalibratedClassifierCV(make_recipe("svm_lbp_smote", **FEW), cv=folds, ensemble=False)
    model.fit(IMAGES, NAMES)
    assert np.allclose(model.predict_proba(IMAGES).sum(axis=1), 1)


@pytest.mark.usefixtures("imblearn")
def test_a_search():
    grid = {"smote__k_neighbors": [1, 2]}
    recipe = make_recipe("svm_lbp_smote", **FEW)
    search = GridSearchCV(recipe, grid, cv=StratifiedGroupKFold(2), error_score="raise")
    fit_with_groups(search, IMAGES, NAMES, SUBJECTS)
    assert search.best_params_["smote__k_neighbors"] in (1, 2)


@pytest.mark.usefixtures("imblearn")
def test_the_benchmark_shares_the_stateless_steps_and_scores_real_items(tmp_path):
    shared, rest = split_model(make_recipe("svm_lbp_smote", **FEW))
    assert [name for name, _ in shared.steps] == ["crop", "lbp"]
    assert [name for name, _ in rest.steps] == ["scale", "components", "smote", "svm"]
    values = compute_shared(shared, IMAGES).values
    units = np.unique(SUBJECTS, return_inverse=True)[1]
    train, test = next(StratifiedGroupKFold(3).split(IMAGES, NAMES, units))
    items = Data("faces", "", values, NAMES, units, np.arange(len(NAMES)))
    (outcome,) = work(Task(rest, [Fold("0", train, test)], items, items, 0, tmp_path))
    assert (outcome["status"], outcome["score_kind"]) == ("ok", "decision")
    assert outcome["test_index"] == test.tolist()
    assert outcome["y_true"] == NAMES[test].tolist()
    assert len(outcome["class_scores"]) == len(test)


def test_without_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "imblearn", None)
    with pytest.raises(MissingDependencyError, match=r"svm_lbp_smote.*fer-classic\[imbalance\]"):
        make_recipe("svm_lbp_smote")


# The recipe svm_small has two SVMs, inside a fusion.
_ENDING_IN_AN_SVM = [
    name for name in list_recipes() if name.startswith("svm_") and name != "svm_small"
]


@pytest.mark.parametrize("name", _ENDING_IN_AN_SVM)
def test_balanced_class_weights_in_every_svm(name):
    if name.endswith("smote"):
        pytest.importorskip("imblearn", reason="imbalanced-learn is not installed")
    model = make_recipe(name, svm__class_weight="balanced")
    svm = model["svm"].fit(StandardScaler().fit_transform(np.eye(6)), list("aaaaab"))
    # With balanced weights the mean target of each of two classes is 0.
    assert np.allclose(svm.intercept_, 0)
