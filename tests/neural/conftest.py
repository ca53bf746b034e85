import numpy as np
import pytest
import torch

from fer_classic.neural import CNNClassifier
from tests.neural.networks import small


@pytest.fixture(autouse=True)
def one_thread():
    """Small work is fastest on one thread, and repeats to the last bit."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def make_images(n_per_class=12, n_groups=6, seed=0):
    """Noisy images of three patterns that a network learns in a few epochs, with groups."""
    patterns = np.random.default_rng(99).integers(40, 216, (3, 8, 8))
    codes = np.repeat(np.arange(3), n_per_class)
    noise = np.random.default_rng(seed).normal(0, 12, (len(codes), 8, 8))
    images = np.clip(patterns[codes] + noise, 0, 255).astype(np.uint8)
    groups = np.arange(len(codes)) % n_groups
    return images, np.array(["fear", "happy", "sad"])[codes], groups


@pytest.fixture(scope="session")
def images():
    return make_images()[0]


@pytest.fixture(scope="session")
def names():
    return make_images()[1]


@pytest.fixture(scope="session")
def groups():
    return make_images()[2]


def classifier(**settings):
    """A classifier that is trained in a moment."""
    quick = {
        "network": small,
        "epochs": 6,
        "batch_size": 8,
        "learning_rate": 0.05,
        "validation_fraction": 0.25,
        "random_state": 0,
    }
    return CNNClassifier(**quick | settings)
