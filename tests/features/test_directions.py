import numpy as np
import pytest

from fer_classic.features._directions import principal_directions

pytestmark = pytest.mark.portability

SWAPPED = np.array([1, 0])
# Two pairs and a place that mirrors itself.
ORDER = np.array([3, 2, 1, 0, 4])


def moments(seed=0, size=5):
    rows = np.random.default_rng(seed).normal(size=(50, size)) * np.arange(1, size + 1)
    return rows.T @ rows / 50


def test_of_two_numbers_that_change_places():
    # Averaged with the mirror image: [[2, 1], [1, 2]].
    variances, directions, parity = principal_directions(np.array([[3, 1], [1, 1]]), SWAPPED)
    np.testing.assert_allclose(variances, [3, 1])
    np.testing.assert_allclose(np.abs(directions), np.sqrt([[0.5, 0.5], [0.5, 0.5]]))
    assert directions[0, 0] == pytest.approx(directions[0, 1])
    assert directions[1, 0] == pytest.approx(-directions[1, 1])
    assert list(parity) == [1, -1]


@pytest.mark.parametrize("order", [ORDER, np.arange(5), None])
def test_laws(order):
    matrix = moments()
    variances, directions, parity = principal_directions(matrix, order)
    np.testing.assert_allclose(directions @ directions.T, np.eye(5), atol=1e-12)
    assert list(parity) == ([1, 1, 1, -1, -1] if order is ORDER else [1] * 5)
    if order is not None:
        mirrored = parity[:, np.newaxis] * directions
        np.testing.assert_allclose(directions[:, order], mirrored, atol=1e-12)
        matrix = (matrix + matrix[np.ix_(order, order)]) / 2
    np.testing.assert_allclose(directions @ matrix @ directions.T, np.diag(variances), atol=1e-12)
    for sign in set(parity):
        assert (np.diff(variances[parity == sign]) <= 0).all()


def test_variances_are_never_below_zero():
    row = np.random.default_rng(0).normal(size=(1, 5))
    variances, _, _ = principal_directions(row.T @ row, ORDER)
    assert variances.min() >= 0
