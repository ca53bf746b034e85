import copy

import numpy as np
import pytest

from fer_classic.neural._layers import _KINDS, check_layers, embedding_position

STATE = {
    "kernel": np.ones((4, 1, 3, 3), np.float32),
    "bias": np.zeros(4, np.float32),
    "mean": np.zeros(4, np.float32),
    "var": np.ones(4, np.float32),
    "dense": np.ones((3, 64), np.float32),
}


def layer(kind, inputs, weights=None, **settings):
    return {"kind": kind, "inputs": inputs, "weights": weights or {}, "settings": settings}


def network():
    """From 8x8 pixels to three scores."""
    ones, none = [1, 1], [0, 0, 0, 0]
    return [
        layer(
            "conv",
            [0],
            {"weight": "kernel", "bias": "bias"},
            stride=[1, 1],
            pads=[1, 1, 1, 1],
            dilation=ones,
            groups=[1],
        ),
        layer("norm", [1], {"mean": "mean", "var": "var"}, eps=1e-5),
        layer("relu", [2]),
        layer("max_pool", [3], kernel=[2, 2], stride=[2, 2], pads=none),
        layer("flatten", [4]),
        layer("dense", [5], {"weight": "dense"}),
    ]


def test_shapes_of_values():
    shapes = [(1, 8, 8), (4, 8, 8), (4, 8, 8), (4, 8, 8), (4, 4, 4), (64,), (3,)]
    assert check_layers(network(), STATE, (8, 8)) == shapes
    assert embedding_position(network()) == 5


def test_no_dense_layer_no_embedding():
    with pytest.raises(ValueError, match="no dense layer"):
        embedding_position(network()[:5])


@pytest.mark.parametrize(
    ("pads", "expected"), [([0, 0, 0, 0], (2, 2, 3)), ([0, 0, 1, 1], (2, 2, 4))]
)
def test_windows(pads, expected):
    settings = {"kernel": [3, 2], "stride": [2, 2], "pads": pads}
    assert _KINDS["mean_pool"].shape(settings, [(2, 5, 7)], {}) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((3, 4, 5), (3, 4, 5), (3, 4, 5)),
        ((3, 4, 5), (3, 1, 1), (3, 4, 5)),
        ((3, 1, 1), (3, 4, 5), (3, 4, 5)),
        ((7,), (7,), (7,)),
        ((3, 4, 5), (1, 4, 5), None),
        ((3, 4, 5), (3, 4, 1), None),
        ((3, 4, 5), (60,), None),
    ],
)
def test_pairs(one, other, expected):
    shape = _KINDS["multiply"].shape
    if expected is None:
        with pytest.raises(ValueError, match="it combines shapes"):
            shape({}, [one, other], {})
    else:
        assert shape({}, [one, other], {}) == expected


def change(position, key, value):
    """A change of one entry of a layer, or of one of its settings or weights."""

    def apply(layers):
        place = layers[position]
        *path, last = key.split(".")
        for name in path:
            place = place[name]
        place[last] = value

    return apply


@pytest.mark.parametrize(
    ("apply", "message"),
    [
        (change(0, "kind", "erf"), "layer 1 of the network makes no sense: there is no kind 'erf'"),
        (change(0, "inputs", [1]), "its inputs do not exist"),
        (change(0, "inputs", [-1]), "its inputs do not exist"),
        (change(0, "inputs", [True]), "its inputs do not exist"),
        (change(0, "inputs", []), "it has other inputs"),
        (change(2, "inputs", [1, 2]), "it has other inputs"),
        (change(0, "settings.stride", [0, 1]), r"stride=\[0, 1\]"),
        (change(0, "settings.stride", [1.0, 1]), "stride="),
        (change(0, "settings.pads", [1, 1]), "pads="),
        (change(0, "settings.pads", [3, 0, 0, 0]), "as wide as its kernel"),
        (change(0, "settings.groups", [2]), "other channels"),
        (change(0, "settings.dilation", [9, 9]), "its kernel is larger than the image"),
        (change(0, "settings.more", 1), "other settings"),
        (change(0, "weights.weight", "absent"), "makes no sense: 'absent'"),
        (change(0, "weights.weight", "mean"), "does not convolve"),
        (change(0, "weights.bias", "dense"), "bias is not made of 4 numbers"),
        (change(0, "weights", {}), "other weights"),
        (change(1, "settings.eps", 0.0), "eps=0.0"),
        (change(1, "settings.eps", float("nan")), "eps=nan"),
        (change(3, "settings.kernel", [9, 9]), "larger than the image"),
        (change(5, "inputs", [4]), r"takes 64 features, got \(4, 4, 4\)"),
        (change(5, "more", 1), "it is no layer"),
        (lambda layers: layers.__delitem__(slice(4, None)), "does not end in one score"),
        (lambda layers: layers.clear(), "there are no layers"),
        (lambda layers: layers.extend([layer("relu", [6])] * 3000), "there are no layers"),
        (lambda layers: layers.append(layers[5]), "another use"),
    ],
)
def test_what_makes_no_network(apply, message):
    layers = copy.deepcopy(network())
    apply(layers)
    with pytest.raises(ValueError, match=message):
        check_layers(layers, STATE, (8, 8))


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("kernel", np.full((4, 1, 3, 3), np.nan)),
        ("kernel", np.full((4, 1, 3, 3), 1e300)),
        ("kernel", np.ones((4, 1, 3, 3), np.int64)),
        ("kernel", np.ones((4, 1, 0, 3))),
        ("var", -np.ones(4)),
        ("mean", np.ones((4, 1))),
    ],
)
def test_weights_that_cannot_be(name, array):
    with pytest.raises(ValueError, match="makes no sense"):
        check_layers(network(), STATE | {name: array}, (8, 8))


def test_a_network_that_would_take_for_ever():
    layers = network()[:1]
    with pytest.raises(ValueError, match="the network is too large"):
        check_layers(layers, STATE, (8000, 8000))
