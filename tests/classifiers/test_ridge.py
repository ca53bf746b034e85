import numpy as np
import pytest

from fer_classic.classifiers._ridge import fit_ridge


@pytest.mark.parametrize("sizes", [(4, 4, 4), (2, 4, 6)])
def test_leaving_out_a_group_is_fitting_without_it(sizes):
    rng = np.random.default_rng(0)
    codes = np.repeat(range(3), sizes)
    groups = rng.permutation(np.repeat(range(4), 3))
    rows = rng.normal(size=(12, 5))
    _, _, left_out = fit_ridge(rows, codes, groups, alpha=0.3)
    # By definition, with the weights that the classes have in all.
    inputs = np.column_stack([rows / np.sqrt(5), np.ones(12)])
    weights = 4 / np.array(sizes)[codes]
    targets = np.eye(3)[codes] - 1 / 3
    for group in range(4):
        of = groups == group
        weighted = inputs[~of].T * weights[~of]
        coef = np.linalg.solve(weighted @ inputs[~of] + 0.3 * np.eye(6), weighted @ targets[~of])
        np.testing.assert_allclose(left_out[of], inputs[of] @ coef, atol=1e-9)


def test_without_a_penalty_enough_features_fit_every_row():
    rng = np.random.default_rng(0)
    rows, codes = rng.normal(size=(6, 20)), np.tile([0, 1, 2], 2)
    coef, intercept, _ = fit_ridge(rows, codes, np.arange(6), alpha=1e-9)
    np.testing.assert_allclose(rows @ coef + intercept, np.eye(3)[codes] - 1 / 3, atol=1e-6)


def test_classes_weigh_alike():
    """Of features that say nothing, the many pictures of a class make it no more probable."""
    codes = np.array([0] * 9 + [1])
    _, intercept, _ = fit_ridge(np.zeros((10, 3)), codes, np.arange(10), alpha=0.1)
    np.testing.assert_allclose(intercept, 0, atol=1e-12)
