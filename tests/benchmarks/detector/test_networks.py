import numpy as np
import torch

from benchmarks.detector.fit import standardize
from benchmarks.detector.networks import CheckNetwork, LocalContrast, ProposalNetwork
from fer_classic.faces import _windows


def image(*shape):
    return np.random.default_rng(0).integers(0, 256, shape).astype(np.float32)


def test_one_window_one_answer():
    assert ProposalNetwork()(torch.zeros(2, 1, 24, 24)).shape == (2, 4, 1, 1)
    assert CheckNetwork()(torch.zeros(2, 1, 40, 40)).shape == (2, 4, 1, 1)


def test_a_window_every_four_pixels():
    network, picture = ProposalNetwork(), torch.from_numpy(image(1, 1, 44, 60))
    with torch.no_grad():
        found = network(picture)
        alone = network(picture[:, :, 8 : 8 + 24, 12 : 12 + 24])
    assert found.shape == (1, 4, 6, 10)
    torch.testing.assert_close(found[:, :, 2, 3], alone[:, :, 0, 0], rtol=1e-4, atol=1e-4)


def test_contrast_is_that_of_the_detector():
    picture = image(60, 70)
    got = LocalContrast(_windows.AROUND, _windows.FLOOR)(torch.from_numpy(picture)[None, None])
    np.testing.assert_allclose(got[0, 0], _windows.local_contrast(picture), atol=1e-3)


def test_standard_windows_are_those_of_the_detector():
    windows = image(3, 40, 40)
    got = standardize(torch.from_numpy(windows)[:, None])[:, 0]
    np.testing.assert_allclose(got, _windows.standardize(windows), atol=1e-4)
