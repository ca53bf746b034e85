import numpy as np
import pytest

from fer_classic.classifiers import _cholesky, _out_of_fold
from fer_classic.classifiers._out_of_fold import choose_oof_rows, oof_residuals

pytestmark = pytest.mark.portability


def refitted_residuals(A, targets, groups):
    """Residuals of each group for the system solved without the group."""
    residuals = np.empty_like(targets)
    for group in np.unique(groups):
        out = groups == group
        dual = np.linalg.solve(A[np.ix_(~out, ~out)], targets[~out])
        residuals[out] = targets[out] - A[np.ix_(out, ~out)] @ dual
    return residuals


@pytest.mark.parametrize("block", [2, 5, 512])
@pytest.mark.parametrize(
    "groups",
    [
        np.arange(12),
        np.array([0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3]),
        np.array([2, 0, 1, 2, 0, 1, 0, 2, 0, 1, 0, 3]),
        np.array([0] * 11 + [1]),
    ],
)
def test_residuals_equal_those_of_refitting(groups, block, monkeypatch):
    monkeypatch.setattr(_cholesky, "_BLOCK", block)
    monkeypatch.setattr(_out_of_fold, "_BLOCK", block)
    rng = np.random.default_rng(0)
    X = rng.normal(size=(12, 3))
    K = np.exp(-0.3 * ((X[:, np.newaxis] - X) ** 2).sum(axis=-1))
    A = K + np.diag(rng.uniform(0.2, 2, 12))
    targets = rng.normal(size=(12, 4))
    expected = refitted_residuals(A, targets, groups)
    for rows in (np.arange(12), np.flatnonzero(groups == groups[0])):
        residuals = oof_residuals(np.linalg.cholesky(A), np.linalg.solve(A, targets), groups, rows)
        np.testing.assert_allclose(residuals, expected[rows], rtol=1e-8)


@pytest.mark.parametrize(
    ("groups", "n_chosen"),
    [
        (np.arange(2000), 2000),
        (np.arange(6000), 2000),
        # Two rows each: whole groups.
        (np.arange(6000) // 2, 2000),
        # Twelve large groups: few would be alike, so that all are taken.
        (np.arange(9000) % 12, 9000),
    ],
)
def test_rows_that_are_left_out(groups, n_chosen):
    rows = choose_oof_rows(groups)
    assert len(rows) == len(np.unique(rows)) == n_chosen
    assert np.array_equal(rows, np.flatnonzero(np.isin(groups, groups[rows])))
    np.testing.assert_array_equal(rows, choose_oof_rows(groups))


@pytest.mark.parametrize("n_classes", [2, 7, 8])
def test_rows_are_of_all_classes_where_labels_take_turns(n_classes):
    labels = np.arange(2000 * n_classes) % n_classes
    counts = np.bincount(labels[choose_oof_rows(np.arange(len(labels)))], minlength=n_classes)
    assert counts.min() > 0.7 * 2000 / n_classes


def test_requested_rows_are_included_with_their_groups():
    groups = np.arange(6000) // 2
    usual = choose_oof_rows(groups)
    missing = np.setdiff1d(np.arange(6000), usual)[:1]
    rows = choose_oof_rows(groups, [*missing, usual[0]])
    added = sorted(set(rows) - set(usual))
    assert added == np.flatnonzero(groups == groups[missing]).tolist()
    for none in (np.arange(0), []):
        np.testing.assert_array_equal(choose_oof_rows(groups, none), usual)


@pytest.mark.parametrize("requested", [[4], [-1], [0.5], [[0]], [[]]])
def test_requested_rows_that_do_not_exist(requested):
    with pytest.raises(ValueError, match="must be row numbers of 0 to 3"):
        choose_oof_rows(np.arange(4), requested)


def test_all_rows_are_left_out_on_request():
    np.testing.assert_array_equal(choose_oof_rows(np.arange(6000), n_rows=None), np.arange(6000))
