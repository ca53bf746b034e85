from unittest.mock import ANY

import pytest
from sklearn import config_context
from sklearn.base import BaseEstimator, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import StackingClassifier, VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from fer_classic.utils._parts import model_parts

X = [[0.0, 1.0], [1.0, 3.0], [2.0, 0.0], [3.0, 5.0], [4.0, 1.0], [5.0, 2.0]]
Y = ["sad", "happy"] * 3


class Holder(BaseEstimator):
    """Holds any object; its fit does nothing."""

    def __init__(self, held, more=None):
        self.held = held
        self.more = more

    def fit(self, X, y=None):
        return self


class Slotted:
    __slots__ = ()


def kinds(model):
    return [type(part).__name__ for part in model_parts(model)]


@pytest.fixture
def scale():
    return StandardScaler()


@pytest.mark.parametrize(
    "hold",
    [
        lambda part: part,
        lambda part: [1, part],
        lambda part: (part, None),
        lambda part: [("name", part)],
        lambda part: [("name", part, ["column"])],
        lambda part: {"name": part},
    ],
    ids=["itself", "list", "tuple", "pairs", "triples", "dict"],
)
def test_every_way_to_hold_an_estimator(hold, scale):
    model = Holder("passthrough", hold(scale))
    assert list(model_parts(model)) == [model, scale]


@pytest.mark.parametrize(
    "held", [None, "drop", StandardScaler, [["x"]], {"a": [1]}, 3.0, Slotted()]
)
def test_what_is_no_estimator(held):
    assert kinds(Holder(held)) == ["Holder"]
    assert list(model_parts(held)) == [held]


def test_a_metadata_request_is_no_estimator():
    with config_context(enable_metadata_routing=True):
        model = LogisticRegression().set_fit_request(sample_weight=True)
        assert list(model_parts(Holder(model))) == [ANY, model]


def test_each_object_comes_once_and_circles_end(scale):
    model = Holder([scale, Holder(scale)])
    model.more = model
    assert kinds(model) == ["Holder", "StandardScaler", "Holder"]


def test_nested_steps_in_their_order():
    union = FeatureUnion([("a", StandardScaler()), ("b", make_pipeline(MinMaxScaler()))])
    model = Pipeline([("skip", "passthrough"), ("union", union), ("end", LogisticRegression())])
    expected = ["Pipeline", "FeatureUnion", "StandardScaler", "Pipeline", "MinMaxScaler"]
    assert kinds(model) == [*expected, "LogisticRegression"]


def scaled(C=1.0):
    return make_pipeline(StandardScaler(), LogisticRegression(C=C))


@pytest.mark.parametrize(
    ("model", "n_fitted"),
    [
        (scaled(), 1),
        (GridSearchCV(scaled(), {"logisticregression__C": [1, 2]}, cv=2), 1),
        (CalibratedClassifierCV(scaled(), cv=3), 3),
        (CalibratedClassifierCV(scaled(), cv=3, ensemble=False), 1),
        (CalibratedClassifierCV(FrozenEstimator(scaled().fit(X, Y)), cv=2), 1),
        (VotingClassifier([("a", scaled()), ("b", scaled())]), 2),
        (StackingClassifier([("a", scaled())], cv=2), 1),
        (make_pipeline(ColumnTransformer([("a", StandardScaler(), [0])]), LogisticRegression()), 1),
    ],
    ids=["pipeline", "search", "folds", "one", "frozen", "voting", "stacking", "columns"],
)
def test_only_what_was_fitted_of_a_fitted_model(model, n_fitted):
    unfitted = clone(model)
    scalers = [part for part in model_parts(model.fit(X, Y)) if isinstance(part, StandardScaler)]
    assert len(scalers) == n_fitted
    assert all(hasattr(scaler, "mean_") for scaler in scalers)
    assert "StandardScaler" in kinds(unfitted)


def test_what_the_next_fit_fits():
    model = GridSearchCV(scaled(), {"logisticregression__C": [1]}, cv=2).fit(X, Y)
    replaced = StandardScaler()
    model.set_params(estimator=replaced)
    assert replaced not in model_parts(model)
    assert list(model_parts(model, fitted=False)) == [model, replaced]


def test_a_fitted_model_that_is_held_with_a_fitted_helper():
    model = Holder(StandardScaler().fit(X), StandardScaler())
    model.encoder_ = MinMaxScaler().fit(X)
    assert list(model_parts(model)) == [model, model.encoder_, model.held]
