import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier, StackingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import GridSearchCV, GroupKFold, StratifiedGroupKFold
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC

from fer_classic.classifiers import LeastSquaresSVC
from fer_classic.exceptions import LeakageError
from fer_classic.utils._splits import check_inner_splits, check_split, group_folds

GROUPS = np.arange(24) // 2
NAMES = np.tile(["fear", "happy", "sad"], 8)
TORN = [(np.arange(1, 24), np.array([0]))]


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
    with pytest.raises(LeakageError, match="SVC calibrates its probabilities"):
        check_inner_splits(SVC(probability=True), GROUPS)


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
