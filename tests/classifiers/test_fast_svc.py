"""The engine is a stand-in, for where it is not installed, and the real one where it is."""

import pickle
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import skops.io
from scipy.sparse import csr_array
from sklearn.calibration import CalibratedClassifierCV
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.svm import SVC

from fer_classic.classifiers import FastSVC
from fer_classic.exceptions import MissingDependencyError

RNG = np.random.default_rng(0)
Y = RNG.integers(0, 4, 120)
X = RNG.normal(size=(120, 5)) + 1.2 * np.eye(4, 5)[Y]
NAMES = np.array(["angry", "happy", "neutral", "sad"])[Y]
WEIGHTS = RNG.uniform(0.2, 3, 120)
# Rows of two classes, and of four.
SETS = {2: Y < 2, 4: np.full(120, True)}


class StandIn(SVC):
    """Solves as scikit-learn does, and tells it as scikit-learn-intelex does."""

    trained = 0

    def fit(self, X, y, sample_weight=None):
        StandIn.trained += 1
        solved = SVC(**self.get_params()).fit(X, y, sample_weight)
        # Two classes come in the order of the rows; the numbers in other types and another layout.
        order = np.argsort(solved.support_) if len(solved.classes_) == 2 else slice(None)
        self.support_ = solved.support_[order].astype(np.int64)
        self.dual_coef_ = np.asfortranarray(solved.dual_coef_[:, order])
        self.intercept_ = solved.intercept_
        self.n_iter_ = np.array([6] * len(self.intercept_))
        return self


def put_in_place(monkeypatch, svc):
    monkeypatch.setitem(sys.modules, "sklearnex.svm", SimpleNamespace(SVC=svc))


@pytest.fixture
def stand_in(monkeypatch):
    put_in_place(monkeypatch, StandIn)
    monkeypatch.setattr(StandIn, "trained", 0)


@pytest.fixture
def absent(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearnex.svm", None)


@pytest.fixture(params=["stand-in", "real"])
def engine(request):
    if request.param == "stand-in":
        request.getfixturevalue("stand_in")
    else:
        pytest.importorskip("sklearnex.svm", reason="no scikit-learn-intelex")


def test_a_machine_on_two_points(monkeypatch):
    # The widest margin is that of f(x) = x, which is 0.5 * (1 x) - 0.5 * (-1 x).
    class Solved:
        def __init__(self, **parameters):
            self.parameters = parameters

        def fit(self, X, y, weights):
            np.testing.assert_array_equal(X, [[1.0], [-1.0]])
            np.testing.assert_array_equal(y, [1, 0])
            np.testing.assert_array_equal(weights, [1, 1])
            return SimpleNamespace(
                support_=np.array([0, 1]),
                dual_coef_=np.array([[0.5, -0.5]]),
                intercept_=np.zeros(1),
                n_iter_=np.array([1]),
            )

    put_in_place(monkeypatch, Solved)
    machine = FastSVC(kernel="linear").fit([[1.0], [-1.0]], ["sad", "happy"])
    assert machine.engine_ == "intelex"
    assert machine.decision_function([[3.0], [-0.25]]) == pytest.approx([3, -0.25])
    assert list(machine.predict([[3.0], [-0.25]])) == ["sad", "happy"]
    assert machine.coef_ == pytest.approx(1)
    # Class by class: the second row is the first class.
    assert machine.support_.tolist() == [1, 0]
    assert machine.dual_coef_.tolist() == [[-0.5, 0.5]]
    assert machine.n_support_.tolist() == [1, 1]


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["alike", "weighted"])
@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"kernel": "linear", "C": 0.1},
        {"gamma": 0.3, "C": 5.0},
        {"gamma": "auto", "class_weight": "balanced"},
        {"class_weight": {"happy": 3.0}, "decision_function_shape": "ovo"},
        {"break_ties": True},
    ],
    ids=str,
)
@pytest.mark.parametrize("n_classes", SETS)
def test_it_decides_as_scikit_learn_does(engine, n_classes, parameters, weights):
    rows = SETS[n_classes]
    weights = None if weights is None else weights[rows]
    # The engines stop at different points that are as near to the solution as asked for.
    parameters = parameters | {"tol": 1e-7}
    expected = SVC(**parameters).fit(X[rows], NAMES[rows], weights)
    machine = FastSVC(engine="intelex", **parameters).fit(X[rows], NAMES[rows], weights)
    assert machine.engine_ == "intelex"
    result = machine.decision_function(X)
    np.testing.assert_allclose(result, expected.decision_function(X), atol=1e-5)
    np.testing.assert_array_equal(machine.predict(X), expected.predict(X))


@pytest.mark.parametrize("n_classes", SETS)
def test_its_state_is_that_of_scikit_learn(engine, n_classes):
    rows = SETS[n_classes]
    expected = vars(SVC(tol=1e-7).fit(X[rows], NAMES[rows]))
    state = vars(FastSVC(tol=1e-7).fit(X[rows], NAMES[rows]))
    assert state.keys() - expected.keys() == {"engine", "engine_"}
    assert expected.keys() - state.keys() == set()
    for name, value in expected.items():
        assert type(state[name]) is type(value), name
        if isinstance(value, np.ndarray):
            assert (state[name].dtype, state[name].shape) == (value.dtype, value.shape), name
            assert state[name].flags.c_contiguous, name
            if value.dtype == float:
                np.testing.assert_allclose(state[name], value, atol=1e-5, err_msg=name)
            elif name not in {"_num_iter", "n_iter_"}:
                np.testing.assert_array_equal(state[name], value, name)
        else:
            assert state[name] == value, name


