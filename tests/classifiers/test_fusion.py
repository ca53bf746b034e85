import numpy as np
import pytest
import sklearn
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin, clone
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.exceptions import NotFittedError
from sklearn.feature_selection import SelectKBest
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from fer_classic.classifiers import (
    LeastSquaresSVC,
    ScoreFusion,
    TestTimeAugmentation,
    adapt,
)
from fer_classic.classifiers._pool import fit_pool
from fer_classic.datasets import load_drawn_faces
from fer_classic.evaluation import fit_with_groups
from fer_classic.faces import FaceCropper
from fer_classic.features import Flatten, HOGDescriptor
from fer_classic.persistence import load_model, save_model
from fer_classic.utils import class_scores

FACES = load_drawn_faces(n_subjects=4, n_per_class=1)
IMAGES, NAMES, PEOPLE = FACES.images, FACES.target_names[FACES.target], FACES.subjects


def hog(svm=None):
    return make_pipeline(HOGDescriptor(), svm or LeastSquaresSVC())


def pixels():
    return make_pipeline(Flatten(), LeastSquaresSVC("linear"))


def logistic():
    return LogisticRegression(max_iter=30, tol=1.0)


class Bright(ClassifierMixin, BaseEstimator):
    """Goes by the mean of an image; can hold out images, as a network does; notes its fits."""

    fits = []

    def __init__(self, held_out=()):
        self.held_out = held_out

    def fit(self, X, y, groups=None):
        self.fits.append((len(X), None if groups is None else set(groups.tolist())))
        self.classes_ = np.unique(y)
        if len(self.held_out):
            self.validation_index_ = np.asarray(self.held_out)
        return self

    def predict_proba(self, X):
        means = np.array([np.mean(image) for image in X])[:, np.newaxis] / 255
        return softmax(means * np.arange(len(self.classes_)), axis=1)

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


@pytest.fixture(autouse=True)
def no_fits(monkeypatch):
    monkeypatch.setattr(Bright, "fits", [])


@pytest.fixture(scope="module")
def parts():
    return [("hog", hog().fit(IMAGES, NAMES)), ("pixels", pixels().fit(IMAGES, NAMES))]


def test_by_default_weights_are_fitted_on_closed_form_scores():
    model = ScoreFusion([("hog", hog()), ("pixels", pixels())]).fit(IMAGES, NAMES, PEOPLE)
    assert model.out_of_sample_index_.tolist() == list(range(len(NAMES)))
    classes, codes = np.unique(NAMES, return_inverse=True)
    assert model.classes_.tolist() == classes.tolist()
    logs = []
    for part in (hog(), pixels()):
        svm = fit_with_groups(part, IMAGES, NAMES, PEOPLE)[-1]
        logs.append(np.log(softmax(svm.temperature_ * svm.oof_scores_, axis=1)))
    np.testing.assert_allclose(model.weights_, fit_pool(logs, codes)[0], rtol=1e-3)
    assert model.biases_ is None


def test_equal_weights_are_the_geometric_mean(parts):
    model = ScoreFusion(parts, weights=None)
    product = np.prod([np.sqrt(part.predict_proba(IMAGES)) for _, part in parts], axis=0)
    expected = product / product.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.predict_proba(IMAGES), expected)
    assert model.predict(IMAGES).tolist() == model.classes_[expected.argmax(axis=1)].tolist()
    again = clone(model).fit(IMAGES, NAMES)
    assert again.weights_.tolist() == [0.5, 0.5]
    np.testing.assert_allclose(again.predict_proba(IMAGES), expected)


def test_fitted_parts_are_used_as_they_are(parts):
    model = ScoreFusion(parts, weights=(1, 0), biases=np.arange(8))
    logs = np.log(parts[0][1].predict_proba(IMAGES)) + np.arange(8)
    np.testing.assert_allclose(model.predict_proba(IMAGES), softmax(logs, axis=1), rtol=1e-3)
    assert model.named_estimators_["hog"] is parts[0][1]
    with pytest.raises(NotFittedError):
        ScoreFusion(parts).predict(IMAGES)
    with pytest.raises(NotFittedError):
        ScoreFusion([("hog", hog())], weights=None).predict(IMAGES)


