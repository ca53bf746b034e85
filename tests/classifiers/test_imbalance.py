"""Class weights and over-sampled rows in the calibration of LeastSquaresSVC."""

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.metrics import log_loss

from fer_classic.classifiers import LeastSquaresSVC
from fer_classic.utils._temperature import fit_temperature

RNG = np.random.default_rng(0)
# 80 rows of one class and 20 of the other, near each other.
Y = np.repeat([0, 1], [80, 20])
X = RNG.normal(size=(100, 3)) + 0.7 * Y[:, np.newaxis]


def test_a_weight_equals_repeated_rows():
    scores = RNG.normal(size=(30, 3))
    codes = (scores + RNG.normal(size=(30, 3))).argmax(axis=1)
    weights = RNG.integers(1, 4, 30)
    copied = fit_temperature(np.repeat(scores, weights, axis=0), np.repeat(codes, weights))
    assert fit_temperature(scores, codes, weights) == pytest.approx(copied, rel=1e-3)
    assert fit_temperature(scores, codes) != pytest.approx(copied, rel=1e-2)


@pytest.mark.parametrize(
    ("class_weight", "weights"),
    [(None, (1, 1)), ("balanced", (100 / 160, 100 / 40)), ({0: 1.0, 1: 9.0}, (1, 9))],
)
def test_the_temperature_is_the_best_for_classes_of_these_weights(class_weight, weights):
    svm = LeastSquaresSVC(class_weight=class_weight).fit(X, Y)
    weights = np.array(weights)[Y]

    def loss(temperature):
        proba = softmax(temperature * svm.oof_scores_, axis=1)
        return log_loss(Y, proba, sample_weight=weights)

    best = svm.temperature_
    assert loss(best) < min(loss(best * 1.05), loss(best / 1.05))


def test_balanced_weights_make_the_classes_equally_probable():
    # The probabilities of two indistinguishable classes are their frequencies.
    noise = np.random.default_rng(1).normal(size=(300, 3))
    y = np.repeat([0, 1], [270, 30])
    plain, balanced = (
        LeastSquaresSVC(class_weight=weight).fit(noise, y).predict_proba(noise)[:, 1].mean()
        for weight in (None, "balanced")
    )
    assert plain == pytest.approx(0.1, abs=0.05)
    assert balanced == pytest.approx(0.5, abs=0.05)


def test_copies_of_an_over_sampler_do_not_bias_the_calibration():
    over_sampling = pytest.importorskip("imblearn.over_sampling", reason="no imbalanced-learn")
    rng = np.random.default_rng(1)
    noise, labels = rng.normal(size=(200, 3)), np.repeat([0, 1], [180, 20])
    sampler = over_sampling.RandomOverSampler(random_state=0)
    rows, codes = sampler.fit_resample(noise, labels)

    def recall(groups=None):
        left_out = LeastSquaresSVC(gamma=5.0).fit(rows, codes, groups).oof_scores_
        return (left_out.argmax(axis=1) == 1)[codes == 1].mean()

    assert len(rows) == 360
    # Left out one by one, each copy is recognised by its twins.
    assert recall(groups=np.arange(360)) > 0.95
    assert recall() < 0.6
