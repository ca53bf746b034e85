import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import train_test_split

from fer_classic.classifiers import LeastSquaresSVC
from fer_classic.classifiers._centers import fit_centers
from fer_classic.classifiers._kernels import Kernel
from fer_classic.classifiers._moving import centers_gradient, move_centers

RNG = np.random.default_rng(0)
X, CENTERS = RNG.normal(size=(40, 5)), RNG.normal(size=(6, 5))
TARGETS, WEIGHTS = RNG.normal(size=(40, 3)), RNG.uniform(0.5, 2, 40)
BLOCKS = [slice(0, 2), slice(2, 5)]


def make_kernel(kind="rbf"):
    return Kernel(kind, BLOCKS, np.array([0.3, 0.1]), np.array([0.4, 0.6]))


def objective(kernel, centers, dual, alpha):
    values, among = (kernel(rows, centers) + kernel.constant for rows in (X, centers))
    errors = (WEIGHTS[:, None] * (TARGETS - values @ dual) ** 2).sum()
    return errors + alpha * np.trace(dual.T @ among @ dual)


def differences(function, centers, step=1e-5):
    gradient = np.empty_like(centers)
    for place in np.ndindex(centers.shape):
        shift = np.zeros_like(centers)
        shift[place] = step
        gradient[place] = (function(centers + shift) - function(centers - shift)) / (2 * step)
    return gradient


@pytest.mark.parametrize("kind", ["rbf", "linear"])
def test_gradient_equals_finite_differences(kind):
    kernel, dual = make_kernel(kind), RNG.normal(size=(6, 3))
    gradient = centers_gradient(kernel, X, CENTERS, dual, TARGETS, WEIGHTS, 0.7)
    expected = differences(lambda centers: objective(kernel, centers, dual, 0.7), CENTERS)
    np.testing.assert_allclose(gradient, expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("kind", ["rbf", "linear"])
def test_at_the_best_weights_it_is_the_gradient_of_the_minimum(kind):
    kernel = make_kernel(kind)
    assert kernel.constant == (kind == "linear")
    _, dual, lowest = fit_centers(kernel.plus_constant, X, CENTERS, TARGETS, WEIGHTS, 0.7)
    np.testing.assert_allclose(lowest, objective(kernel, CENTERS, dual, 0.7), rtol=1e-9)
    gradient = centers_gradient(kernel, X, CENTERS, dual, TARGETS, WEIGHTS, 0.7)
    expected = differences(
        lambda centers: fit_centers(kernel.plus_constant, X, centers, TARGETS, WEIGHTS, 0.7)[2],
        CENTERS,
    )
    np.testing.assert_allclose(gradient, expected, rtol=1e-4, atol=1e-5)


@pytest.fixture(scope="module")
def digits():
    rows, names = load_digits(return_X_y=True)
    return train_test_split(rows.astype(np.float32) / 16, names, train_size=900, random_state=0)


def test_the_objective_falls_and_few_centers_do_more(digits):
    rows, new, names, truth = digits
    plain = LeastSquaresSVC(n_centers=25, random_state=0).fit(rows, names)
    moved = LeastSquaresSVC(n_centers=25, refine_centers=8, random_state=0).fit(rows, names)
    falls = np.diff(moved.objectives_)
    assert len(falls) == 8
    assert falls.max() <= 0
    assert moved.objectives_[-1] < 0.8 * moved.objectives_[0]
    assert moved.score(new, truth) > plain.score(new, truth) + 0.02
    again = LeastSquaresSVC(n_centers=25, refine_centers=8, random_state=0).fit(rows, names)
    np.testing.assert_array_equal(again.X_fit_, moved.X_fit_)


def test_steps_that_are_too_long_are_undone(monkeypatch):
    monkeypatch.setattr("fer_classic.classifiers._moving._RATE", 1e3)
    centers, objectives = move_centers(
        make_kernel(), X, CENTERS, TARGETS, WEIGHTS, 0.7, n_rounds=2, random_state=0
    )
    np.testing.assert_array_equal(centers, CENTERS)
    assert objectives[0] == objectives[1] == objectives[2]


def test_centers_do_not_see_the_rows_of_the_out_of_fold_scores(digits):
    rows, _, names, _ = digits
    groups = np.arange(len(rows)) // 2
    settings = {"n_centers": 25, "refine_centers": 2, "random_state": 0, "gamma": 0.1}
    model = LeastSquaresSVC(**settings).fit(rows, names, groups)
    assert len(model.oof_rows_) == len(rows) // 5
    assert (
        model.oof_rows_.tolist()
        == np.flatnonzero(np.isin(groups, groups[model.oof_rows_])).tolist()
    )
    changed = names.copy()
    changed[model.oof_rows_] = np.roll(changed[model.oof_rows_], 1)
    other = LeastSquaresSVC(**settings).fit(rows, changed, groups)
    np.testing.assert_allclose(other.X_fit_, model.X_fit_, atol=1e-4)
    left_out = (model.oof_scores_.argmax(axis=1) == names[model.oof_rows_]).mean()
    assert left_out < model.score(rows, names)


# The usual sample is left out as well.
@pytest.mark.parametrize(("n_requested", "n_left"), [(60, 0), (59, 1), (41, 14)])
def test_requested_rows_must_leave_enough_to_move_the_centers(n_requested, n_left, digits):
    rows, _, names, _ = digits
    model = LeastSquaresSVC(n_centers=20, refine_centers=2, random_state=0)
    message = f"; {n_left} of 60 rows are left, and 20 centres need at least 20"
    with pytest.raises(ValueError, match=message):
        model.fit(rows[:60], names[:60], oof_rows=np.arange(n_requested))
    with pytest.raises(NotFittedError):
        model.predict(rows)


def test_a_request_that_leaves_as_many_rows_as_centers(digits):
    rows, _, names, _ = digits
    model = LeastSquaresSVC(n_centers=20, refine_centers=2, random_state=0)
    usual = model.fit(rows[:60], names[:60]).oof_rows_
    requested = np.union1d(usual, np.setdiff1d(np.arange(60), usual)[: 40 - len(usual)])
    model.fit(rows[:60], names[:60], oof_rows=requested)
    np.testing.assert_array_equal(model.oof_rows_, requested)
    # What is not refined can score all rows.
    model.set_params(refine_centers=0).fit(rows[:60], names[:60], oof_rows=np.arange(60))
    assert len(model.oof_rows_) == 60


def test_without_probabilities_all_rows_move_the_centers(digits):
    rows, _, names, _ = digits
    model = LeastSquaresSVC(n_centers=25, refine_centers=1, probability=False, random_state=0)
    assert len(model.fit(rows, names).objectives_) == 2
    assert not hasattr(model, "oof_rows_")
    whole = model.set_params(n_centers=None).fit(rows[:50], names[:50])
    assert not hasattr(whole, "objectives_")
