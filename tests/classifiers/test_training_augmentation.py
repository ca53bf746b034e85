import numpy as np
import pytest
import sklearn
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import VotingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedGroupKFold
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC, LinearSVC
from sklearn.utils.estimator_checks import parametrize_with_checks

from fer_classic.classifiers import LeastSquaresSVC, TrainingAugmentation
from fer_classic.classifiers._training_augmentation import _ORDER, PRESETS
from fer_classic.datasets import load_drawn_faces
from fer_classic.evaluation import fit_with_groups
from fer_classic.exceptions import LeakageError
from fer_classic.faces import FaceCropper
from fer_classic.features import Flatten, HOGDescriptor
from fer_classic.utils import DISTURBANCES

IMAGES, NAMES = load_drawn_faces(n_subjects=3, n_per_class=2, return_X_y=True)
IMAGES = FaceCropper(None, size=32).fit_transform(IMAGES)
N = len(IMAGES)
UNITS = np.arange(N) // 2


class Recorder(ClassifierMixin, BaseEstimator):
    """Keeps what it is fitted on, and answers the first class."""

    def fit(self, X, y, groups=None, sample_weight=None, fast=False):
        self.classes_ = np.unique(y)
        self.seen_ = X, y, groups, sample_weight, fast
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[0])


def seen(X=IMAGES, y=NAMES, *, fit=None, **parameters):
    model = TrainingAugmentation(Recorder(), random_state=0, **parameters)
    return model.fit(X, y, **(fit or {})).model_.seen_


def test_images_come_first_and_then_their_copies():
    weights = np.arange(N)
    fit = {"groups": UNITS, "sample_weight": weights, "fast": True}
    X, y, groups, sample_weight, fast = seen(n_copies=2, fit=fit)
    np.testing.assert_array_equal(X[:N], IMAGES)
    first, second = X[N : 2 * N], X[2 * N :]
    assert np.mean((first != IMAGES).any(axis=(1, 2))) > 0.8
    assert np.mean((first != second).any(axis=(1, 2))) > 0.9
    np.testing.assert_array_equal(y, np.tile(NAMES, 3))
    np.testing.assert_array_equal(groups, np.tile(UNITS, 3))
    np.testing.assert_array_equal(sample_weight, np.tile(weights, 3))
    assert fast


def test_identical_images_are_one_group_with_their_copies():
    images = np.concatenate([IMAGES[:3], IMAGES[:2]])
    groups = seen(images, NAMES[:5])[2]
    np.testing.assert_array_equal(groups, [0, 1, 2, 0, 1] * 2)


@pytest.mark.parametrize("n_copies", [1, 2])
def test_a_single_group_is_split_into_images_with_their_copies(n_copies):
    images = np.concatenate([IMAGES[:3], IMAGES[:2]])
    one = {"groups": np.full(5, 7)}
    groups = seen(images, NAMES[:5], n_copies=n_copies, fit=one)[2]
    np.testing.assert_array_equal(groups, [0, 1, 2, 0, 1] * (1 + n_copies))
    # Models split a single group themselves, if they have to.
    assert seen(images, NAMES[:5], n_copies=0, fit=one)[2].tolist() == [0] * 5


def test_probabilities_of_a_single_group_are_not_calibrated_on_copies():
    usual, one = (
        TrainingAugmentation(pipeline(), random_state=0, max_strength=0.3).fit(
            IMAGES, NAMES, groups=groups
        )
        for groups in (None, np.zeros(N))
    )
    np.testing.assert_array_equal(one.oof_scores_, usual.oof_scores_)
    assert one.temperature_ == usual.temperature_


def test_a_fit_that_fails_leaves_no_earlier_model():
    model = TrainingAugmentation(Recorder()).fit(IMAGES, NAMES)
    with pytest.raises(ValueError, match="floating images hold 0 to 1"):
        model.fit(IMAGES[:3] * 1.0, NAMES[:3])
    with pytest.raises(NotFittedError, match="TrainingAugmentation"):
        model.predict(IMAGES)


def test_a_part_of_the_images_has_copies():
    X, y, groups, _, _ = seen(n_copies=1.25, fit={"groups": np.arange(N)})
    assert len(X) == len(y) == 2 * N + N // 4
    assert len(np.unique(groups[2 * N :])) == N // 4
    np.testing.assert_array_equal(y, NAMES[groups])


def test_without_copies_the_model_sees_the_images():
    X, y, _, _, _ = seen(n_copies=0)
    assert X.shape == IMAGES.shape
    np.testing.assert_array_equal(y, NAMES)