def test_weights_of_fitted_parts(parts):
    probabilities = [part.predict_proba(IMAGES) for _, part in parts]
    model = ScoreFusion(parts, biases="fit").fit_weights(probabilities, NAMES)
    codes = np.searchsorted(model.classes_, NAMES)
    weights, biases = fit_pool(np.log(probabilities), codes, biases=True)
    np.testing.assert_allclose(model.weights_, weights, rtol=1e-4)
    np.testing.assert_allclose(model.biases_, biases, atol=1e-4)
    given = ScoreFusion(parts, weights=weights, biases=biases)
    np.testing.assert_allclose(model.predict_proba(IMAGES), given.predict_proba(IMAGES), rtol=1e-3)


def test_what_a_network_holds_out_decides():
    held_out = np.flatnonzero(PEOPLE[-1] == PEOPLE)
    parts = [("net", TestTimeAugmentation(Bright(held_out))), ("hog", hog()), ("other", Bright())]
    model = ScoreFusion(parts).fit(IMAGES, NAMES, PEOPLE)
    assert model.out_of_sample_index_.tolist() == held_out.tolist()
    # The network once; the other one on all images, and on those that are not held out.
    numbers = np.unique(PEOPLE, return_inverse=True)[1]
    rest = set(numbers.tolist()) - {numbers[-1]}
    assert [n for n, _ in Bright.fits] == [32, 32, 24]
    assert Bright.fits[-1][1] == rest


def test_of_large_training_sets_only_some_rows_have_scores_unless_they_are_wanted():
    parts = [("net", Bright([1, 7, 31])), ("hog", hog()), ("pixels", pixels())]
    for _, part in parts[1:]:
        part[-1].set_params(oof_samples=10)
    model = ScoreFusion(parts).fit(IMAGES, NAMES)
    assert model.out_of_sample_index_.tolist() == [1, 7, 31]
    rows = model.named_estimators_["hog"][-1].oof_rows_
    assert {1, 7, 31} < set(rows)
    assert len(rows) < 32
    model = ScoreFusion([*parts[1:], ("svc", hog(logistic()))]).fit(IMAGES, NAMES)
    rows = model.named_estimators_["hog"][-1].oof_rows_
    assert len(rows) == 11
    assert model.out_of_sample_index_.tolist() == rows.tolist()


def test_folds_keep_groups_together():
    model = ScoreFusion([("bright", Bright())], cv=2).fit(IMAGES, NAMES, PEOPLE)
    (n, everyone), *folds = Bright.fits
    assert (n, len(everyone)) == (32, 4)
    assert [n for n, _ in folds] == [16, 16]
    assert not folds[0][1] & folds[1][1]
    assert model.out_of_sample_index_.tolist() == list(range(32))


class Leaky(TransformerMixin, BaseEstimator):
    """Gives the class of each row that it was fitted on, which its tags do not tell."""

    def fit(self, X, y):
        classes = np.unique(y)
        self.known_ = {x.tobytes(): classes == name for x, name in zip(X, y, strict=True)}
        self.unknown_ = np.zeros(len(classes))
        return self

    def transform(self, X):
        rows = np.ascontiguousarray(X)
        return np.array([self.known_.get(x.tobytes(), self.unknown_) for x in rows], dtype=float)


def test_labels_that_a_step_has_learned_do_not_raise_its_weight():
    y = np.random.default_rng(0).permutation(NAMES)
    part = make_pipeline(Flatten(), Leaky(), LeastSquaresSVC("linear"))
    model = ScoreFusion([("leaky", part), ("bright", Bright())], cv=4).fit(IMAGES, y)
    assert model.named_estimators_["leaky"].score(IMAGES, y) == 1
    # Of new images it knows nothing, and the weight stays where it starts.
    assert model.weights_[0] == pytest.approx(0.5)


def test_with_metadata_routing():
    model = ScoreFusion([("hog", hog()), ("pixels", pixels())])
    expected = model.fit(IMAGES, NAMES, PEOPLE).predict_proba(IMAGES)
    with sklearn.config_context(enable_metadata_routing=True):
        model.fit(IMAGES, NAMES, PEOPLE)
    np.testing.assert_array_equal(model.predict_proba(IMAGES), expected)


