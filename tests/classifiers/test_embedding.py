import numpy as np
import pytest
import sklearn
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC, LinearSVC

from fer_classic.classifiers import AdaptedClassifier, TestTimeAugmentation, TrainingAugmentation
from fer_classic.classifiers._embedding import log_scores_and_embedding
from fer_classic.faces import FaceCropper
from fer_classic.features import HOGDescriptor
from fer_classic.persistence import load_bundled

RNG = np.random.default_rng(0)
ROWS, NAMES = RNG.normal(size=(12, 6)), np.tile(["fear", "happy", "sad"], 4)
IMAGES = RNG.integers(0, 256, (12, 48, 48), dtype=np.uint8)


def test_of_a_pipeline_it_is_what_the_last_step_reads():
    model = make_pipeline("passthrough", PCA(2), LogisticRegression()).fit(ROWS, NAMES)
    log_scores, embedding = log_scores_and_embedding(FrozenEstimator(model), ROWS)
    np.testing.assert_allclose(embedding, model[1].transform(ROWS))
    np.testing.assert_allclose(np.exp(log_scores), model.predict_proba(ROWS))


def test_transform_goes_before():
    model = make_pipeline(PCA(4), LinearDiscriminantAnalysis()).fit(ROWS, NAMES)
    _, embedding = log_scores_and_embedding(model, ROWS)
    np.testing.assert_allclose(embedding, model.transform(ROWS))


def logistic():
    return LogisticRegression(max_iter=30, tol=1.0)


@pytest.mark.parametrize(
    "wrap",
    [
        TestTimeAugmentation,
        TrainingAugmentation,
        AdaptedClassifier,
        lambda model: GridSearchCV(model, {"logisticregression__C": [1.0]}, cv=2),
    ],
)
def test_wrappers_are_looked_into(wrap):
    inner = make_pipeline(HOGDescriptor(), logistic())
    model = make_pipeline(FaceCropper(None), wrap(inner)).fit(IMAGES, NAMES)
    log_scores, embedding = log_scores_and_embedding(model, IMAGES)
    np.testing.assert_array_equal(embedding, HOGDescriptor().fit_transform(IMAGES))
    np.testing.assert_allclose(np.exp(log_scores), model.predict_proba(IMAGES))


def test_augmentation_of_a_fitted_model_is_looked_into():
    inner = make_pipeline(HOGDescriptor(), logistic()).fit(IMAGES, NAMES)
    log_scores, embedding = log_scores_and_embedding(TestTimeAugmentation(inner), IMAGES)
    np.testing.assert_array_equal(embedding, HOGDescriptor().fit_transform(IMAGES))
    expected = TestTimeAugmentation(inner).predict_proba(IMAGES)
    np.testing.assert_allclose(np.exp(log_scores), expected)


def test_a_network_is_asked_once(monkeypatch):
    model = load_bundled("cnn").model
    expected = model.predict_proba(IMAGES), model.transform(IMAGES)
    monkeypatch.setattr(model["cnn"], "predict_proba", lambda X: pytest.fail("asked twice"))
    log_scores, embedding = log_scores_and_embedding(model, IMAGES)
    np.testing.assert_allclose(np.exp(log_scores), expected[0], atol=1e-5)
    np.testing.assert_array_equal(embedding, expected[1])


class Bright(ClassifierMixin, BaseEstimator):
    """Goes by the mean of an image."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        mean = X.mean(axis=(1, 2)) / 255
        return np.column_stack([mean, 1 - mean, np.zeros(len(X))])


def test_images_are_no_embedding():
    model = make_pipeline(FaceCropper(None), Bright()).fit(IMAGES, NAMES)
    log_scores, embedding = log_scores_and_embedding(model, IMAGES)
    np.testing.assert_array_equal(embedding, log_scores)
    # A class without probability stays out, but comparably so.
    assert np.isfinite(log_scores).all()


@pytest.mark.parametrize("classifier", [LinearSVC(), SVC(decision_function_shape="ovo")])
def test_log_scores_are_of_probabilities_and_name_the_same(classifier):
    names = np.tile(["angry", "fear", "happy", "sad"], 3)
    model = classifier.fit(ROWS, names)
    log_scores, _ = log_scores_and_embedding(model, ROWS)
    np.testing.assert_allclose(np.exp(log_scores).sum(axis=1), 1)
    np.testing.assert_array_equal(model.classes_[log_scores.argmax(axis=1)], model.predict(ROWS))


def test_an_embedding_is_an_array_where_steps_give_tables():
    pytest.importorskip("pandas")
    model = load_bundled("cnn").model
    expected = log_scores_and_embedding(model, IMAGES)
    with sklearn.config_context(transform_output="pandas"):
        found = log_scores_and_embedding(model, IMAGES)
    for values, others in zip(found, expected, strict=True):
        assert type(values) is np.ndarray
        np.testing.assert_array_equal(values, others)