def test_copies_are_determined_by_the_seed_and_do_not_touch_the_images():
    before = IMAGES.copy()
    np.testing.assert_array_equal(seen()[0], seen()[0])
    np.testing.assert_array_equal(IMAGES, before)


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.uint16, np.int64, np.float32, np.float64])
def test_copies_have_the_dtype_and_range_of_the_images(dtype):
    white = {"bool": 1, "uint16": 65535, "float32": 1, "float64": 1}.get(np.dtype(dtype).name, 255)
    images = (IMAGES[:8] / 255 * white).round(0 if dtype is bool else 6).astype(dtype)
    X = seen(images, NAMES[:8])[0]
    assert X.dtype == dtype
    copies = X[8:].astype(float)
    assert 0.5 * white < copies.max() <= white
    assert abs(copies.mean() / images.mean() - 1) < 0.3


def test_a_disturbance_is_applied_as_often_as_asked():
    X = seen(augment={"darkness": 0.5}, n_copies=3, max_strength=1.0)[0]
    brightness = X[N:].mean(axis=(1, 2)) / np.tile(IMAGES.mean(axis=(1, 2)), 3)
    assert 0.35 < np.mean(brightness < 0.99) < 0.65
    assert brightness.min() < 0.3
    weak = seen(augment={"darkness": 1.0}, n_copies=3, max_strength=0.2)[0]
    brightness = weak[N:].mean(axis=(1, 2)) / np.tile(IMAGES.mean(axis=(1, 2)), 3)
    assert 0.8 < brightness.min() < 0.9


def test_each_disturbance_has_its_place_and_its_probability():
    assert sorted(_ORDER) == sorted(DISTURBANCES) == sorted(PRESETS["camera"])
    np.testing.assert_array_equal(seen(augment={})[0], np.tile(IMAGES, (2, 1, 1)))


def test_flat_rows_reach_the_model_as_rows():
    rows = IMAGES.reshape(N, -1)
    X = seen(rows, image_shape=(32, 32))[0]
    np.testing.assert_array_equal(X, seen()[0].reshape(2 * N, -1))


def pipeline(svm=None):
    return make_pipeline(HOGDescriptor(), svm or LeastSquaresSVC(alpha=0.2))


def test_out_of_fold_scores_are_those_of_the_images_and_saw_no_copy():
    model = fit_with_groups(TrainingAugmentation(pipeline(), random_state=0), IMAGES, NAMES, UNITS)
    np.testing.assert_array_equal(model.oof_rows_, np.arange(N))
    assert model.oof_scores_.shape == (N, len(model.classes_))
    assert model.temperature_ == model.model_[-1].temperature_
    # Fitted without a group and its copies; the kernel and the mean target stay those of all.
    X = model.model_[0].transform(
        TrainingAugmentation(Recorder(), random_state=0).fit(IMAGES, NAMES).model_.seen_[0]
    )
    svm, kept = model.model_[-1], np.tile(UNITS, 2) != 5
    targets = np.where(np.tile(NAMES, 2)[:, None] == svm.classes_, 1.0, -1.0) - svm.intercept_
    kernel = svm._make_kernel("rbf", svm.gamma_)
    dual = np.linalg.solve(kernel(X[kept], X[kept]) + 0.2 * np.eye(kept.sum()), targets[kept])
    expected = kernel(X[:N][UNITS == 5], X[kept]) @ dual + svm.intercept_
    np.testing.assert_allclose(model.oof_scores_[UNITS == 5], expected, atol=1e-3)


def test_predictions_are_those_of_the_fitted_model():
    model = TrainingAugmentation(pipeline(), random_state=0).fit(IMAGES, NAMES)
    inner = model.model_
    np.testing.assert_array_equal(model.predict(IMAGES), inner.predict(IMAGES))
    np.testing.assert_array_equal(model.predict_proba(IMAGES), inner.predict_proba(IMAGES))
    np.testing.assert_array_equal(model.decision_function(IMAGES), inner.decision_function(IMAGES))
    np.testing.assert_array_equal(model.classes_, inner.classes_)
    probabilities = softmax(model.temperature_ * model.oof_scores_, axis=1)
    assert probabilities.shape == (N, 8)


def test_what_the_model_lacks_is_not_there():
    model = TrainingAugmentation(make_pipeline(Flatten(), LinearSVC()))
    assert not hasattr(model, "predict_proba")
    assert hasattr(model, "decision_function")
    assert not hasattr(model, "oof_rows_")
    with pytest.raises(NotFittedError, match="TrainingAugmentation"):
        model.predict(IMAGES)