@pytest.mark.parametrize("part", [
    make_pipeline(Flatten(), SelectKBest(k=100), LeastSquaresSVC()),
    make_pipeline(Flatten(), Leaky(), LeastSquaresSVC()),
    hog(LeastSquaresSVC(probability=False)),
    TestTimeAugmentation(hog()),
    hog(LinearSVC()),
])  # fmt: skip
def test_parts_without_closed_form_are_fitted_in_folds(part, monkeypatch):
    fits = []
    fit = type(part).fit
    monkeypatch.setattr(
        type(part), "fit", lambda self, X, *a, **k: (fits.append(len(X)), fit(self, X, *a, **k))[1]
    )
    model = ScoreFusion([("part", part)], cv=2).fit(IMAGES, NAMES, PEOPLE)
    assert [n for n in fits if n >= 16] == [32, 16, 16]
    assert model.score(IMAGES, NAMES) > 0.5


def test_frozen_steps_and_a_single_group_leave_the_closed_form(monkeypatch):
    monkeypatch.setattr("fer_classic.classifiers._out_of_sample._by_folds", None)
    supervised = LinearDiscriminantAnalysis(n_components=2).fit(IMAGES.reshape(32, -1), NAMES)
    part = make_pipeline(Flatten(), FrozenEstimator(supervised), LeastSquaresSVC("linear"))
    model = ScoreFusion([("frozen", part), ("hog", hog())]).fit(IMAGES, NAMES, np.zeros(32))
    assert len(model.out_of_sample_index_) == 32


def test_a_frozen_part_is_not_fitted_and_sees_new_images():
    fitted = Bright(held_out=[0, 1]).fit(IMAGES, NAMES)
    Bright.fits.clear()
    model = ScoreFusion([("a", FrozenEstimator(fitted)), ("hog", hog())])
    model.fit(IMAGES, NAMES, PEOPLE)
    assert Bright.fits == []
    assert len(model.out_of_sample_index_) == 32


def test_parts_that_hold_out_other_images():
    parts = [("a", Bright([0, 1])), ("b", Bright([2, 3]))]
    with pytest.raises(ValueError, match="give them the same random_state"):
        ScoreFusion(parts).fit(IMAGES, NAMES)
    model = ScoreFusion([("a", Bright([0, 1, 4])), ("b", Bright([4, 2]))]).fit(IMAGES, NAMES)
    assert model.out_of_sample_index_.tolist() == [4]


def test_a_class_that_a_fold_lacks():
    y = np.where(np.arange(32) < 3, "sad", np.where(np.arange(32) % 2, "fear", "happy"))
    groups = np.where(y == "sad", 0, np.arange(32))
    model = ScoreFusion([("svm", hog(logistic()))], cv=2).fit(IMAGES, y, groups)
    assert model.predict_proba(IMAGES).shape == (32, 3)


def test_images_of_several_sizes_and_copies_of_images():
    crop = FaceCropper(None)
    portraits = [np.pad(image, 2 * (k % 3), mode="edge") for k, image in enumerate(IMAGES)]
    parts = [("svm", make_pipeline(crop, hog())), ("bright", make_pipeline(crop, Bright()))]
    model = ScoreFusion(parts, cv=2).fit(portraits + portraits, np.tile(NAMES, 2))
    assert model.predict(portraits).shape == (32,)
    # A fold holds both copies of an image, or none.
    assert all(len(groups) == n / 2 for n, groups in Bright.fits)


def test_a_certain_part_can_be_outvoted():
    model = ScoreFusion([("a", Bright().fit(IMAGES, NAMES[:8]))] * 2, weights=None)
    sure = np.full((2, 1, 8), -1e9)
    sure[0, 0, 0] = sure[1, 0, 1] = 0
    sure[1, 0, 0] = np.log(1e-3)
    with pytest.raises(ValueError, match="not unique"):
        model.join(sure)
    model.set_params(estimators=[("a", model.estimators[0][1]), ("b", model.estimators[0][1])])
    assert np.exp(model.join(sure))[0].argmax() == 0


