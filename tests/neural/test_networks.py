import re

import pytest

from fer_classic.neural import NETWORKS, _baselines, _networks, make_network
from fer_classic.neural._summary import layers_of


def totals(network):
    layers = layers_of(make_network(network), (48, 48))
    return sum(layer.parameters for layer in layers), sum(layer.macs for layer in layers)


@pytest.mark.parametrize("network", NETWORKS)
def test_docstrings_give_the_size(network):
    home = _networks if hasattr(_networks, network) else _baselines
    text = " ".join(getattr(home, network).__doc__.split())
    told = re.search(
        r"For seven classes ([\d,]+) parameters; .* 48x48 pixels ([\d.]+) million "
        r"multiply-accumulates",
        text,
    )
    parameters, macs = totals(network)
    assert told.groups() == (f"{parameters:,}", f"{macs / 1e6:.1f}")


@pytest.mark.parametrize(
    ("network", "bound"), [("narrow", 400_000), ("compact", 1_000_000), ("wide", 5_000_000)]
)
def test_the_own_networks_keep_their_bounds(network, bound):
    assert totals(network)[0] < bound


# Counted by hand: 9 a + 1 weights for each channel of a 3x3 convolution over a channels, and so on;
# batch normalisation has two a channel.
BY_HAND = {
    "plain3": 320 + 18_496 + 73_856 + (128 * 36 * 128 + 128) + (128 * 7 + 7),
    "elu_vgg": (640 + 36_928 + 73_856 + 147_584 + 295_168 + 590_080)
    + 2 * 2 * (64 + 128 + 256)
    + (256 * 36 * 128 + 128)
    + 256
    + (128 * 7 + 7),
    "conv1x1_prelu": 64
    + (18_496 + 36_928 + 2 * (25 * 64 * 64 + 64))
    + 4 * 64
    + (64 * 144 * 2048 + 2048)
    + (2048 * 1024 + 1024)
    + (1024 * 7 + 7),
    "four_block": (640 + 204_928 + 590_336 + 2_359_808)
    + 2 * (64 + 128 + 512 + 512 + 256 + 512)
    + (512 * 9 * 256 + 256)
    + (256 * 512 + 512)
    + (512 * 7 + 7),
}


@pytest.mark.parametrize("network", BY_HAND)
def test_the_baselines_are_as_published(network):
    assert totals(network)[0] == BY_HAND[network]
