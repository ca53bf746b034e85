import copy

import numpy as np
import pytest

from fer_classic.exceptions import ExportError

pytest.importorskip("onnx")


@pytest.fixture
def network(cnn):
    return copy.copy(cnn["cnn"])


def test_pixels_standardised_by_the_training_set(network, faces, difference):
    network.mean_, network.scale_, network.temperature_ = 0.4, 0.3, 0.5
    images = np.concatenate([faces[0][:5], np.zeros((1, 48, 48), np.uint8)])
    assert difference(network, images) < 1e-4


def test_what_only_torch_computes_is_refused(network, faces, difference):
    network.layers_ = None
    with pytest.raises(ExportError, match=r"operations that only torch computes"):
        difference(network, faces[0])


def test_flat_rows_of_pixels_are_refused(network, faces, difference):
    network.image_shape = (48, 48)
    with pytest.raises(ExportError, match=r"image_shape=\(48, 48\)"):
        difference(network, faces[0].reshape(48, -1))
