import importlib.util

import numpy as np
import pytest
from scipy.stats import expon
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    BaggingClassifier,
    HistGradientBoostingClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_selection import SelectKBest
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    RandomizedSearchCV,
    StratifiedGroupKFold,
)
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, NuSVC

from fer_classic.base import ImageDescriptor
from fer_classic.classifiers import (
    AdaptedClassifier,
    LeastSquaresSVC,
    ScoreFusion,
    TestTimeAugmentation,
    TrainingAugmentation,
)
from fer_classic.exceptions import LeakageError
from fer_classic.faces import FaceCropper
from fer_classic.features import HOGDescriptor, ReducedFeatures, SymmetricFeatures
from fer_classic.neural import CNNClassifier
from fer_classic.recipes import list_recipes, make_recipe
from fer_classic.utils._splits import check_inner_splits, check_split, group_folds, ignore_labels

GROUPS = np.arange(24) // 2
NAMES = np.tile(["fear", "happy", "sad"], 8)
TORN = [(np.arange(1, 24), np.array([0]))]
# More combinations than are checked one by one.
MANY = {"svm__C": np.arange(1, 100), "svm__tol": np.arange(1, 100) / 1000}


class OwnSVC(SVC):
    """A subclass has the same folds."""


class TestCheckSplit:
    def test_independent_parts(self):
        check_split(np.arange(4), np.arange(4, 24), GROUPS)

    def test_an_image_on_both_sides(self):
        with pytest.raises(LeakageError, match="fold 3 has 2 images on both sides, such as 4"):
            check_split([0, 1, 4, 5], [4, 5, 6, 7], GROUPS, what="fold 3")

    def test_a_group_on_both_sides(self):
        with pytest.raises(LeakageError, match="tears 2 groups apart: 3 of 5 held-out images"):
            check_split([0, 2], [1, 3, 3, 6, 7], GROUPS)


@pytest.mark.parametrize("seed", [None, 0])
def test_folds_of_whole_groups(seed):
    folds = group_folds(NAMES, GROUPS, 4, seed=seed)
    assert sorted(k for _, test in folds for k in test) == list(range(24))
    for train, test in folds:
        assert not set(GROUPS[train]) & set(GROUPS[test])


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (GridSearchCV(DummyClassifier(), {}, cv=5), "folds of its own .cv=5."),
        (CalibratedClassifierCV(DummyClassifier()), "folds of its own .cv=None."),
        (StackingClassifier([("dummy", DummyClassifier())]), "cv=None"),
        (MLPClassifier(early_stopping=True), "holds out images for early stopping"),
        (SGDClassifier(early_stopping=True), "holds out images for early stopping"),
        (CalibratedClassifierCV(DummyClassifier(), cv=TORN), "tears 1 groups apart"),
        (GridSearchCV(LeastSquaresSVC(), {}, cv=3), "GridSearchCV has folds"),
    ],
)
def test_splits_that_tear_groups_apart_are_refused(model, reason):
    with pytest.raises(LeakageError, match=reason):
        check_inner_splits(Pipeline([("inner", Pipeline([("model", model)]))]), GROUPS)
    check_inner_splits(model, np.arange(24))  # nothing depends on anything


def test_probabilities_of_an_svm_are_refused():
    for kind in (SVC, NuSVC, OwnSVC):
        with pytest.raises(LeakageError, match="SVC calibrates its probabilities"):
            check_inner_splits(kind(probability=True), GROUPS)


@pytest.mark.parametrize(
    "model",
    [
        LogisticRegression(),
        SVC(),
        LeastSquaresSVC("auto", alpha="auto"),
        MLPClassifier(),
        HistGradientBoostingClassifier(),  # stops early from 10,000 images on
        GridSearchCV(DummyClassifier(), {}, cv=GroupKFold(3)),
        CalibratedClassifierCV(
            DummyClassifier(), cv=list(StratifiedGroupKFold(3).split(NAMES, NAMES, GROUPS))
        ),
        CalibratedClassifierCV(FrozenEstimator(DummyClassifier())),
        FrozenEstimator(GridSearchCV(DummyClassifier(), {}, cv=5)),
    ],
)
def test_splits_that_keep_groups_whole(model):
    check_inner_splits(Pipeline([("model", model)]), GROUPS)


def vote(model):
    return VotingClassifier([("a", model)])


def reduced(model):
    return make_pipeline(StandardScaler(), model)


@pytest.mark.parametrize(
    "model",
    [
        vote(LeastSquaresSVC()),
        VotingClassifier([("a", LeastSquaresSVC(probability=False, alpha="auto"))], n_jobs=2),
        BaggingClassifier(reduced(LeastSquaresSVC()), n_jobs=2),
        vote(TestTimeAugmentation(reduced(LeastSquaresSVC()))),
        vote(TrainingAugmentation(LogisticRegression())),
        vote(ScoreFusion([("a", LogisticRegression())])),
        TestTimeAugmentation(vote(LeastSquaresSVC())),
        GridSearchCV(LeastSquaresSVC(), {}, cv=GroupKFold()),
        SymmetricFeatures(CNNClassifier()),
        FeatureUnion([("cnn", CNNClassifier())]),
    ],
)
def test_what_holds_out_images_and_gets_no_groups_is_refused(model):
    with pytest.raises(LeakageError, match="holds out training images and gets no groups"):
        check_inner_splits(Pipeline([("model", model)]), GROUPS)
    check_inner_splits(model, np.arange(24))


