import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from benchmarks.labels.plant import look_for, plant
from fer_classic.classifiers import LeastSquaresSVC
from fer_classic.features import Flatten

NAMES = np.repeat(["angry", "fear", "happy", "sad", "surprise"], 20)


@pytest.mark.parametrize(("share", "count"), [(0.0, 0), (0.1, 10), (0.25, 25)])
@pytest.mark.parametrize("flips", ["random", "similar"])
def test_that_many_labels_become_wrong(share, count, flips):
    labels = plant(NAMES, share, flips=flips, draw=0)
    assert (labels != NAMES).sum() == count
    assert (plant(NAMES, share, flips=flips, draw=0) == labels).all()


def test_labels_become_those_of_similar_expressions():
    labels = plant(NAMES, 1.0, flips="similar", draw=0)
    assert set(labels[NAMES == "fear"]) == {"surprise"}
    assert set(labels[NAMES == "surprise"]) == {"fear"}


def test_planted_labels_are_found():
    rng = np.random.default_rng(0)
    patterns = rng.integers(60, 190, (5, 8, 8))
    images = np.repeat(patterns, 20, axis=0) + rng.integers(-30, 30, (100, 8, 8))
    found = look_for(
        make_pipeline(Flatten(), LeastSquaresSVC(alpha=1.0)),
        images.astype(np.uint8),
        NAMES,
        np.arange(100),
        share=0.1,
        flips="random",
        draw=1,
    )
    assert (found.n_items, found.n_planted) == (100, 10)
    assert found.accuracy > 0.95
    assert (found.found, found.corrected) == (1.0, 1.0)
    assert found.precision_50 == pytest.approx(10 / found.n_issues, abs=0.01)
    assert found.share == pytest.approx(0.1, abs=0.03)
