"""Models of two classes, with labels of every kind, and models of tables."""

import warnings

import numpy as np
import pytest
import sklearn
from sklearn import ensemble, linear_model, svm
from sklearn.compose import make_column_transformer
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from fer_classic.exceptions import FerClassicWarning, MissingDependencyError
from fer_classic.features import Flatten
from fer_classic.persistence import load_model, save_model
from fer_classic.utils import class_scores
from tests.persistence.hostile import NAMES, make_images
from tests.persistence.test_allowed import CLASSIFIERS

TWO = np.resize([True, False, True], len(NAMES))
LABELS = {
    "str": np.where(TWO, "happy", "sad"),
    "object": np.where(TWO, "happy", "sad").astype(object),
    "int": np.where(TWO, 3, -1),
    "bool": TWO,
}


@pytest.mark.parametrize("labels", LABELS)
@pytest.mark.parametrize("classifier", CLASSIFIERS, ids=lambda c: type(c).__name__)
def test_two_classes_come_back(classifier, labels, tmp_path):
    images, path = make_images(), tmp_path / "model.joblib"
    model = make_pipeline(Flatten(), MinMaxScaler(), sklearn.clone(classifier))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(images, LABELS[labels])
        warnings.simplefilter("error", FerClassicWarning)
        save_model(model, path)
        loaded = load_model(path).model
    assert loaded.classes_.dtype == model.classes_.dtype
    np.testing.assert_array_equal(loaded.predict(images), model.predict(images))
    np.testing.assert_array_equal(class_scores(loaded, images)[0], class_scores(model, images)[0])


@pytest.mark.parametrize(
    "classifier", [linear_model.RidgeClassifier, linear_model.RidgeClassifierCV]
)
def test_coefficients_of_one_axis_only_for_two_classes(classifier, tmp_path):
    model = make_pipeline(Flatten(), classifier()).fit(make_images(), NAMES)
    model[-1].coef_ = model[-1].coef_[0]
    with pytest.raises(Exception, match=r"does not fit the rest|can score neither"):
        save_model(model, tmp_path / "model.joblib")


def test_requests_for_metadata_are_left_out(tmp_path):
    images, path = make_images(), tmp_path / "model.joblib"
    with sklearn.config_context(enable_metadata_routing=True):
        classifier = linear_model.LogisticRegression(max_iter=50, tol=1.0)
        classifier.set_fit_request(sample_weight=True)
        model = make_pipeline(Flatten(), MinMaxScaler(), classifier)
        model.fit(images, NAMES, sample_weight=np.ones(len(NAMES)))
        save_model(model, path)
        loaded = load_model(path).model
    np.testing.assert_array_equal(loaded.predict_proba(images), model.predict_proba(images))


RECORDS = [
    ensemble.BaggingClassifier(
        svm.LinearSVC(random_state=0), 3, oob_score=True, bootstrap=True, random_state=0
    ),
    ensemble.RandomForestClassifier(2, oob_score=True, random_state=0),
    ensemble.ExtraTreesClassifier(2, oob_score=True, bootstrap=True, random_state=0),
    ensemble.GradientBoostingClassifier(n_estimators=2, subsample=0.5, random_state=0),
]


@pytest.mark.parametrize("classifier", RECORDS, ids=lambda c: type(c).__name__)
def test_records_of_training_may_lack_numbers(classifier, tmp_path):
    images, path = make_images(), tmp_path / "model.joblib"
    model = make_pipeline(Flatten(), classifier)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(images, NAMES)
    save_model(model, path)
    loaded = load_model(path).model
    np.testing.assert_array_equal(loaded.predict(images), model.predict(images))
    record = getattr(model[-1], "oob_decision_function_", None)
    if record is not None:
        assert np.isnan(record).any() or "Bagging" not in type(classifier).__name__
        np.testing.assert_array_equal(loaded[-1].oob_decision_function_, record)


def test_constant_features_explain_nothing(tmp_path):
    images = np.zeros_like(make_images())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = make_pipeline(Flatten(), PCA(2), svm.LinearSVC(random_state=0)).fit(images, NAMES)
    save_model(model, tmp_path / "model.joblib")


@pytest.mark.parametrize("solver", ["full", "covariance_eigh", "randomized", "arpack"])
def test_scores_come_back_bit_by_bit_whatever_the_order_of_arrays(solver, tmp_path):
    images, path = make_images(), tmp_path / "model.joblib"
    pca = PCA(5, svd_solver=solver, random_state=0)
    model = make_pipeline(Flatten(), pca, svm.SVC()).fit(images / np.float32(255), NAMES)
    save_model(model, path, probes=images[:3] / np.float32(255))
    rows = np.random.default_rng(1).random((200, 16, 16), dtype=np.float32)
    loaded = load_model(path).model
    np.testing.assert_array_equal(loaded.decision_function(rows), model.decision_function(rows))


def make_table():
    pandas = pytest.importorskip("pandas")
    rows = np.random.default_rng(0).random((len(NAMES), 4))
    return pandas.DataFrame(rows, columns=["mouth", "brow", "eye", "nose"])


def make_table_model(table):
    columns = make_column_transformer(
        (PCA(2, random_state=0), ["mouth", "brow", "eye"]), (StandardScaler(), ["nose"])
    )
    return make_pipeline(columns, svm.LinearSVC(random_state=0)).fit(table, NAMES)


@pytest.mark.parametrize("given", [False, True], ids=["generated", "given"])
def test_columns_by_name(given, tmp_path):
    table, path = make_table(), tmp_path / "model.joblib"
    model = make_table_model(table)
    save_model(model, path, probes=table[:3] if given else None)
    loaded = load_model(path).model
    np.testing.assert_array_equal(loaded.decision_function(table), model.decision_function(table))


def test_columns_by_name_require_pandas(tmp_path, monkeypatch):
    model = make_table_model(make_table())
    save_model(model, tmp_path / "model.joblib")
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    with pytest.raises(MissingDependencyError, match=r"fer-classic\[table\]"):
        load_model(tmp_path / "model.joblib")
