import numpy as np
import pytest

from fer_classic.evaluation import Fold, check_fold, count_leaks, independent_units, make_folds
from fer_classic.exceptions import LeakageError
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


ONE_LINK = {
    "subject": {"subjects": ["a", "", "", "a"]},
    "sequence": {"sequences": ["q", "", "", "q"]},
    "duplicate": {"duplicates": [0, 1, 2, 0]},
}


@pytest.mark.parametrize("kind", ONE_LINK)
def test_a_leak_of_each_kind_is_refused(kind):
    bunch, fold = bunch_of([0, 0, 1, 1], **ONE_LINK[kind]), Fold(2, np.arange(2), np.arange(2, 4))
    with pytest.raises(LeakageError, match=f"fold 2 of folder: 1 of 2 test images share a {kind}"):
        check_fold(bunch, fold)
    check_fold(bunch, fold, leaky=True)
    check_fold(bunch, Fold(2, np.array([0, 3]), np.arange(1, 3)))


def test_an_image_on_both_sides_is_refused_under_every_protocol():
    fold = Fold(0, np.arange(3), np.arange(2, 4))
    with pytest.raises(LeakageError, match="fold 0 of folder has 1 images on both sides"):
        check_fold(bunch_of([0, 0, 1, 1]), fold, leaky=True)


def test_a_chain_of_links_is_refused():
    bunch = bunch_of([0, 0, 1], subjects=["a", "a", ""], duplicates=[0, 1, 1])
    with pytest.raises(LeakageError, match="tears 1 groups apart"):
        check_fold(bunch, Fold(0, np.array([0]), np.array([2])))