def test_copies_help_on_disturbed_images():
    parameters = {"augment": {"blur": 1.0}, "n_copies": 2, "random_state": 0}
    blurred = TrainingAugmentation(Recorder(), **(parameters | {"random_state": 1, "n_copies": 1}))
    blurred = blurred.fit(IMAGES, NAMES).model_.seen_[0][N:]
    plain = pipeline().fit(IMAGES, NAMES)
    model = TrainingAugmentation(pipeline(), **parameters).fit(IMAGES, NAMES)
    assert model.score(blurred, NAMES) > plain.score(blurred, NAMES)


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (GridSearchCV(pipeline(), {"leastsquaressvc__alpha": [0.2]}, cv=3), "folds of its own"),
        (
            make_pipeline(HOGDescriptor(), CalibratedClassifierCV(LinearSVC(), cv=3)),
            "CalibratedClassifierCV has folds",
        ),
        (make_pipeline(HOGDescriptor(), MLPClassifier(early_stopping=True)), "early stopping"),
        (VotingClassifier([("a", pipeline())]), "LeastSquaresSVC holds out .* gets no groups"),
        (VotingClassifier([("a", pipeline())], n_jobs=2), "LeastSquaresSVC holds out"),
    ],
)
def test_splits_that_separate_images_from_their_copies_are_refused(model, reason):
    with pytest.raises(LeakageError, match=f"TrainingAugmentation: .*{reason}.*put around it"):
        TrainingAugmentation(model).fit(IMAGES, NAMES)


def test_what_is_made_in_a_fit_must_get_groups_too():
    class Forgetful(Recorder):
        def fit(self, X, y, groups=None):
            LeastSquaresSVC().fit(X.reshape(len(X), -1), y)
            return super().fit(X, y)

    with pytest.raises(LeakageError, match="a step holds out training images"):
        TrainingAugmentation(Forgetful()).fit(IMAGES, NAMES)


def test_with_metadata_routing():
    model = TrainingAugmentation(pipeline(), random_state=0)
    expected = model.fit(IMAGES, NAMES, groups=UNITS).predict_proba(IMAGES)
    with sklearn.config_context(enable_metadata_routing=True):
        model.fit(IMAGES, NAMES, groups=UNITS)
    np.testing.assert_array_equal(model.predict_proba(IMAGES), expected)


def test_searches_with_groups():
    grid = {"leastsquaressvc__alpha": [0.2]}
    search = GridSearchCV(pipeline(), grid, cv=StratifiedGroupKFold(2))
    model = TrainingAugmentation(search, random_state=0).fit(IMAGES, NAMES, groups=UNITS)
    assert model.predict(IMAGES).shape == (N,)
    around = GridSearchCV(
        TrainingAugmentation(pipeline(), random_state=0), {"max_strength": [0.3, 1.0]}, cv=2
    )
    assert around.fit(IMAGES, NAMES).best_estimator_.n_images_ == N


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_copies": -1}, "'n_copies' parameter"),
        ({"max_strength": 0}, "'max_strength' parameter"),
        ({"augment": "full"}, "'augment' parameter"),
        ({"augment": {"blurr": 0.5}}, "no disturbance 'blurr'; it has 'scale', "),
        ({"augment": {"blur": 1.5}}, "probability of 'blur' must be a number from 0 to 1, got 1.5"),
    ],
)
def test_wrong_parameters(parameters, message):
    with pytest.raises(ValueError, match=message):
        seen(**parameters)


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (list(IMAGES[:2]) + [IMAGES[0][:9]], "images of several sizes; put FaceCropper before it"),
        (IMAGES[:3] * 1.0, "floating images hold 0 to 1"),
        (IMAGES[:2], "inconsistent numbers of samples"),
    ],
)
def test_wrong_images(images, message):
    with pytest.raises(ValueError, match=message):
        seen(images, NAMES[:3])


# Copies of lines of plain numbers mean nothing.
@parametrize_with_checks(
    [TrainingAugmentation(LogisticRegression(), n_copies=0, image_shape=(1, -1))]
)
def test_checks_of_scikit_learn(estimator, check):
    check(estimator)


def test_it_is_cloned_with_its_parameters():
    model = TrainingAugmentation(SVC(), n_copies=3, augment={"blur": 0.5})
    assert clone(model).get_params()["augment"] == {"blur": 0.5}
