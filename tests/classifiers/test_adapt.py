import numpy as np
import pytest
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import fer_classic
from fer_classic.classifiers import AdaptedClassifier, adapt
from fer_classic.classifiers._adapt import _standards
from fer_classic.classifiers._ridge import fit_ridge
from fer_classic.datasets import load_drawn_faces
from fer_classic.exceptions import NoFaceError
from fer_classic.faces import FaceCropper
from fer_classic.faces._geometry import crop_geometry
from fer_classic.features import HOGDescriptor
from fer_classic.persistence import load_model, save_model

NAMES = np.array(["fear", "happy", "sad"])
CENTERS = np.array([[4.0, 0, 0, 0], [0, 4, 0, 0], [0, 0, 4, 0]])


@parametrize_with_checks([AdaptedClassifier(LogisticRegression())])
def test_scikit_learn(estimator, check):
    check(estimator)


def points(n_each, shift=0.0, seed=0):
    """Rows around the centres of the classes, all of them moved."""
    noise = np.random.default_rng(seed).normal(size=(3 * n_each, 4))
    return np.repeat(CENTERS, n_each, axis=0) + noise + shift, np.repeat(NAMES, n_each)


# A person whose classes lie elsewhere, so that the model takes fear for sad.
SHIFT = np.array([-3.0, 0, 3, 0])


@pytest.fixture(scope="module")
def model():
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(*points(50))


def test_a_person_whose_classes_lie_elsewhere_is_learned(model):
    X, y = points(5, SHIFT, seed=1)
    others, names = points(100, SHIFT, seed=2)
    adapted = adapt(model, X, y)
    assert adapted.weight_ > 0
    assert model.score(others, names) < 0.75
    assert adapted.score(others, names) > 0.95
    assert (adapted.n_images_, adapted.n_judged_) == (15, 15)
    assert adapted.accuracy_before_ == model.score(X, y)
    assert adapted.accuracy_after_ > adapted.accuracy_before_
    before = [model.score(X[y == name], y[y == name]) for name in NAMES]
    np.testing.assert_allclose(adapted.recall_before_, before)
    # The classes have as many images each.
    assert adapted.recall_after_.mean() == pytest.approx(adapted.accuracy_after_)


def test_classes_with_one_picture_have_no_recall(model):
    X, y = points(2, SHIFT, seed=1)
    adapted = adapt(model, X[1:], y[1:])
    np.testing.assert_array_equal(adapted.judged_classes_, NAMES[1:])
    assert adapted.recall_before_.shape == adapted.recall_after_.shape == (2,)


@pytest.mark.parametrize("n_given", [2, 3])
def test_at_weight_0_it_is_the_model(model, n_given):
    X, y = points(4, SHIFT, seed=1)
    given = np.isin(y, NAMES[:n_given])
    adapted = adapt(model, X[given], y[given], weight=0)
    np.testing.assert_allclose(adapted.predict_proba(X), model.predict_proba(X), atol=1e-9)
    np.testing.assert_array_equal(adapted.classes_, model.classes_)


class Guess(TransformerMixin, ClassifierMixin, BaseEstimator):
    """Knows the class of some images; the embedding knows nothing."""

    def fit(self, X, y):
        self.classes_ = NAMES
        return self

    def transform(self, X):
        return X[:, 3:]

    def predict_proba(self, X):
        return softmax(X[:, :3], axis=1)

    def predict(self, X):
        return NAMES[X[:, :3].argmax(axis=1)]


def test_what_an_embedding_that_knows_nothing_gains_is_what_it_gains_on_new_images():
    """The best of eleven weights gains by chance on the images that it was chosen by."""
    reported, found, weights = [], [], []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        codes = np.repeat([0, 1, 2, 0, 1, 2], [5, 5, 5, 100, 100, 100])
        X, y = 2 * rng.normal(size=(len(codes), 23)), NAMES[codes]
        X[np.arange(len(codes)), codes] += 1
        model = Guess().fit(X, y)
        adapted = adapt(model, X[:15], y[:15])
        assert adapted.accuracy_before_ == model.score(X[:15], y[:15])
        reported.append(adapted.accuracy_after_ - adapted.accuracy_before_)
        found.append(adapted.score(X[15:], y[15:]) - model.score(X[15:], y[15:]))
        weights.append(adapted.weight_)
    assert np.mean(weights) > 0.1
    assert np.mean(found) < 0
    assert np.mean(reported) < 0.01


