import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, GroupKFold, StratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from fer_classic.evaluation import fit_with_groups

X = np.arange(24.0).reshape(12, 2)
Y = np.tile(["fear", "happy"], 6)
GROUPS = np.arange(12) // 2


class Classifier(ClassifierMixin, BaseEstimator):
    def __init__(self, depth=1):
        self.depth = depth

    def fit(self, X, y, groups=None):
        self.classes_ = np.unique(y)
        self.groups_ = groups
        return self

    def predict(self, X):
        return np.repeat(self.classes_[:1], len(X))


class Votes(Classifier):
    def decision_function(self, X):
        return X[:, 0]


class Step(TransformerMixin, BaseEstimator):
    def fit(self, X, y=None, groups=None):
        self.groups_, self.seen_ = groups, X[:, 0]
        return self

    def transform(self, X):
        return X


def test_a_classifier_that_takes_groups():
    assert fit_with_groups(Classifier(), X, Y, GROUPS).groups_.tolist() == GROUPS.tolist()


def test_a_classifier_that_does_not():
    model = fit_with_groups(LogisticRegression(), X, Y, GROUPS)
    assert model.classes_.tolist() == ["fear", "happy"]


def test_no_groups():
    assert fit_with_groups(Classifier(), X, Y, None).groups_ is None


def test_each_model_of_a_calibration_gets_the_groups_of_its_images():
    calibration = CalibratedClassifierCV(Pipeline([("step", Step()), ("svm", Votes())]), cv=2)
    fit_with_groups(calibration, X, Y, GROUPS)
    for calibrated in calibration.calibrated_classifiers_:
        step = calibrated.estimator["step"]
        assert step.groups_.tolist() == [GROUPS[X[:, 0] == x][0] for x in step.seen_]


def test_every_step_that_takes_groups_gets_them():
    inner = Pipeline([("step", Step()), ("scale", StandardScaler())])
    model = Pipeline(
        [("nothing", "passthrough"), ("inner", inner), ("own", Step()), ("svm", Classifier())]
    )
    fit_with_groups(model, X, Y, GROUPS)
    parts = [model["inner"]["step"], model["own"], model["svm"]]
    assert [part.groups_.tolist() for part in parts] == [GROUPS.tolist()] * 3


@pytest.mark.parametrize(("cv", "whole"), [(GroupKFold(3), True), (StratifiedKFold(3), False)])
def test_a_search_and_the_pipeline_in_it(cv, whole):
    pipeline = Pipeline([("scale", StandardScaler()), ("svm", Classifier())])
    search = GridSearchCV(pipeline, {"svm__depth": [1, 2]}, cv=cv)
    fit_with_groups(search, X, Y, GROUPS)
    assert search.best_estimator_["svm"].groups_.tolist() == GROUPS.tolist()
    # Only folds over groups refuse more folds than groups, so the groups were used.
    search.set_params(cv=type(cv)(6 if whole else 5))
    few = np.zeros(12, int)
    if whole:
        with pytest.raises(ValueError, match="number of groups"):
            fit_with_groups(search, X, Y, few)
    else:
        fit_with_groups(search, X, Y, few)
