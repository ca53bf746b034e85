import numpy as np
import pytest

from benchmarks.report.chance import expected_accuracy, largest_share


@pytest.mark.parametrize(
    ("y_true", "y_pred", "expected", "largest"),
    [
        (["a", "a", "a", "b"], ["a", "b", "a", "b"], 0.75 * 0.5 + 0.25 * 0.5, 0.75),
        (["a", "a", "a", "b"], ["a"] * 4, 0.75, 0.75),
        (["a", "b"], ["c", "c"], 0.0, 0.5),
    ],
)
def test_shares(y_true, y_pred, expected, largest):
    assert expected_accuracy(np.array(y_true), np.array(y_pred)) == expected
    assert largest_share(np.array(y_true)) == largest