def test_the_weight_of_a_group_is_chosen_by_the_others(model):
    X, y = points(4, SHIFT / 2, seed=9)
    groups = np.tile([0, 0, 1, 1], 3)
    adapted = adapt(model, X, y, groups)
    _, codes = np.unique(y, return_inverse=True)
    embedding = model[:-1].transform(X)
    rows = (embedding - adapted.mean_) / adapted.scale_
    left_out = fit_ridge(rows, codes, groups, alpha=0.1)[2]
    logs = model.predict_log_proba(X)
    mixed = [adapted._mix(logs, left_out, weight) for weight in np.linspace(0, 1, 11)]
    right = np.array([NAMES[scores.argmax(axis=1)] == y for scores in mixed])
    sure = np.array([scores[np.arange(12), codes] for scores in mixed])
    expected = []
    for group in (0, 1):
        merits = [
            (right[k, groups != group].mean(), sure[k, groups != group].mean()) for k in range(11)
        ]
        expected.append(right[merits.index(max(merits)), groups == group].mean())
    assert adapted.accuracy_after_ == pytest.approx(np.mean(expected))
    at_its_weight = adapt(model, X, y, groups, weight=adapted.weight_)
    assert at_its_weight.accuracy_after_ > adapted.accuracy_after_


@pytest.mark.parametrize("value", [0.1, 1 / 3, 1e9 / 7, -2.7e-5, 0.0])
@pytest.mark.parametrize("n_each", [3, 7, 33])
def test_a_feature_that_is_constant_in_the_pictures_decides_nothing(value, n_each):
    X, y = points(n_each)
    X[:, 3] = value
    model = make_pipeline(FunctionTransformer(), GaussianNB()).fit(*points(50))
    adapted = adapt(model, X, y, weight=1)
    assert (adapted.mean_[3], adapted.scale_[3]) == (value, 1)
    np.testing.assert_array_equal(adapted.mean_[:3], X[:, :3].mean(axis=0))
    np.testing.assert_array_equal(adapted.scale_[:3], X[:, :3].std(axis=0))
    other = X.copy()
    other[:, 3] += 0.5
    expected = adapted.predict_log_proba(X)
    np.testing.assert_allclose(adapted.predict_log_proba(other), expected, atol=0.1)


def test_what_varies_by_rounding_only_is_constant():
    values = np.full((9, 1), 0.3)
    values[4] = np.nextafter(0.3, 1)
    mean, scale = _standards(values)
    assert (mean.tolist(), scale.tolist()) == ([0.3], [1.0])
    mean, scale = _standards(values * 1.0 + np.arange(9)[:, np.newaxis] * 1e-12)
    assert scale < 1e-11


def test_one_picture_of_each_class_cannot_be_judged(model):
    X, y = points(1, SHIFT, seed=1)
    adapted = adapt(model, X, y)
    assert adapted.weight_ == 0.7
    assert (adapted.n_judged_, adapted.accuracy_before_, adapted.accuracy_after_) == (0, None, None)
    assert adapted.judged_classes_.shape == adapted.recall_after_.shape == (0,)
    others, names = points(100, SHIFT, seed=2)
    assert adapted.score(others, names) > model.score(others, names) + 0.1


def test_pictures_of_one_group_are_left_out_together(model):
    X, y = points(4, SHIFT, seed=1)
    takes = np.tile([0, 0, 1, 1], 3)
    assert adapt(model, X, y, takes).n_judged_ == 12
    # All of fear was taken in one go, and again all of happy.
    assert adapt(model, X, y, [0] * 4 + [1] * 4 + [2, 2, 3, 3]).n_judged_ == 4


def test_copies_form_a_group(model):
    X, y = points(1, SHIFT, seed=1)
    assert adapt(model, np.tile(X, (3, 1)), np.tile(y, 3)).n_judged_ == 0


def test_classes_that_were_not_given_keep_their_probability(model):
    X, y = points(5, SHIFT, seed=1)
    given = y != "happy"
    adapted = adapt(model, X[given], y[given], weight=1)
    np.testing.assert_array_equal(adapted.classes_, NAMES)
    np.testing.assert_allclose(adapted.predict_proba(X)[:, 1], model.predict_proba(X)[:, 1])
    only = adapt(model, X[given], y[given], classes="given")
    assert only.classes_.tolist() == ["fear", "sad"]
    assert only.predict_proba(X).shape == (15, 2)


