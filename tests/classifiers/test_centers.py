import numpy as np
import pytest
from sklearn.datasets import load_digits, make_blobs
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from fer_classic.classifiers import LeastSquaresSVC, _centers
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
def test_all_rows_as_centers_equal_the_full_classifier(block, problem, monkeypatch):
    monkeypatch.setattr(_centers, "_BLOCK", block)
    X, targets, weights = problem
    _, dual, _ = fit_centers(kernel, X, X, targets, weights, 0.3)
    K = kernel(X, X)
    expected = K @ np.linalg.solve(K + np.diag(0.3 / weights), targets)
    np.testing.assert_allclose(K @ dual, expected, atol=1e-5)


def test_out_of_fold_residuals_equal_refitting_without_the_group(problem):
    X, targets, weights = problem
    centers = X[::4]
    groups = np.arange(60) // 3
    factor, dual, _ = fit_centers(kernel, X, centers, targets, weights, 0.3)
    rows = np.flatnonzero(groups % 2 == 1)
    values = kernel(X[rows], centers)
    residuals = oof_residuals_of_centers(
        factor, values, targets[rows] - values @ dual, weights[rows], groups[rows]
    )
    for group in np.unique(groups[rows]):
        kept = groups != group
        _, without, _ = fit_centers(kernel, X[kept], centers, targets[kept], weights[kept], 0.3)
        expected = targets[~kept] - kernel(X[~kept], centers) @ without
        np.testing.assert_allclose(residuals[groups[rows] == group], expected, atol=1e-6)


def test_duplicate_centers_are_harmless(problem):
    X, targets, weights = problem
    _, dual, _ = fit_centers(kernel, X, np.repeat(X[:10], 2, axis=0), targets, weights, 0.3)
    _, once, _ = fit_centers(kernel, X, X[:10], targets, weights, 0.3)
    scores = kernel(X, np.repeat(X[:10], 2, axis=0)) @ dual
    np.testing.assert_allclose(scores, kernel(X, X[:10]) @ once, atol=1e-4)


class TestClassifier:
    @pytest.fixture(scope="class")
    @classmethod
    def digits(cls):
        X, y = load_digits(return_X_y=True)
        return train_test_split(X.astype(np.float32) / 16, y, train_size=900, random_state=0)

    def test_few_centers_are_nearly_as_good(self, digits):
        X, new, y, truth = digits
        whole = LeastSquaresSVC().fit(X, y)
        small = LeastSquaresSVC(n_centers=200, random_state=0).fit(X, y)
        assert small.X_fit_.shape == (200, 64)
        assert small.dual_coef_.shape == (200, 10)
        assert small.X_fit_.dtype == small.dual_coef_.dtype == np.float32
        assert small.score(new, truth) > whole.score(new, truth) - 0.02

    def test_probabilities_are_calibrated(self, digits):
        X, new, y, truth = digits
        svm = LeastSquaresSVC(n_centers=100, random_state=0).fit(X, y)
        probabilities = svm.predict_proba(new)
        np.testing.assert_allclose(probabilities.sum(axis=1), 1)
        right = svm.predict(new) == truth
        assert abs(probabilities.max(axis=1).mean() - right.mean()) < 0.03
        assert svm.oof_scores_.shape == (len(svm.oof_rows_), 10)

    def test_it_is_seeded(self, digits):
        X, new, y, _ = digits
        one, other = (
            LeastSquaresSVC(n_centers=50, random_state=3).fit(X, y).decision_function(new)
            for _ in range(2)
        )
        np.testing.assert_array_equal(one, other)

    @pytest.mark.parametrize("n_centers", [60, 1000])
    def test_at_least_as_many_centers_as_rows_equal_the_full_classifier(self, n_centers, problem):
        X, targets, _ = problem
        y = targets.argmax(axis=1)
        expected = LeastSquaresSVC().fit(X, y).predict_proba(X)
        svm = LeastSquaresSVC(n_centers=n_centers).fit(X, y)
        np.testing.assert_array_equal(svm.predict_proba(X), expected)

    @pytest.mark.parametrize("kernel", ["rbf", "linear"])
    def test_out_of_fold_scores_equal_refitting_on_the_same_centers(self, kernel, problem):
        X, targets, _ = problem
        y, groups = targets.argmax(axis=1), np.arange(60) // 3
        svm = LeastSquaresSVC(kernel, n_centers=12, random_state=0).fit(X, y, groups=groups)
        mean = targets.mean(axis=0)
        values = svm._make_kernel(kernel, svm.gamma_)(np.vstack([X, svm.X_fit_]), svm.X_fit_)
        # The linear system of a linear kernel has a constant for the intercept.
        values, among = np.split(values + (kernel == "linear"), [60])
        scores = values @ svm.dual_coef_ + mean
        np.testing.assert_allclose(svm.decision_function(X), scores, atol=1e-9)
        for group in range(20):
            kept, out = values[groups != group], groups == group
            dual = np.linalg.lstsq(
                kept.T @ kept + 0.2 * among, kept.T @ (targets - mean)[~out], rcond=1e-12
            )[0]
            np.testing.assert_allclose(svm.oof_scores_[out], values[out] @ dual + mean, atol=1e-5)

    def test_standardised_rows_do_not_give_away_their_labels(self):
        # The mean of all rows would tell the group that is left out.
        rng = np.random.default_rng(0)
        groups = np.repeat(np.arange(20), 3)
        X = StandardScaler().fit_transform(rng.normal(size=(20, 300)))[groups]
        y = np.array(list("abcd"))[rng.integers(0, 4, 20)][groups]
        whole = LeastSquaresSVC("linear").fit(X, y, groups=groups)
        svm = LeastSquaresSVC("linear", n_centers=20, random_state=0).fit(X, y, groups=groups)
        assert np.mean(svm.classes_[svm.oof_scores_.argmax(axis=1)] == y) < 0.3
        assert svm.temperature_ < 0.1
        # There are twenty different rows.
        np.testing.assert_allclose(svm.oof_scores_, whole.oof_scores_, atol=1e-6)
        np.testing.assert_allclose(svm.coef_, whole.coef_, atol=1e-6)
        np.testing.assert_allclose(svm.intercept_, whole.intercept_, atol=1e-6)

    def test_linear_and_weighted(self, digits):
        X, new, y, truth = digits
        svm = LeastSquaresSVC("linear", n_centers=100, class_weight="balanced", random_state=0).fit(
            X, y
        )
        assert svm.score(new, truth) > 0.9


def test_centers_keep_the_dtype(problem):
    X = problem[0].astype(np.float32)
    centers = choose_centers(X, 5, 0)
    assert (centers.shape, centers.dtype) == ((5, 4), np.float32)
