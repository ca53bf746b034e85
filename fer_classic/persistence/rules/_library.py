"""Rules for the library's own classes: what a file may ask them for."""

from math import prod
from numbers import Integral, Real

import numpy as np

from fer_classic.persistence.rules._require import MOST_OUTPUTS, MOST_PIXELS, require

__all__ = ["LIBRARY"]

# How much larger a description may be than the image.
_MOST_PER_PIXEL = 128


# Only of use while fitting, where large numbers are common.
_FOR_FIT = {"n_patches", "n_descriptors", "max_iter", "random_state", "epochs", "batch_size"}


def _image_step(made, state):
    for name, value in made.get_params(deep=False).items():
        if name in _FOR_FIT:
            continue
        values = value if isinstance(value, list | tuple) else [value]
        legal = len(values) <= 64 and all(
            not isinstance(number, int | float) or abs(number) <= 4 * MOST_PIXELS
            for number in values
        )
        require(legal, made, f"{name}={value!r} is out of all proportion")
    if "size" in state:
        sides = np.atleast_1d(state["size"])
        require(sides.max() <= MOST_PIXELS, made, f"size={state['size']}")


def _network(made, state):
    require(made.checkpoint_dir is None, made, "checkpoint_dir is set")
    require(isinstance(made.network, str), made, "its network is not named")
    if "state_" in state:
        arrays = state["state_"]
        legal = isinstance(arrays, dict) and all(
            isinstance(name, str) and type(array) is np.ndarray and array.dtype.kind in "fiu"
            for name, array in arrays.items()
        )
        require(legal, made, "state_ does not hold weights by name")
        if state.get("layers_") is not None:
            from fer_classic.neural._layers import check_layers

            shapes = check_layers(state["layers_"], arrays, made.image_shape_)
            require(shapes[-1] == made.classes_.shape, made, "classes_ do not fit the network")
        temperature = state.get("temperature_", 1.0)
        legal = isinstance(temperature, Real) and np.isfinite(temperature) and temperature > 0
        require(legal, made, "temperature_")
        moments = made.mean_, made.scale_
        if moments != (None, None):
            legal = all(isinstance(number, Real) and np.isfinite(number) for number in moments)
            require(legal and made.scale_ > 0, made, "mean_ or scale_")


def _lbp(made, state):
    radii = made.radius if isinstance(made.radius, list | tuple) else [made.radius]
    codes = 2**made.points if made.method == "default" else made.points**2 + 3
    require(len(radii) * prod(made.grid) * codes <= MOST_OUTPUTS, made, "it counts too much")


def _gabor(made, state):
    directions = made.orientations
    number = len(directions) if isinstance(directions, list | tuple) else directions
    kernels = len(made.wavelengths) * number
    require(
        kernels <= MOST_PIXELS and kernels * prod(made.grid) <= MOST_OUTPUTS,
        made,
        "it measures too much",
    )
    # Kernels reach the further, the narrower their band is.
    require(made.bandwidth >= 0.1, made, f"bandwidth={made.bandwidth}")


def _hog(made, state):
    # How much larger the description is than the image; so below.
    times = made.orientations * prod(made.cells_per_block) / prod(made.pixels_per_cell)
    require(times <= _MOST_PER_PIXEL, made, "it describes too much")


def _sift(made, state):
    times = 8 * prod(made.bins) / made.stride**2
    require(times <= _MOST_PER_PIXEL, made, "it describes too much")


def _haar(made, state):
    # So many sizes are searched that each is smaller than the last by this.
    require(made.scale_factor >= 1.01, made, f"scale_factor={made.scale_factor}")


def _least_squares(made, state):
    if "X_fit_" in state:
        bytes_ = state["X_fit_"].dtype.kind == "u"
        require((state["X_scale_"] is not None) == bytes_, made, "X_scale_")
        require(state["kernel_"] in ("rbf", "linear"), made, "kernel_")
        temperature = state.get("temperature_", 1.0)
        require(np.isfinite(temperature) and temperature > 0, made, "temperature_")
        blocks = made.blocks
        count = blocks if isinstance(blocks, Integral) else len(blocks)
        require(count <= made.n_features_in_, made, "blocks")


LIBRARY = {
    "CNNClassifier": _network,
    "DenseSIFT": _sift,
    "GaborBank": _gabor,
    "HOGDescriptor": _hog,
    "HaarDetector": _haar,
    "ImageTransformer": _image_step,
    "LBPHistogram": _lbp,
    "LeastSquaresSVC": _least_squares,
    "ReducedSIFT": _sift,
}
"""Rules by class, which is looked for among the bases of an object's class too."""