@pytest.mark.parametrize(
    "model",
    [
        vote(LeastSquaresSVC(probability=False)),
        vote(CNNClassifier(validation_fraction=None)),
        vote(TestTimeAugmentation(LogisticRegression())),
        vote(FrozenEstimator(LeastSquaresSVC())),
        TestTimeAugmentation(reduced(LeastSquaresSVC())),
        TrainingAugmentation(TestTimeAugmentation(reduced(CNNClassifier()))),
        AdaptedClassifier(LeastSquaresSVC()),
        ScoreFusion([("a", reduced(LeastSquaresSVC())), ("b", LeastSquaresSVC())]),
        GridSearchCV(reduced(LeastSquaresSVC()), {}, cv=GroupKFold()),
        CalibratedClassifierCV(
            LeastSquaresSVC(), cv=list(GroupKFold(2).split(NAMES, NAMES, GROUPS))
        ),
    ],
)
def test_what_gets_groups_or_holds_out_nothing(model):
    check_inner_splits(Pipeline([("model", model)]), GROUPS)


@pytest.mark.parametrize("name", list_recipes())
def test_no_recipe_is_refused(name):
    if name.endswith("smote") and importlib.util.find_spec("imblearn") is None:
        pytest.skip("imbalanced-learn is not installed")
    check_inner_splits(make_recipe(name), GROUPS)
    check_inner_splits(TestTimeAugmentation(make_recipe(name)), GROUPS)


def test_a_fitted_model_is_checked_for_what_the_next_fit_fits():
    images = np.random.default_rng(0).random((24, 6, 6))
    model = TestTimeAugmentation(make_pipeline(FaceCropper(None), HOGDescriptor(), SVC()))
    model.fit((images * 255).astype(np.uint8), NAMES)
    check_inner_splits(model, GROUPS)
    with pytest.raises(LeakageError, match="early stopping"):
        check_inner_splits(model.set_params(model=MLPClassifier(early_stopping=True)), GROUPS)


@pytest.mark.parametrize(
    ("grid", "reason"),
    [
        ({"svm__probability": [False, True]}, "SVC calibrates"),
        ([{"svm__C": [1]}, {"svm": [vote(LeastSquaresSVC())]}], "LeastSquaresSVC holds out"),
        ({"svm": [LeastSquaresSVC(probability=False)], "svm__alpha": [0.2, "auto"]}, ""),
        ({"svm__C": [1, 2]}, ""),
    ],
)
def test_what_a_search_would_set(grid, reason):
    model = GridSearchCV(Pipeline([("svm", SVC())]), grid, cv=GroupKFold())
    if reason:
        with pytest.raises(LeakageError, match=reason):
            check_inner_splits(TestTimeAugmentation(model), GROUPS)
    else:
        check_inner_splits(model, GROUPS)


@pytest.mark.parametrize(
    ("lists", "reason"),
    [
        ({"svm__probability": [True], "svm__C": expon()}, "SVC calibrates"),
        ([{"svm__C": [1]}, {"svm": [SGDClassifier(early_stopping=True)]}], "early stopping"),
        ({"svm__probability": [False, True]} | MANY, "SVC calibrates"),
        (MANY, ""),
        ({"svm__C": expon()}, ""),
    ],
)
def test_what_a_randomized_search_would_set(lists, reason):
    model = RandomizedSearchCV(Pipeline([("svm", SVC())]), lists, n_iter=1, cv=GroupKFold())
    if reason:
        with pytest.raises(LeakageError, match=reason):
            check_inner_splits(model, GROUPS)
    else:
        check_inner_splits(model, GROUPS)


class ClassMeans(TransformerMixin, BaseEstimator):
    """Learns from labels, which its tags do not tell."""

    def fit(self, X, y):
        self.means_ = np.array([X[y == name].mean(axis=0) for name in np.unique(y)])
        return self

    def transform(self, X):
        return X @ self.means_.T


class Scaler(StandardScaler):
    """May do what it likes."""


class Bright(ImageDescriptor):
    """Learns nothing."""


class Supervised(Bright):
    def fit(self, X, y):
        return self


class SupervisedAtOnce(Bright):
    def fit_transform(self, X, y):
        return X


@pytest.mark.parametrize(
    ("step", "ignored"),
    [
        (None, True),
        ("passthrough", True),
        (FaceCropper(), True),
        (SymmetricFeatures(FeatureUnion([("a", HOGDescriptor()), ("b", HOGDescriptor())])), True),
        (ReducedFeatures(HOGDescriptor(), make_pipeline(StandardScaler(), PCA())), True),
        (FrozenEstimator(make_pipeline(ClassMeans())), True),
        (Bright(), True),
        (make_pipeline(PCA(), ClassMeans()), False),
        (SymmetricFeatures(ClassMeans()), False),
        (Supervised(), False),
        (SupervisedAtOnce(), False),
        (Scaler(), False),
        (CNNClassifier(), False),
        (SelectKBest(), False),
        (LinearDiscriminantAnalysis(), False),
    ],
)
def test_steps_that_are_known_to_ignore_labels(step, ignored):
    assert ignore_labels([StandardScaler(), step]) == ignored