@pytest.mark.parametrize("n_classes", SETS)
def test_rows_without_weight_are_as_if_left_out(engine, n_classes):
    rows = SETS[n_classes]
    weights = WEIGHTS[rows].copy()
    weights[:25] = 0
    weights[25:29] = -1
    weights[29] = np.nan
    machine = FastSVC(gamma=0.2).fit(X[rows], Y[rows], weights)
    fewer = FastSVC(gamma=0.2).fit(X[rows][30:], Y[rows][30:], weights[30:])
    np.testing.assert_array_equal(machine.support_, fewer.support_ + 30)
    np.testing.assert_array_equal(machine.decision_function(X), fewer.decision_function(X))


def test_a_class_without_weight_is_refused(engine):
    weights = np.where(NAMES == "happy", 0, WEIGHTS)
    with pytest.raises(
        ValueError, match=r"weights of all rows of the classes \['happy'\] are zero"
    ):
        FastSVC().fit(X, NAMES, weights)


@pytest.mark.parametrize("n_classes", SETS)
def test_it_is_stored_without_the_engine(engine, n_classes, monkeypatch):
    rows = SETS[n_classes]
    machine = FastSVC().fit(X[rows], NAMES[rows])
    expected = machine.decision_function(X)
    plain = machine.to_sklearn()
    assert type(plain) is SVC
    assert vars(plain).keys() == vars(SVC().fit(X, Y)).keys()
    stored = pickle.dumps(machine)
    assert b"sklearnex" not in stored
    assert b"fer_classic" not in pickle.dumps(plain)
    # Types that skops knows need no trust.
    plain = skops.io.loads(skops.io.dumps(plain))
    monkeypatch.setitem(sys.modules, "sklearnex.svm", None)
    for loaded in (pickle.loads(stored), plain):
        np.testing.assert_array_equal(loaded.decision_function(X), expected)
        np.testing.assert_array_equal(loaded.predict(X), machine.predict(X))


def test_only_fitted_machines_become_plain():
    with pytest.raises(NotFittedError):
        FastSVC().to_sklearn()


class TestWhoTrains:
    def test_without_the_extra(self, absent):
        machine = FastSVC().fit(X, NAMES)
        assert machine.engine_ == "sklearn"
        expected = SVC().fit(X, NAMES)
        np.testing.assert_array_equal(machine.decision_function(X), expected.decision_function(X))

    def test_the_extra_is_asked_for_and_absent(self, absent):
        message = r"the engine 'intelex' needs .*'sklearnex'.*fer-classic\[fast\]"
        with pytest.raises(MissingDependencyError, match=message):
            FastSVC(engine="intelex").fit(X, NAMES)

    @pytest.mark.parametrize(("name", "times"), [("auto", 1), ("intelex", 1), ("sklearn", 0)])
    def test_by_name(self, stand_in, name, times):
        machine = FastSVC(engine=name).fit(X, NAMES)
        assert machine.engine_ == ("intelex" if times else "sklearn")
        assert StandIn.trained == times

    def test_sparse_rows(self, stand_in):
        rows = csr_array(X)
        machine = FastSVC().fit(rows, NAMES)
        assert (machine.engine_, StandIn.trained) == ("sklearn", 0)
        expected = SVC().fit(rows, NAMES)
        np.testing.assert_array_equal(
            machine.decision_function(rows), expected.decision_function(rows)
        )
        with pytest.raises(
            ValueError, match=r"dense rows, got sparse ones; give it X\.toarray\(\)"
        ):
            FastSVC(engine="intelex").fit(rows, NAMES)

    def test_in_turn(self, stand_in):
        machine = FastSVC().fit(X, NAMES).set_params(engine="sklearn").fit(X[SETS[2]], Y[SETS[2]])
        expected = SVC().fit(X[SETS[2]], Y[SETS[2]])
        np.testing.assert_array_equal(machine.decision_function(X), expected.decision_function(X))


@pytest.mark.parametrize(("max_iter", "most"), [(-1, 10_000), (6, 6)])
def test_an_engine_that_gives_up_is_heard(stand_in, monkeypatch, max_iter, most):
    asked = []

    class GivesUp(StandIn):
        def fit(self, X, y, sample_weight=None):
            asked.append(self.max_iter)
            self.max_iter = -1
            super().fit(X, y, sample_weight)
            self.n_iter_[1] = asked[-1]
            return self

    put_in_place(monkeypatch, GivesUp)
    with pytest.warns(ConvergenceWarning, match=f"max_iter={max_iter}"):
        FastSVC(max_iter=max_iter).fit(X, NAMES)
    assert asked == [most]


def test_probabilities_by_calibration(engine):
    model = CalibratedClassifierCV(FastSVC(), ensemble=False).fit(X, NAMES)
    assert model.score(X, NAMES) > 0.7
    np.testing.assert_allclose(model.predict_proba(X).sum(axis=1), 1)
    assert not hasattr(FastSVC().fit(X, NAMES), "predict_proba")


@pytest.mark.parametrize(
    ("parameters", "words"),
    [({"kernel": "poly"}, "'kernel' parameter"), ({"engine": "intel"}, "'engine' parameter")],
)
def test_parameters_out_of_range(parameters, words):
    with pytest.raises(ValueError, match=words):
        FastSVC(**parameters).fit(X, NAMES)
