import pickle

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import train_test_split

from fer_classic.classifiers import LeastSquaresSVC
from fer_classic.classifiers._storage import restore, store

pytestmark = pytest.mark.portability


def test_by_hand():
    X = np.array([[0.0, 7.0], [2.55, 7.0], [1.0, 7.0]], dtype=np.float32)
    codes, scale = store(X, "uint8")
    assert codes.dtype == np.uint8
    assert codes.tolist() == [[0, 0], [255, 0], [100, 0]]
    np.testing.assert_allclose(scale, [[0, 7], [0.01, 0]], rtol=1e-6)
    np.testing.assert_allclose(restore(codes, scale, np.float32), X, rtol=1e-6)


def test_rounding_is_at_most_half_a_step_and_happens_once():
    X = np.random.default_rng(0).normal(size=(200, 5)).astype(np.float32)
    codes, scale = store(X, "uint8")
    once = restore(codes, scale, np.float32)
    assert once.dtype == np.float32
    assert (np.abs(once - X) <= 0.5001 * scale[1]).all()
    np.testing.assert_array_equal(store(once, "uint8")[0], codes)


def test_halves():
    X = np.array([[1.0, 1 + 2**-11 + 2**-12]], dtype=np.float32)
    kept, scale = store(X, "float16")
    assert (kept.dtype, scale) == (np.float16, None)
    assert restore(kept, scale, np.float32).tolist() == [[1.0, 1 + 2**-10]]


class TestClassifier:
    @pytest.fixture(scope="class")
    @classmethod
    def digits(cls):
        X, y = load_digits(return_X_y=True)
        X = np.random.default_rng(0).normal(X, 0.5).astype(np.float32)
        return train_test_split(X, y, train_size=900, random_state=0)

    @pytest.mark.parametrize("n_centers", [None, 300])
    @pytest.mark.parametrize(("precision", "dtype"), [("float16", np.float16), ("uint8", np.uint8)])
    def test_scores_hardly_change(self, precision, dtype, n_centers, digits):
        X, new, y, _ = digits
        full, small = (
            LeastSquaresSVC(n_centers=n_centers, precision=how, random_state=0).fit(X, y)
            for how in ("full", precision)
        )
        assert (small.X_fit_.dtype, small.dual_coef_.dtype) == (dtype, np.float16)
        difference = full.decision_function(new) - small.decision_function(new)
        assert np.abs(difference).max() < 0.05
        assert small.decision_function(new).dtype == np.float32
        np.testing.assert_allclose(full.predict_proba(new), small.predict_proba(new), atol=0.03)

    @pytest.mark.parametrize("precision", ["float16", "uint8"])
    def test_weights_that_halves_cannot_hold(self, precision):
        X = np.random.default_rng(0).normal(size=(60, 4))
        # Two labels of one row pull against each other.
        X[1] = X[0]
        svm = LeastSquaresSVC(precision=precision, alpha=1e-5).fit(X + 0.0, np.repeat([0, 1], 30))
        y = [0, 1] * 30
        message = "too large for float16; use a larger alpha than 1e-05, or precision='full'"
        with pytest.raises(ValueError, match=message):
            svm.fit(X, y)
        with pytest.raises(NotFittedError):
            svm.predict(X)
        assert np.isfinite(svm.set_params(alpha=1e-2).fit(X, y).predict_proba(X)).all()
        full = svm.set_params(alpha=1e-5, precision="full").fit(X, y)
        assert np.isfinite(full.predict_proba(X)).all()
        assert np.abs(full.dual_coef_).max() > np.finfo(np.float16).max

    def test_a_pickle_is_small_and_says_the_same(self, digits):
        X, new, y, _ = digits
        full = LeastSquaresSVC(probability=False).fit(X, y)
        small = LeastSquaresSVC(probability=False, precision="uint8").fit(X, y)
        scores = small.decision_function(new)
        stored = pickle.dumps(small)
        assert len(stored) < 0.35 * len(pickle.dumps(full))
        np.testing.assert_array_equal(pickle.loads(stored).decision_function(new), scores)

    def test_fitting_again_discards_the_first_classifier(self, digits):
        X, new, y, _ = digits
        svm = LeastSquaresSVC(precision="uint8").fit(X[:300], y[:300])
        svm.decision_function(new)
        again = svm.fit(X, y).decision_function(new)
        once = LeastSquaresSVC(precision="uint8").fit(X, y).decision_function(new)
        np.testing.assert_array_equal(again, once)
