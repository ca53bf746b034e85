import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from fer_classic.neural import NETWORKS, make_network
from fer_classic.neural._opencv import OpenCVNetwork
from fer_classic.neural._trace import UntraceableError, trace_layers


def unsettle(module):
    """Give normalisations statistics as they are after training, and every PReLU other slopes."""
    torch.manual_seed(0)
    for layer in module.modules():
        if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
            layer.running_mean.normal_(0, 0.3)
            layer.running_var.uniform_(0.5, 2)
        if isinstance(layer, nn.PReLU):
            nn.init.uniform_(layer.weight, 0, 0.5)
    return module.eval()


def difference(module, shape, dtype=np.float32):
    """How far OpenCV's answers are from torch's."""
    layers = trace_layers(unsettle(module), shape)
    state = {name: array.numpy().astype(dtype) for name, array in module.state_dict().items()}
    images = np.random.default_rng(0).normal(size=(3, *shape)).astype(np.float32)
    with torch.inference_mode():
        expected = module(torch.from_numpy(images).unsqueeze(1)).numpy()
    found = OpenCVNetwork(layers, state, shape)(images)
    assert (found.shape, found.dtype) == (expected.shape, np.float32)
    return np.abs(found - expected).max()


@pytest.mark.parametrize("shape", [(24, 24), (17, 26)])
@pytest.mark.parametrize("name", [name for name in NETWORKS if name != "conv1x1_prelu"])
def test_networks_by_name(name, shape):
    assert difference(make_network(name, n_classes=3, image_shape=shape), shape) < 1e-5


def test_slopes_of_channels_and_large_dense_layers():
    module = make_network("conv1x1_prelu", n_classes=3, image_shape=(8, 8))
    assert difference(module, (8, 8)) < 1e-5


def head(*layers):
    """A network of the layers, that ends in three scores."""
    return nn.Sequential(*layers, nn.Flatten(), nn.LazyLinear(3))


class Branches(nn.Module):
    """Functions, operators and sizes, as people write them."""

    def __init__(self):
        super().__init__()
        self.one, self.two = nn.Conv2d(1, 4, 3, padding=1), nn.Conv2d(1, 4, 1)
        self.dense = nn.Linear(12 * 63, 3)

    def forward(self, x):
        a, b = functional.relu(self.one(x)), torch.sigmoid(self.two(x))
        x = torch.cat([a + b, a * b, torch.tanh(a)], dim=1)
        x = functional.dropout(x, 0.5, self.training)
        return self.dense(x.view(x.size(0), -1))


class Twice(nn.Module):
    """One normalisation, used twice."""

    def __init__(self):
        super().__init__()
        self.norm, self.dense = nn.BatchNorm2d(1), nn.Linear(63, 3)

    def forward(self, x):
        return self.dense(torch.flatten(self.norm(self.norm(x)), 1))


class Decides(nn.Module):
    """Asks the image what to do."""

    def forward(self, x):
        return x.flatten(1)[:, :3] if x.sum() > 0 else -x.flatten(1)[:, :3]


@pytest.mark.parametrize(
    "module",
    [
        head(nn.Conv2d(1, 4, (3, 2), stride=(2, 1), padding=(1, 0), dilation=(1, 2))),
        head(nn.Conv2d(1, 4, 5, padding="same", bias=False), nn.LeakyReLU(0.2)),
        head(nn.Conv2d(1, 4, 3), nn.Conv2d(4, 8, 3, groups=2), nn.ELU(0.7), nn.Identity()),
        head(nn.Conv2d(1, 4, 1), nn.BatchNorm2d(4, affine=False), nn.PReLU(4), nn.Dropout2d()),
        head(nn.MaxPool2d(2, ceil_mode=True), nn.Tanh()),
        head(nn.MaxPool2d(3, 2, padding=1)),
        head(nn.AvgPool2d(3, 2, ceil_mode=True, count_include_pad=False)),
        head(nn.AdaptiveAvgPool2d((7, 3)), nn.Sigmoid()),
        head(nn.Conv2d(1, 4, 1), nn.AdaptiveMaxPool2d(1)),
        Branches(),
        nn.Sequential(nn.Conv2d(1, 3, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten()),
    ],
    ids=range(11),
)
def test_layers_of_the_user(module):
    module(torch.zeros(2, 1, 7, 9))  # lazy layers learn their size
    assert difference(module, (7, 9)) < 1e-5


def test_weights_of_another_precision():
    module = nn.Sequential(nn.Flatten(), nn.Linear(63, 3))
    assert difference(module, (7, 9), dtype=np.float64) < 1e-5


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (Decides(), "cannot be followed"),
        (head(nn.GELU()), "GELU"),
        (head(nn.AdaptiveAvgPool2d(4)), "does not divide"),
        (head(nn.AvgPool2d(3, padding=1)), "pools in a way"),
        (head(nn.MaxPool2d(2, dilation=2)), "pools in a way"),
        (head(nn.Conv2d(1, 4, 3, padding=1, padding_mode="reflect")), "pads with reflect"),
        (head(nn.BatchNorm2d(1, track_running_stats=False)), "normalises by the batch"),
        (head(nn.Conv2d(1, 2, 1), nn.PReLU()), "one slope for all"),
    ],
)
def test_layers_that_are_not_known(module, message):
    module(torch.zeros(2, 1, 7, 9))
    with pytest.raises(UntraceableError, match=message):
        trace_layers(module.eval(), (7, 9))
