import pytest
import torch
from torch import nn

from fer_classic.exceptions import UnknownNameError
from fer_classic.neural import network_summary
from fer_classic.neural._summary import Layer, layers_of


def test_layers_by_hand():
    module = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(80, 3))
    assert layers_of(module, (4, 5)) == [
        Layer("0", "Conv2d", (4, 4, 5), 40, 9 * 80),
        Layer("1", "ReLU", (4, 4, 5), 0, 0),
        Layer("2", "Flatten", (80,), 0, 0),
        Layer("3", "Linear", (3,), 243, 240),
    ]


def test_the_module_is_left_as_it_was():
    module = nn.Sequential(nn.BatchNorm2d(1), nn.Flatten(), nn.Linear(4, 2))
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    layers_of(module, (2, 2))
    assert module.training
    assert not any(m._forward_hooks for m in module.modules())
    for name, tensor in module.state_dict().items():
        torch.testing.assert_close(tensor, before[name])


def test_a_table():
    lines = network_summary("plain3", n_classes=8).splitlines()
    assert lines[0].split() == ["layer", "type", "output", "parameters", "multiply-accumulates"]
    assert lines[1].split() == ["0", "Conv2d", "32x48x48", "320", "663,552"]
    assert lines[-1].split() == ["total", "683,656", "22,488,064"]
    assert len(lines) == 16


def test_an_unknown_network():
    with pytest.raises(UnknownNameError, match="unknown network 'plain'"):
        network_summary("plain")
