import numpy as np
import pytest
import torch
from torch import nn

from fer_classic.exceptions import FerClassicWarning
from fer_classic.neural._torch import compute_with_torch, describe_network
from tests.neural.networks import tiny
from tests.neural.test_trace import Twice

CPU = torch.device("cpu")
IMAGES = np.random.default_rng(0).normal(size=(5, 4, 4)).astype(np.float32)


def test_the_embedding_is_what_the_last_dense_layer_reads():
    module = tiny(3, (4, 4)).eval()
    embedding = compute_with_torch(module, IMAGES, device=CPU, embedding=True)
    scores = compute_with_torch(module, IMAGES, device=CPU)
    last = module[-1]
    expected = embedding @ last.weight.detach().numpy().T + last.bias.detach().numpy()
    np.testing.assert_allclose(scores, expected, atol=1e-5)
    assert not last._forward_pre_hooks


def test_no_dense_layer_no_embedding():
    with pytest.raises(ValueError, match="no dense layer"):
        compute_with_torch(nn.Flatten(), IMAGES, device=CPU, embedding=True)


class Hooked(nn.Sequential):
    """Does what its layers do not say."""

    def __init__(self):
        super().__init__(nn.Flatten(), nn.Linear(16, 3))
        self[1].register_forward_hook(lambda *arguments: arguments[2] * 2)


@pytest.mark.parametrize(
    ("module", "shape", "message"),
    [
        (Hooked(), (4, 4), "OpenCV's answers differ by"),
        (Twice(), (7, 9), "its weights have another use"),
        (nn.Sequential(nn.GELU(), nn.Flatten(), nn.Linear(16, 3)), (4, 4), "GELU"),
    ],
)
def test_what_opencv_cannot_compute_is_said(module, shape, message):
    state = {name: array.numpy() for name, array in module.eval().state_dict().items()}
    with pytest.warns(FerClassicWarning, match=message):
        assert describe_network(module, state, shape) is None
