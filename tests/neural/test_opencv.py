import threading

import numpy as np

from fer_classic.neural import _opencv
from fer_classic.neural._opencv import OpenCVNetwork
from tests.neural.test_layers import STATE, network

IMAGES = np.random.default_rng(0).normal(size=(6, 8, 8)).astype(np.float32)


def test_values_by_hand():
    """A kernel of ones over ones gives 9 inside; each pooled window reaches the inside."""
    images = np.ones((1, 8, 8), np.float32)
    norm = np.float32(1 / np.sqrt(1 + 1e-5))
    np.testing.assert_allclose(
        OpenCVNetwork(network(), STATE, (8, 8))(images), np.full((1, 3), 64 * 9 * norm), rtol=1e-6
    )
    pooled = OpenCVNetwork(network(), STATE, (8, 8))(images, n_layers=5)
    np.testing.assert_allclose(pooled, np.full((1, 64), 9 * norm), rtol=1e-6)


def test_one_image_is_itself_in_a_batch():
    compute = OpenCVNetwork(network(), STATE, (8, 8))
    alone = np.concatenate([compute(IMAGES[k : k + 1]) for k in range(6)])
    np.testing.assert_array_equal(alone, compute(IMAGES))


def test_threads_do_not_share_a_network(monkeypatch):
    """Each thread loads one for each length, once."""
    loads = []
    read = _opencv.cv2.dnn.readNetFromONNX
    monkeypatch.setattr(
        _opencv.cv2.dnn, "readNetFromONNX", lambda data: loads.append(1) or read(data)
    )
    compute = OpenCVNetwork(network(), STATE, (8, 8))
    expected, answers = compute(IMAGES), []
    assert (len(loads), len(compute(IMAGES, n_layers=5)), len(loads)) == (1, 6, 2)
    compute(IMAGES)
    assert len(loads) == 2

    def work():
        answers.extend(compute(IMAGES) for _ in range(20))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loads) == 6
    assert len(answers) == 80
    assert all(np.array_equal(answer, expected) for answer in answers)