def test_classes_that_the_model_does_not_know_join_its_own(model):
    X, y = points(5, seed=1)
    y = np.where(y == "sad", "bored", y)
    adapted = adapt(model, X, y)
    assert adapted.classes_.tolist() == ["bored", "fear", "happy", "sad"]
    assert adapted.accuracy_before_ < 0.7
    assert adapted.accuracy_after_ > adapted.accuracy_before_
    # What is shared has the odds of the linear classifier to what is new, and the others those
    # of the model.
    at_0, at_1 = (adapt(model, X, y, weight=weight).predict_proba(X) for weight in (0, 1))
    theirs = model.predict_proba(X)
    shared = theirs[:, :2].sum(axis=1)
    for mixed in (at_0, at_1):
        odds = mixed[:, 3] / mixed[:, 1:3].sum(axis=1)
        np.testing.assert_allclose(odds, theirs[:, 2] / shared, rtol=1e-6)
    np.testing.assert_allclose(at_0[:, 0], at_1[:, 0])


def test_if_the_model_knows_none_only_the_new_ones_are_answered(model):
    X, y = points(5, seed=1)
    y = np.where(y == "sad", "bored", "engaged")
    adapted = adapt(model, X, y)
    assert adapted.classes_.tolist() == ["bored", "engaged"]
    assert (adapted.accuracy_before_, adapted.accuracy_after_) == (0.0, 1.0)


@pytest.mark.parametrize("kind", ["decision", "votes"])
def test_models_without_probabilities(kind):
    class Plain(ClassifierMixin, BaseEstimator):
        classes_ = NAMES

        def __sklearn_is_fitted__(self):
            return True

        def fit(self, X, y):
            return self

        def predict(self, X):
            return NAMES[X[:, :3].argmax(axis=1)]

    class Deciding(Plain):
        def decision_function(self, X):
            return X[:, :3]

    model = Deciding() if kind == "decision" else Plain()
    X, y = points(5, SHIFT, seed=1)
    np.testing.assert_array_equal(adapt(model, X, y, weight=0).predict(X), model.predict(X))
    assert adapt(model, X, y).score(X, y) >= model.score(X, y)


def test_bad_input(model):
    X, y = points(2)
    with pytest.raises(ValueError, match="at least two classes, got one class: fear"):
        adapt(model, X[:2], y[:2])
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        adapt(model, X, y[:5])
    with pytest.raises(ValueError, match="groups must have one label per sample, 6 in all"):
        adapt(model, X, y, [0, 1])
    with pytest.raises(ValueError, match="'weight' parameter"):
        adapt(model, X, y, weight=2)
    with pytest.raises(NotFittedError):
        adapt(LogisticRegression(), X, y)


@pytest.fixture(scope="module")
def faces():
    images, names = load_drawn_faces(n_subjects=3, n_per_class=2, return_X_y=True)
    model = make_pipeline(
        FaceCropper(margin=0.1), HOGDescriptor(), LogisticRegression(max_iter=30, tol=1.0)
    )
    return model.fit(images[:32], names[:32]), images[32:], names[32:]


def test_an_adapted_model_is_saved_with_its_crop(faces, tmp_path):
    model, images, names = faces
    adapted = adapt(model, images, names)
    assert crop_geometry(adapted) == {"size": 48, "margin": 0.1}
    save_model(adapted, tmp_path / "mine.joblib")
    loaded, card = load_model(tmp_path / "mine.joblib")
    np.testing.assert_array_equal(loaded.predict_proba(images), adapted.predict_proba(images))
    assert card["crop"] == {"size": 48, "margin": 0.1}
    assert type(loaded.model) is FrozenEstimator


def test_images_without_a_face_are_refused(faces):
    model, images, names = faces
    pictures = [*images, np.full((100, 90), 128, np.uint8)]
    with pytest.raises(NoFaceError, match="no face was found in 1 of 17 images; a person's"):
        adapt(model, pictures, [*names, "happy"])


def test_it_is_found_at_the_top():
    assert fer_classic.adapt is adapt
