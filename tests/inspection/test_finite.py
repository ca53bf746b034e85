import numpy as np
import pytest

from fer_classic.exceptions import PredictionError
from fer_classic.inspection._finite import check_scores, finite_map


def test_a_map_becomes_floating():
    values = finite_map([[1, 2], [3, 4]], "x")
    assert values.dtype == np.float64
    assert values.tolist() == [[1, 2], [3, 4]]


def test_values_that_are_not_finite_are_counted():
    message = r"x must have finite values, but 2 of 4 are not, such as -inf at row 0, column 1;"
    with pytest.raises(ValueError, match=message):
        finite_map([[1, -np.inf], [np.nan, 4]], "x")


def test_scores():
    check_scores(np.zeros((2, 3)), object())
    message = r"the model \(dict\) gives .* not finite, such as inf, for 1 of 2 versions"
    with pytest.raises(PredictionError, match=message):
        check_scores(np.array([[0, 1], [np.inf, np.nan]]), {})
