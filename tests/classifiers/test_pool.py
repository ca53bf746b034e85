import numpy as np
import pytest

from fer_classic.classifiers._pool import fit_pool, pool

pytestmark = pytest.mark.portability


def sample(weights, biases=None, n=4000):
    """Log-probabilities of as many classifiers, and classes drawn from their pool."""
    rng = np.random.default_rng(0)
    logs = np.log(rng.dirichlet([1, 1, 1], (len(weights), n)))
    chances = np.exp(pool(logs, weights, biases)).cumsum(axis=1)
    return logs, (rng.random((n, 1)) > chances).sum(axis=1)


def test_products_of_powers():
    first, second = [0.5, 0.3, 0.2], [0.1, 0.1, 0.8]
    logs = np.log([[first], [second]])
    product = np.array([0.25 * 0.1, 0.09 * 0.1, 0.04 * 0.8])
    np.testing.assert_allclose(np.exp(pool(logs, [2, 1]))[0], product / product.sum())
    np.testing.assert_allclose(np.exp(pool(logs, [1, 0])), [first])
    biased = np.array(first) * [1, 2, 1]
    found = np.exp(pool(logs, [1, 0], np.log([1, 2, 1])))
    np.testing.assert_allclose(found[0], biased / biased.sum())


def test_weights_are_found_again():
    weights, biases = fit_pool(*sample([1.5, 0.4]))
    np.testing.assert_allclose(weights, [1.5, 0.4], atol=0.1)
    assert biases is None


def test_a_classifier_that_is_wrong_gets_no_weight():
    assert fit_pool(*sample([1.0, -0.5]))[0][1] == 0


def test_biases_are_found_again_and_their_mean_is_zero():
    true = np.array([0.8, -0.3, -0.5])
    weights, biases = fit_pool(*sample([1.0, 0.5], true), biases=True)
    np.testing.assert_allclose(biases, true, atol=0.15)
    np.testing.assert_allclose(weights, [1, 0.5], atol=0.15)
    assert abs(biases.mean()) < 1e-6


def test_few_samples_leave_the_geometric_mean():
    logs, codes = sample([1.5, 0.4])
    few = [fit_pool(logs[:, :n], codes[:n])[0] for n in (1, 4000)]
    assert np.abs(few[0] - 0.5).max() < 0.4 < few[1][0] - 0.5
    # All right: without a penalty, the weights would be infinite.
    certain = np.log([[[0.9, 0.1]] * 50, [[0.8, 0.2]] * 50])
    weights, _ = fit_pool(certain, np.zeros(50, int))
    assert 0.5 < weights.min() < weights.max() < 10
