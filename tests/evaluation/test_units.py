import numpy as np
import pytest

from fer_classic.evaluation import count_leaks, independent_units, make_folds
from tests.evaluation.conftest import bunch_of, people


@pytest.mark.parametrize(
    ("columns", "units"),
    [
        ({}, [0, 1, 2, 3, 4, 5]),
        ({"duplicates": [0, 1, 0, 2, 3, 4]}, [0, 1, 0, 2, 3, 4]),
        ({"subjects": ["b", "b", "a", "a", "c", "c"]}, [0, 0, 1, 1, 2, 2]),
        ({"sequences": ["s1", "s2", "s1", "s3", "s2", "s4"]}, [0, 1, 0, 2, 1, 3]),
        # A duplicate joins the subjects a and b; c stays alone.
        (
            {"subjects": ["b", "b", "a", "a", "c", "c"], "duplicates": [0, 1, 2, 1, 3, 4]},
            [0, 0, 0, 0, 1, 1],
        ),
        # An empty name is unknown, not a name that is shared.
        ({"subjects": ["", "", "a", "a", "", "b"]}, [0, 1, 2, 2, 3, 4]),
        # A chain: 0-1 by subject, 1-2 by sequence, 2-3 by duplicate.
        (
            {
                "subjects": ["a", "a", "", "", "", ""],
                "sequences": ["", "q", "q", "", "", ""],
                "duplicates": [0, 1, 2, 2, 3, 4],
            },
            [0, 0, 0, 0, 1, 2],
        ),
    ],
)
def test_units_are_connected_components(columns, units):
    found = independent_units(bunch_of([0] * 6, **columns))
    assert found.tolist() == units
    assert found.dtype == np.int64


def test_kfold_leaks_and_leaks_are_counted():
    duplicates = np.arange(96)
    duplicates[95] = 0
    bunch = people(duplicates=duplicates, sequences=[f"Q{k // 2}" for k in range(96)])
    fold = make_folds(bunch, "kfold")[0]
    found = count_leaks(bunch, fold)
    train = set(fold.train.tolist())
    assert found["subject"] == len(fold.test)
    assert found["sequence"] == sum((k ^ 1) in train for k in fold.test)
    assert found["duplicate"] == sum({0: 95, 95: 0}.get(k) in train for k in fold.test.tolist())
