import numpy as np
import pytest
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from benchmarks.experiments import determinism
from benchmarks.experiments.determinism import Threads, deterministic_threads


class Network(LogisticRegression):
    def __init__(self, checkpoint_dir=None):
        self.checkpoint_dir = checkpoint_dir


@pytest.mark.parametrize(
    ("last", "deterministic"),
    [(LogisticRegression(), True), (Network(), False), (FrozenEstimator(Network()), True)],
)
def test_small_fits_but_those_of_networks_have_one_thread(last, deterministic):
    model = Pipeline([("last", last)])
    with threadpool_limits(2):
        with deterministic_threads(model, np.zeros((10, 3))) as threads:
            assert threads == Threads(1 if deterministic else 2, deterministic)
        with deterministic_threads(model, np.zeros((0, 3))) as threads:
            assert threads.deterministic == deterministic


def test_large_fits_have_all_threads(monkeypatch):
    monkeypatch.setattr(determinism, "_FEW_NUMBERS", 29)
    with (
        threadpool_limits(2),
        deterministic_threads(LogisticRegression(), np.zeros((10, 3))) as threads,
    ):
        assert threads == Threads(2, False)