def test_it_is_searched_cloned_and_adapted(parts):
    model = ScoreFusion([("hog", hog()), ("pixels", pixels())], weights=None)
    model.set_params(hog__leastsquaressvc__alpha=0.7, weights=(1, 2))
    assert clone(model).get_params()["hog__leastsquaressvc__alpha"] == 0.7
    assert cross_val_score(model, IMAGES, NAMES, cv=2, error_score="raise").shape == (2,)
    adapted = adapt(ScoreFusion(parts, weights=None), IMAGES[:16], NAMES[:16])
    assert len(adapted.coef_) == HOGDescriptor().fit_transform(IMAGES).shape[1] + 48 * 48


@pytest.mark.parametrize("fitted", [True, False])
def test_a_model_file(fitted, parts, tmp_path):
    model = ScoreFusion(parts, weights=[1.0, 0.5])
    if fitted:
        model = ScoreFusion([("hog", hog()), ("pixels", pixels())], biases="fit")
        model.fit(IMAGES, NAMES, PEOPLE)
    save_model(model, tmp_path / "model.joblib")
    loaded = load_model(tmp_path / "model.joblib").model
    np.testing.assert_array_equal(class_scores(loaded, IMAGES)[0], model.predict_proba(IMAGES))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"estimators": []}, "at least one"),
        ({"estimators": [hog()]}, "pairs of a name and a classifier"),
        ({"estimators": [("a", hog()), ("a", hog())]}, "not unique"),
        ({"estimators": [("weights", hog())]}, "conflict with constructor"),
        ({"weights": "equal"}, "'weights' parameter"),
        ({"weights": (1, 2)}, "weights must be 1 finite numbers"),
        ({"weights": (-1,)}, "must not be negative"),
        ({"weights": (0,)}, "nor all 0"),
        ({"weights": (np.nan,)}, "finite"),
        ({"weights": None, "biases": "fit"}, "both be given, or both be 'fit'"),
        ({"biases": np.zeros(8)}, "both be given, or both be 'fit'"),
        ({"weights": None, "biases": (1, 2)}, "biases must be 8 finite numbers"),
        ({"cv": 1}, "'cv' parameter"),
    ],
)
def test_wrong_parameters(parameters, message):
    with pytest.raises(ValueError, match=message):
        ScoreFusion([("a", Bright())]).set_params(**parameters).fit(IMAGES, NAMES)
    assert not Bright.fits


@pytest.mark.parametrize(
    ("names", "groups", "message"),
    [
        (np.full(32, "sad"), None, "at least two classes, got one class: 'sad'"),
        (NAMES[:5], None, "inconsistent numbers of samples"),
        (NAMES, np.zeros(32), "cannot be fitted on 1 group"),
        (NAMES, PEOPLE[:3], "one label per sample, 32 in all"),
    ],
)
def test_wrong_labels_and_groups(names, groups, message):
    with pytest.raises(ValueError, match=message):
        ScoreFusion([("a", Bright())]).fit(IMAGES, names, groups)


def test_wrong_probabilities_and_classes(parts):
    model = ScoreFusion(parts)
    probabilities = [part.predict_proba(IMAGES) for _, part in parts]
    with pytest.raises(ValueError, match=r"\(2, 5, 8\); got shape \(2, 32, 8\)"):
        model.fit_weights(probabilities, NAMES[:5])
    for wrong in (np.nan, -0.1, 1.1):
        with pytest.raises(ValueError, match="must lie between 0 and 1"):
            model.fit_weights([probabilities[0], np.full((32, 8), wrong)], NAMES)
    with pytest.raises(ValueError, match=r"do not know \['bored'\]"):
        model.fit_weights(probabilities, np.where(NAMES == "sad", "bored", NAMES))
    with pytest.raises(ValueError, match="the weights are given"):
        ScoreFusion(parts, weights=None).fit_weights(probabilities, NAMES)
    with pytest.raises(NotFittedError):
        ScoreFusion([("a", hog())]).fit_weights(probabilities[:1], NAMES)
    two = np.isin(NAMES, ["happy", "sad"])
    other = ("two", pixels().fit(IMAGES[two], NAMES[two]))
    with pytest.raises(ValueError, match="the classes of 'two' are"):
        ScoreFusion([parts[0], other], weights=None).predict(IMAGES)
    with pytest.raises(ValueError, match="the classes of 'a' are"):
        ScoreFusion([("a", FrozenEstimator(other[1]))], weights=None).fit(IMAGES, NAMES)
