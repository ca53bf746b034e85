import pytest
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, GroupKFold, StratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from fer_classic.utils._groups import group_parameters


class TakesGroups(BaseEstimator):
    def fit(self, X, y=None, groups=None):
        return self

    def transform(self, X):
        return X

    def predict(self, X):
        return X


class Sampler(BaseEstimator):
    def fit_resample(self, X, y):
        return X, y

    def fit(self, X, y, groups=None):
        return self

    def transform(self, X):
        return X


STEPS = [("scale", StandardScaler()), ("own", TakesGroups()), ("svm", TakesGroups())]


@pytest.mark.parametrize(
    ("estimator", "parameters"),
    [
        (LogisticRegression(), []),
        (TakesGroups(), ["groups"]),
        (Pipeline(STEPS), ["own__groups", "svm__groups"]),
        (
            Pipeline([("skip", "passthrough"), ("inner", Pipeline(STEPS))]),
            ["inner__own__groups", "inner__svm__groups"],
        ),
        (Pipeline([STEPS[1], ("more", Sampler()), STEPS[2]]), ["own__groups"]),
        (Pipeline([("more", Sampler()), *STEPS]), []),
        (GridSearchCV(TakesGroups(), {}, cv=StratifiedKFold()), []),
        (GridSearchCV(TakesGroups(), {}, cv=GroupKFold()), ["groups"]),
        (GridSearchCV(Pipeline(STEPS), {}, cv=5), ["own__groups", "svm__groups"]),
        (
            GridSearchCV(Pipeline(STEPS), {}, cv=GroupKFold()),
            ["groups", "own__groups", "svm__groups"],
        ),
    ],
)
def test_which_parts_take_groups(estimator, parameters):
    assert group_parameters(estimator) == parameters
