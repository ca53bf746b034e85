from itertools import product

import numpy as np
import pytest
from scipy.stats import binomtest

from fer_classic.evaluation import compare, holm
from fer_classic.evaluation._intervals import resample_totals, tabulate

pytestmark = pytest.mark.portability


def answers(only_first, only_second, both, neither):
    """True labels and the answers of two classifiers with the given numbers of right ones."""
    counts = [only_first, only_second, both, neither]
    first = np.repeat([1, 0, 1, 0], counts)
    second = np.repeat([0, 1, 1, 0], counts)
    return np.ones(len(first), dtype=int), first, second


def test_mcnemar_is_the_exact_binomial_test():
    result = compare(*answers(15, 5, 50, 30))
    assert result["test"] == "mcnemar"
    assert result["p_value"] == pytest.approx(binomtest(15, 20).pvalue)
    assert (result["only_first"], result["only_second"]) == (15, 5)
    assert result["difference"] == pytest.approx(0.1)
    assert result["low"] < 0.1 < result["high"]


def test_equal_classifiers():
    result = compare(*answers(0, 0, 5, 5))
    assert result["p_value"] == 1.0
    assert (result["low"], result["difference"], result["high"]) == (0, 0, 0)


def test_the_order_of_the_two_is_a_sign():
    y_true, first, second = answers(15, 5, 50, 30)
    units = np.arange(100) // 2
    there = compare(y_true, first, second, units=units)
    back = compare(y_true, second, first, units=units)
    assert there["test"] == back["test"] == "sign-flip"
    assert there["difference"] == -back["difference"]
    assert there["p_value"] == back["p_value"]


def test_signs_of_units_are_exchanged_in_all_ways():
    """Against a plain enumeration."""
    rng = np.random.default_rng(0)
    y_true, units = np.zeros(90, dtype=int), np.repeat(np.arange(9), 10)
    for _ in range(20):
        first, second = rng.integers(0, 2, (2, 90))
        of_units = np.add.reduceat((first == 0) * 1 - (second == 0) * 1, np.arange(0, 90, 10))
        sums = np.array(list(product([-1, 1], repeat=9))) @ of_units
        expected = (np.abs(sums) >= abs(of_units.sum())).mean()
        assert compare(y_true, first, second, units=units)["p_value"] == pytest.approx(expected)


def test_two_people_cannot_prove_a_difference():
    y_true = np.zeros(20, dtype=int)
    better, worse = y_true.copy(), y_true.copy()
    worse[::10] = 1
    result = compare(y_true, better, worse, units=np.arange(20) // 10)
    assert (result["p_value"], result["n_units"]) == (pytest.approx(0.5), 2)


def test_units_of_one_item_and_pairs_of_equal_items_have_the_same_test():
    once = compare(*answers(15, 5, 50, 30))
    twice = compare(*(np.repeat(a, 2) for a in answers(15, 5, 50, 30)), units=np.arange(200) // 2)
    assert (once["test"], twice["test"]) == ("mcnemar", "sign-flip")
    assert twice["p_value"] == pytest.approx(once["p_value"])


def test_few_people_rarely_differ_by_chance():
    """Equally good classifiers, whose advantage depends on the person."""
    rng, n_significant = np.random.default_rng(0), 0
    y_true, units = np.zeros(100, dtype=int), np.repeat(np.arange(5), 20)
    for _ in range(200):
        rates = 0.7 + 0.2 * rng.choice([-1, 1], 5)
        first, second = (rng.random(100) > rate[units] for rate in (rates, 1.4 - rates))
        n_significant += compare(y_true, first, second, units=units)["p_value"] < 0.05
    assert n_significant == 0  # 2 ** -4 is the smallest value of five people


def test_dependent_items_weaken_the_evidence():
    y_true, first, second = answers(40, 10, 25, 25)
    alone = compare(y_true, first, second)
    together = compare(y_true, first, second, units=np.arange(100) // 10)
    assert together["difference"] == alone["difference"]
    assert together["p_value"] > alone["p_value"]
    assert together["high"] - together["low"] > alone["high"] - alone["low"]


def test_one_unit_proves_nothing():
    result = compare(*answers(3, 1, 1, 1), units=np.zeros(6, int))
    assert (result["low"], result["high"], result["p_value"]) == (None, None, None)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(([], [], []), "at least 1"), (([1, 1], [1], [1, 1]), "2, 1 and 2")],
)
def test_compare_checks_lengths(arguments, message):
    with pytest.raises(ValueError, match=message):
        compare(*arguments)


def test_compare_checks_units():
    with pytest.raises(ValueError, match=r"one entry per item \(1\), got 2"):
        compare([1], [1], [1], units=[0, 1])


@pytest.mark.parametrize("units", [["a", None], ["a", 1.5]])
def test_units_are_of_one_type(units):
    with pytest.raises(ValueError, match="units must be of one type, got"):
        compare([1, 2], [1, 2], [1, 2], units=np.array(units, dtype=object))


def test_names_are_not_compared_with_numbers():
    with pytest.raises(ValueError, match="or all be numbers; got int64, int64 and <U1"):
        compare([1, 2], [1, 2], ["1", "2"])


@pytest.mark.parametrize(
    ("p_values", "adjusted"),
    [
        ([0.01, 0.04, 0.03], [0.03, 0.06, 0.06]),
        ([0.04, 0.01, 0.02, 0.03], [0.06, 0.04, 0.06, 0.06]),
        ([0.9, 0.8], [1.0, 1.0]),
        ([0.2], [0.2]),
        ([], []),
    ],
)
def test_holm_by_hand(p_values, adjusted):
    assert holm(p_values).tolist() == pytest.approx(adjusted)


def test_tabulate_counts_by_unit():
    tables = tabulate(np.array([0, 3, 3, 1]), np.array([9, 4, 4, 9]), (2, 2))
    assert tables.tolist() == [[[0, 0], [0, 2]], [[1, 1], [0, 0]]]


def test_resamples_draw_as_many_units_as_there_are():
    tables = np.eye(4, dtype=int)[[0, 0, 1, 2, 3]]
    totals = resample_totals(tables, n_resamples=2000, seed=0)
    assert (totals.sum(axis=1) == 5).all()
    assert totals.mean(axis=0) == pytest.approx([2, 1, 1, 1], abs=0.1)
