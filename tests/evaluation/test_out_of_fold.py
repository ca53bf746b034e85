import numpy as np
import pytest
import sklearn
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.dummy import DummyClassifier
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import Perceptron
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from fer_classic.base import ImageDescriptor
from fer_classic.classifiers import LeastSquaresSVC
from fer_classic.datasets import load_drawn_faces
from fer_classic.evaluation import out_of_fold_probabilities
from fer_classic.exceptions import ProtocolError
from fer_classic.features import HOGDescriptor

RNG = np.random.default_rng(0)
Y = np.tile(["fear", "happy", "sad"], 20)
X = RNG.normal(size=(60, 6)) + 2 * np.eye(6)[np.tile([0, 1, 2], 20)]
GROUPS = np.arange(60) // 3


class Remembers(ClassifierMixin, BaseEstimator):
    """Sure of the rows that it was fitted on."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.seen_ = {tuple(row): label for row, label in zip(X, y, strict=True)}
        return self

    def predict_proba(self, X):
        known = [self.seen_.get(tuple(row)) == self.classes_ for row in X]
        return np.array([k if np.any(k) else np.full(len(self.classes_), 0.25) for k in known])


class Means(ImageDescriptor):
    """Mean of each image row; counts how often it runs."""

    _parameter_constraints = {"image_shape": [tuple, None]}
    images = 0

    def __init__(self, image_shape=None):
        self.image_shape = image_shape

    def _feature_names(self, height, width):
        return [f"row{k}" for k in range(height)]

    def _transform_images(self, images):
        Means.images += len(images)
        return images.mean(axis=2).astype(np.float32)


def test_no_item_is_judged_by_a_model_that_has_seen_its_group():
    rows = np.repeat(RNG.normal(size=(20, 2)), 3, axis=0)
    classes, probabilities = out_of_fold_probabilities(Remembers(), rows, Y, groups=GROUPS)
    assert classes.tolist() == ["fear", "happy", "sad"]
    assert (probabilities == 0.25).all()
    _, alone = out_of_fold_probabilities(Remembers(), rows, Y)
    assert alone.max() == 1


def test_a_class_that_is_absent_from_the_training_part():
    y = np.where(GROUPS == 0, "angry", Y)
    _, probabilities = out_of_fold_probabilities(DummyClassifier(), X, y, groups=GROUPS)
    assert (probabilities[GROUPS == 0, 0] == 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)


def test_scores_that_the_classifier_keeps():
    fits = []
    model = make_pipeline(StandardScaler(), LeastSquaresSVC())
    _, probabilities = out_of_fold_probabilities(
        model, X, Y, groups=GROUPS, report=lambda: fits.append(1)
    )
    scaled = StandardScaler().fit_transform(X)
    svm = LeastSquaresSVC().fit(scaled, Y, groups=GROUPS)
    np.testing.assert_allclose(probabilities, softmax(svm.temperature_ * svm.oof_scores_, axis=1))
    assert len(fits) == 1


@pytest.mark.parametrize(
    "model",
    [
        make_pipeline(SelectKBest(k=3), LeastSquaresSVC()),  # which has seen the labels
        make_pipeline(StandardScaler(), DummyClassifier()),
        LeastSquaresSVC(kernel="linear", n_centers=10).set_params(probability=True),
    ],
)
def test_other_models_are_fitted_for_each_fold(model, monkeypatch):
    fits = []
    if isinstance(model, LeastSquaresSVC):
        monkeypatch.setattr("fer_classic.evaluation._out_of_fold._FEW_ITEMS", 59)
    out_of_fold_probabilities(model, X, Y, groups=GROUPS, n_folds=4, report=lambda: fits.append(1))
    assert len(fits) == 4


def test_a_dark_first_image_of_16_bits():
    faces = load_drawn_faces(n_subjects=3, n_per_class=1)
    images = faces.images.astype(np.uint16) * 257
    images[0] //= 257
    model = make_pipeline(HOGDescriptor(), DummyClassifier())
    _, probabilities = out_of_fold_probabilities(model, images, faces.target, n_folds=2)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)


def test_steps_that_need_no_fit_run_once():
    images = RNG.integers(0, 256, (60, 5, 6), dtype=np.uint8)
    Means.images = 0
    model = Pipeline([("means", Means()), ("scale", StandardScaler()), ("d", DummyClassifier())])
    out_of_fold_probabilities(model, images, Y)
    assert Means.images == 60
    assert not hasattr(model, "classes_")


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((DummyClassifier(), X[:5], Y), ValueError, "same length, got 5, 60 and 60"),
        (
            (DummyClassifier(), X, ["sad"] * 60),
            ValueError,
            r"two classes are needed, got \['sad'\]",
        ),
        ((make_pipeline(Perceptron()), X, Y), ValueError, r"\(Perceptron\) has no predict_proba"),
        ((DummyClassifier(), X[:4], Y[:4]), ProtocolError, "5 folds need as many"),
    ],
)
def test_wrong_input(arguments, error, message):
    with pytest.raises(error, match=message):
        out_of_fold_probabilities(*arguments)


@pytest.mark.parametrize("nothing", [None, "passthrough"])
def test_steps_that_do_nothing_are_passed_over(nothing):
    model = Pipeline([("nothing", nothing), ("svm", LeastSquaresSVC(alpha=0.1))])
    _, found = out_of_fold_probabilities(model, X, Y, groups=GROUPS)
    _, expected = out_of_fold_probabilities(model[1:], X, Y, groups=GROUPS)
    np.testing.assert_array_equal(found, expected)


def test_a_single_group():
    with pytest.raises(ProtocolError, match="of one group"):
        out_of_fold_probabilities(LeastSquaresSVC(), X, Y, groups=np.zeros(60))


@pytest.mark.parametrize("whole", [True, False])
def test_steps_that_give_tables(whole):
    pytest.importorskip("pandas")
    images = RNG.integers(0, 256, (60, 5, 6), dtype=np.uint8)
    model = make_pipeline(Means(), StandardScaler(), GaussianNB())
    _, expected = out_of_fold_probabilities(model, images, Y, groups=GROUPS)
    if not whole:
        model.set_output(transform="pandas")
    with sklearn.config_context(transform_output="pandas" if whole else "default"):
        _, found = out_of_fold_probabilities(model, images, Y, groups=GROUPS)
    np.testing.assert_allclose(found, expected)


def test_a_step_of_ones_own_that_learns_labels_is_fitted_for_each_fold():
    class Means(TransformerMixin, BaseEstimator):
        def fit(self, X, y):
            self.means_ = np.array([X[y == name].mean(axis=0) for name in np.unique(y)])
            return self

        def transform(self, X):
            return X @ self.means_.T

    fits = []
    out_of_fold_probabilities(
        make_pipeline(Means(), LeastSquaresSVC()), X, Y, report=lambda: fits.append(1)
    )
    assert len(fits) == 5
