import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, GroupKFold, StratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from fer_classic.utils._groups import check_groups, group_parameters


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
        (CalibratedClassifierCV(TakesGroups()), ["groups"]),
        (
            CalibratedClassifierCV(GridSearchCV(Pipeline(STEPS), {}, cv=5)),
            ["own__groups", "svm__groups"],
        ),
    ],
)
def test_which_parts_take_groups(estimator, parameters):
    assert group_parameters(estimator) == parameters


class TestCheckGroups:
    def test_identical_samples_are_a_group(self):
        images = np.zeros((4, 2, 2), np.uint8)
        images[0, 0, 0], images[1, 1, 1] = 7, 1
        assert check_groups(None, images).tolist() == [0, 1, 2, 2]
        assert check_groups(None, images.astype(float)).tolist() == [0, 1, 2, 2]
        assert check_groups(None, images.reshape(4, 4)[:, ::-1]).tolist() == [0, 1, 2, 2]

    @pytest.mark.parametrize("groups", [["b", "a", "b"], [5, -1, 5], np.array([2.5, 0, 2.5])])
    def test_labels_become_numbers(self, groups):
        assert check_groups(groups, np.zeros((3, 1))).tolist() == [0, 1, 0]

    @pytest.mark.parametrize("groups", [[1, 2], 3, [[1], [2], [3]]])
    def test_one_label_for_each_sample(self, groups):
        with pytest.raises(ValueError, match="one label per sample, 3 in all, got shape"):
            check_groups(groups, np.zeros((3, 1)))
