import numpy as np
import pytest

from fer_classic.classifiers import _cholesky
from fer_classic.classifiers._cholesky import factorise, solve, solve_lower

pytestmark = pytest.mark.portability

# Less than a block, one of them, a little more, and several with a rest.
SIZES = [1, 4, 5, 13]


def positive_definite(n, dtype=np.float64, seed=0):
    A = np.random.default_rng(seed).normal(size=(n, n + 3))
    return (A @ A.T / n + 0.1 * np.eye(n)).astype(dtype)


@pytest.fixture(params=[1, 2, 4, 512])
def block(request, monkeypatch):
    monkeypatch.setattr(_cholesky, "_BLOCK", request.param)
    return request.param


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-4)])
@pytest.mark.usefixtures("block")
class TestAgainstLapack:
    def test_factor_of_what_is_in_the_lower_half(self, n, dtype, tolerance):
        K = positive_definite(n, dtype)
        L = K.copy()
        L[np.triu_indices(n, k=1)] = np.nan
        factorise(L)
        assert L.dtype == dtype
        np.testing.assert_allclose(np.tril(L), np.linalg.cholesky(K), atol=tolerance)

    def test_solution(self, n, dtype, tolerance):
        K = positive_definite(n, dtype)
        targets = np.random.default_rng(1).normal(size=(n, 3)).astype(dtype)
        before = targets.copy()
        L = np.linalg.cholesky(K)
        L[np.triu_indices(n, k=1)] = np.nan
        x = solve(L, targets)
        assert x.dtype == dtype
        np.testing.assert_allclose(x, np.linalg.solve(K, targets), rtol=10 * tolerance, atol=0.01)
        np.testing.assert_allclose(K @ x, targets, atol=10 * tolerance)
        np.testing.assert_array_equal(targets, before)

    def test_forward_solution(self, n, dtype, tolerance):
        L = np.linalg.cholesky(positive_definite(n, dtype))
        targets = np.random.default_rng(2).normal(size=(n, 1)).astype(dtype)
        only_below = L.copy()
        only_below[np.triu_indices(n, k=1)] = np.nan
        np.testing.assert_allclose(
            L @ solve_lower(only_below, targets), targets, atol=10 * tolerance
        )


@pytest.mark.parametrize("place", [0, 5, 8])
def test_a_matrix_that_is_not_positive_definite(place, monkeypatch):
    monkeypatch.setattr(_cholesky, "_BLOCK", 3)
    K = np.eye(9)
    K[place, place] = -1
    with pytest.raises(np.linalg.LinAlgError):
        factorise(K)
