import numpy as np
import pytest
import sklearn
from sklearn.base import BaseEstimator
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, GroupKFold, StratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from fer_classic.classifiers import LeastSquaresSVC
from fer_classic.utils._groups import (
    check_groups,
    fit_passing_groups,
    group_parameters,
    groups_required,
    parts_with_groups,
    split_single_group,
)


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


class Wrapper(TakesGroups):
    """Passes groups on."""

    def __init__(self, model):
        self.model = model


def test_what_is_reached_through_parts_that_have_got_groups():
    step, other, lonely = TakesGroups(), TakesGroups(), TakesGroups()
    wrapper = Wrapper(Pipeline([("scale", StandardScaler()), ("step", step)]))
    wrapper.more = [wrapper, GridSearchCV(lonely, {}, cv=GroupKFold())]
    reached = list(parts_with_groups(Pipeline([("other", other), ("wrapper", wrapper)])))
    assert {id(part) for part in reached} == {
        id(part) for part in (other, wrapper, step, wrapper.more[1])
    }
    assert len(reached) == 4


class Notes(BaseEstimator):
    """Notes what its fit gets."""

    def fit(self, X, y=None, groups=None, sample_weight=None):
        self.got_ = groups, sample_weight
        return self


@pytest.mark.parametrize("routing", [False, True])
def test_groups_are_passed_with_and_without_metadata_routing(routing):
    with sklearn.config_context(enable_metadata_routing=routing):
        model = Pipeline([("nothing", "passthrough"), ("own", Notes())])
        rows, groups = np.arange(6.0).reshape(3, 2), [0, 1, 1]
        weights = {"own__sample_weight": [1, 2, 3]}
        fit_passing_groups(model, rows, None, groups, **weights)
        assert model["own"].got_ == (groups, [1, 2, 3])
        fit_passing_groups(model, rows, None, None)
        assert model["own"].got_ == (None, None)
    with sklearn.config_context(enable_metadata_routing=True):
        # Without groups, parameters go where the user has asked for them.
        model["own"].set_fit_request(sample_weight=True)
        fit_passing_groups(model, rows, None, None, sample_weight=[1, 2, 3])
    assert model["own"].got_ == (None, [1, 2, 3])


def test_a_single_group_is_split_into_identical_samples():
    rows = np.array([[1], [2], [1], [3]])
    several, one = np.array([0, 0, 1, 1]), np.zeros(4, int)
    assert split_single_group(several, rows).tolist() == [0, 0, 1, 1]
    assert split_single_group(one, rows).tolist() == [0, 1, 0, 2]
    assert split_single_group(one, np.ones((4, 1))).tolist() == [0, 1, 2, 3]


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


@pytest.mark.parametrize("missing", [None, np.nan, float("nan"), "NA of pandas"])
def test_missing_labels_are_refused(missing):
    if missing == "NA of pandas":
        missing = pytest.importorskip("pandas").NA
    groups = np.array(["a", missing, "b", missing], dtype=object)
    with pytest.raises(ValueError, match="labels of 2 of 4 samples, the first at position 1"):
        check_groups(groups, np.zeros((4, 1)))
    with pytest.raises(ValueError, match="labels of 2 of 4"), groups_required(groups):
        pass


def test_labels_that_are_not_numbers_are_refused():
    with pytest.raises(ValueError, match="labels of 1 of 2 samples, the first at position 0"):
        check_groups([np.nan, 1.0], np.zeros((2, 1)))


def test_labels_are_of_one_type():
    with pytest.raises(ValueError, match="groups must be of one type, got int, str"):
        check_groups(np.array(["a", 1], dtype=object), np.zeros((2, 1)))


def test_a_search_around_a_step_says_what_to_do():
    search = GridSearchCV(LeastSquaresSVC(), {"alpha": [0.1, 0.2]}, cv=GroupKFold(2))
    X, y = np.random.default_rng(0).normal(size=(12, 3)), ["a", "b"] * 6
    groups = np.repeat(range(6), 2)
    with groups_required(groups), pytest.raises(ValueError, match="the only step of a pipeline"):
        search.fit(X, y, groups=groups)
    inside = GridSearchCV(
        Pipeline([("model", LeastSquaresSVC())]), {"model__alpha": [0.1, 0.2]}, cv=GroupKFold(2)
    )
    with groups_required(groups):
        fit_passing_groups(inside, X, y, groups)
    assert inside.best_params_
