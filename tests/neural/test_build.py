import pytest
import torch
from torch import nn

from fer_classic.exceptions import UnknownNameError
from fer_classic.neural import NETWORKS, make_network
from tests.neural.networks import small


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("image_shape", [(48, 48), (16, 20)])
def test_images_become_scores(network, image_shape):
    module = make_network(network, n_classes=5, image_shape=image_shape).eval()
    assert module(torch.zeros(2, 1, *image_shape)).shape == (2, 5)


@pytest.mark.parametrize("network", ["compact", "narrow", "wide"])
@pytest.mark.parametrize("image_shape", [(1, 1), (1, 7), (3, 2), (65, 33)])
def test_the_own_networks_take_images_of_any_size(network, image_shape):
    module = make_network(network, n_classes=2, image_shape=image_shape)
    assert module(torch.zeros(2, 1, *image_shape)).shape == (2, 2)


@pytest.mark.parametrize(
    ("network", "least"), [("elu_vgg", 8), ("conv1x1_prelu", 4), ("plain3", 8), ("four_block", 16)]
)
def test_images_that_are_too_small_are_refused(network, least):
    make_network(network, image_shape=(least, least))
    with pytest.raises(
        ValueError, match=rf"needs {least}x{least} pixels.*\({least}, {least - 1}\)"
    ):
        make_network(network, image_shape=(least, least - 1))


def test_an_unknown_name():
    with pytest.raises(UnknownNameError, match="Did you mean 'compact'"):
        make_network("compct")


def test_a_function_of_the_users_own():
    module = make_network(small, n_classes=3, image_shape=(8, 8))
    assert module.training
    assert module(torch.zeros(2, 1, 8, 8)).shape == (2, 3)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda n, shape: "compact", "torch.nn.Module, but it returned a str"),
        (lambda n, shape: nn.Linear(3, n), r"does not take images of shape \(8, 8\)"),
        (lambda n, shape: nn.Sequential(nn.Flatten(), nn.Linear(64, 9)), r"shape \(n, 3\)"),
        (lambda n, shape: nn.Conv2d(1, n, 3), r"for 2 images it gave \(2, 3, 6, 6\)"),
    ],
)
def test_functions_that_give_no_such_network(function, message):
    with pytest.raises(ValueError, match=message):
        make_network(function, n_classes=3, image_shape=(8, 8))
