import numpy as np
import pytest
from scipy.special import log_softmax

from fer_classic.utils._temperature import fit_temperature

pytestmark = pytest.mark.portability


@pytest.mark.parametrize("true", [0.1, 1.0, 3.0, 20.0])
def test_it_is_found_again(true):
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(20_000, 3))
    # The largest of scores plus Gumbel noise is drawn from their softmax.
    codes = np.argmax(true * scores + rng.gumbel(size=scores.shape), axis=1)
    assert fit_temperature(scores, codes) == pytest.approx(true, rel=0.15)


def test_it_is_the_best():
    rng = np.random.default_rng(1)
    scores, codes = rng.normal(size=(300, 4)), rng.integers(0, 4, 300)
    scores[np.arange(300), codes] += 1
    best = fit_temperature(scores, codes)

    def loss(temperature):
        return -log_softmax(temperature * scores, axis=1)[np.arange(300), codes].mean()

    assert loss(best) < min(loss(0.95 * best), loss(1.05 * best))


@pytest.mark.parametrize(("sign", "low", "high"), [(1, 20, 1e3), (-1, 1e-2, 0.011)])
def test_it_stays_in_bounds_where_there_is_no_best(sign, low, high):
    assert low <= fit_temperature(sign * np.eye(3), np.arange(3)) <= high
