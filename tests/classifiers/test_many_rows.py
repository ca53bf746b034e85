"""More training rows than a kernel matrix can hold."""

import re

import numpy as np
import pytest

from fer_classic.classifiers import LeastSquaresSVC, _many_rows
from fer_classic.classifiers import _least_squares as module
from fer_classic.exceptions import FerClassicWarning

RNG = np.random.default_rng(0)
Y = np.repeat(["fear", "happy", "sad"], 100)[RNG.permutation(300)]
X = RNG.normal(size=(300, 4)) + np.unique(Y, return_inverse=True)[1][:, np.newaxis]


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch):
    monkeypatch.setattr(module, "MAX_ROWS", 200)
    monkeypatch.setattr(_many_rows, "_N_CENTERS", 60)
    monkeypatch.setattr(_many_rows, "_SAMPLE", 100)


def test_centres_take_their_place_and_the_loss_is_reported():
    with pytest.warns(FerClassicWarning, match="300 training rows would take 0 GB") as caught:
        model = LeastSquaresSVC(random_state=0).fit(X, Y)
    assert model.n_centers_ == len(model.X_fit_) == 60
    text = str(caught[0].message)
    assert "so 60 centres take their place. On a sample of 100 rows, 20 centres" in text
    centred, exact = (float(number) for number in re.findall(r"of (\d+\.\d) %", text))
    # Computed here in the plain way: on every third row at random, with all and with 20 centres.
    third = np.sort(np.random.default_rng(0).permutation(300)[:100])
    sample = LeastSquaresSVC(oof_samples=None, random_state=0)
    for n_centers, told in ((None, exact), (20, centred)):
        sample.set_params(n_centers=n_centers).fit(X[third], Y[third])
        names = sample.classes_[sample.oof_scores_.argmax(axis=1)]
        assert told == pytest.approx(100 * np.mean(names == Y[third]), abs=0.05)


@pytest.mark.parametrize(("n_rows", "n_centers"), [(200, None), (300, 80)])
def test_without_need_nothing_changes(n_rows, n_centers):
    model = LeastSquaresSVC(n_centers=n_centers, random_state=0).fit(X[:n_rows], Y[:n_rows])
    assert model.n_centers_ == n_centers
    assert len(model.X_fit_) == (n_centers or n_rows)
