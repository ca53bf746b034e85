import numpy as np
import pytest
from sklearn.datasets import load_digits, make_blobs
from sklearn.model_selection import train_test_split

from fer_classic.classifiers import LeastSquaresSVC, _landmarks
from fer_classic.classifiers._centers import (
    choose_centers,
    fit_centers,
    oof_residuals_of_centers,
)

pytestmark = pytest.mark.portability


@pytest.fixture
def problem():
    X, y = make_blobs(60, n_features=4, centers=3, cluster_std=4.0, random_state=0)
    targets = np.where(y[:, np.newaxis] == np.arange(3), 1.0, -1.0)
    weights = np.where(y == 0, 2.0, 0.5)
    return X, targets, weights


def kernel(A, B):
    return np.exp(-0.02 * ((A[:, np.newaxis] - B) ** 2).sum(axis=-1))


@pytest.mark.parametrize("block", [7, 1024])
def test_all_rows_as_landmarks_are_the_whole_machine(block, problem, monkeypatch):
    monkeypatch.setattr(_landmarks, "_BLOCK", block)
    X, targets, weights = problem
    _, dual = fit_centers(kernel, X, X, targets, weights, 0.3)
    K = kernel(X, X)
    expected = K @ np.linalg.solve(K + np.diag(0.3 / weights), targets)
    np.testing.assert_allclose(K @ dual, expected, atol=1e-5)


def test_left_out_residuals_are_those_of_a_machine_that_was_not_given_the_group(problem):
    X, targets, weights = problem
    landmarks = X[::4]
    groups = np.arange(60) // 3
    factor, dual = fit_centers(kernel, X, landmarks, targets, weights, 0.3)
    rows = np.flatnonzero(groups % 2 == 1)
    values = kernel(X[rows], landmarks)
    residuals = oof_residuals_of_centers(
        factor, values, targets[rows] - values @ dual, weights[rows], groups[rows]
    )
    for group in np.unique(groups[rows]):
        kept = groups != group
        _, without = fit_centers(kernel, X[kept], landmarks, targets[kept], weights[kept], 0.3)
        expected = targets[~kept] - kernel(X[~kept], landmarks) @ without
        np.testing.assert_allclose(residuals[groups[rows] == group], expected, atol=1e-6)


def test_landmarks_that_coincide_do_no_harm(problem):
    X, targets, weights = problem
    _, dual = fit_centers(kernel, X, np.repeat(X[:10], 2, axis=0), targets, weights, 0.3)
    _, once = fit_centers(kernel, X, X[:10], targets, weights, 0.3)
    scores = kernel(X, np.repeat(X[:10], 2, axis=0)) @ dual
    np.testing.assert_allclose(scores, kernel(X, X[:10]) @ once, atol=1e-4)


class TestMachine:
    @pytest.fixture(scope="class")
    @classmethod
    def digits(cls):
        X, y = load_digits(return_X_y=True)
        return train_test_split(X.astype(np.float32) / 16, y, train_size=900, random_state=0)

    def test_few_landmarks_are_nearly_as_good(self, digits):
        X, new, y, truth = digits
        whole = LeastSquaresSVC().fit(X, y)
        small = LeastSquaresSVC(n_centers=200, random_state=0).fit(X, y)
        assert small.X_fit_.shape == (200, 64)
        assert small.dual_coef_.shape == (200, 10)
        assert small.X_fit_.dtype == small.dual_coef_.dtype == np.float32
        assert small.score(new, truth) > whole.score(new, truth) - 0.02

    def test_probabilities_are_calibrated(self, digits):
        X, new, y, truth = digits
        machine = LeastSquaresSVC(n_centers=100, random_state=0).fit(X, y)
        probabilities = machine.predict_proba(new)
        np.testing.assert_allclose(probabilities.sum(axis=1), 1)
        right = machine.predict(new) == truth
        assert abs(probabilities.max(axis=1).mean() - right.mean()) < 0.03
        assert machine.oof_scores_.shape == (len(machine.oof_rows_), 10)

    def test_it_is_seeded(self, digits):
        X, new, y, _ = digits
        one, other = (
            LeastSquaresSVC(n_centers=50, random_state=3).fit(X, y).decision_function(new)
            for _ in range(2)
        )
        np.testing.assert_array_equal(one, other)

    @pytest.mark.parametrize("n_centers", [60, 1000])
    def test_no_more_rows_than_landmarks_are_the_whole_machine(self, n_centers, problem):
        X, targets, _ = problem
        y = targets.argmax(axis=1)
        expected = LeastSquaresSVC().fit(X, y).predict_proba(X)
        machine = LeastSquaresSVC(n_centers=n_centers).fit(X, y)
        np.testing.assert_array_equal(machine.predict_proba(X), expected)

    def test_linear_and_weighted(self, digits):
        X, new, y, truth = digits
        machine = LeastSquaresSVC(
            "linear", n_centers=100, class_weight="balanced", random_state=0
        ).fit(X, y)
        assert machine.score(new, truth) > 0.9


def test_landmarks_keep_the_precision(problem):
    X = problem[0].astype(np.float32)
    landmarks = choose_centers(X, 5, 0)
    assert (landmarks.shape, landmarks.dtype) == ((5, 4), np.float32)
