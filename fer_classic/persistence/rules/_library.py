"""Rules for the classes of this library."""

from math import prod
from numbers import Integral, Real

import numpy as np

from fer_classic.persistence.rules._require import MAX_OUTPUTS, MAX_SIDE, require

__all__ = ["LIBRARY"]

# Maximum ratio of the numbers of features and pixels.
_MAX_PER_PIXEL = 128


# Used only by fit, where large numbers are common.
_FOR_FIT = {"n_patches", "n_descriptors", "max_iter", "random_state", "epochs", "batch_size"}


def _image_step(made, state):
    for name, value in made.get_params(deep=False).items():
        if name in _FOR_FIT:
            continue
        values = value if isinstance(value, list | tuple) else [value]
        legal = len(values) <= 64 and all(
            not isinstance(number, int | float) or abs(number) <= 4 * MAX_SIDE for number in values
        )
        require(legal, made, f"{name}={value!r} is too large")
    if "size" in state:
        sides = np.atleast_1d(state["size"])
        require(sides.max() <= MAX_SIDE, made, f"size={state['size']}")


def _network(made, state):
    require(made.checkpoint_dir is None, made, "checkpoint_dir is set")
    require(isinstance(made.network, str), made, "its network is not given by name")
    if "state_" in state:
        arrays = state["state_"]
        legal = isinstance(arrays, dict) and all(
            isinstance(name, str) and type(array) is np.ndarray and array.dtype.kind in "fiu"
            for name, array in arrays.items()
        )
        require(legal, made, "state_ is not a mapping from names to weights")
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
    require(len(radii) * prod(made.grid) * codes <= MAX_OUTPUTS, made, "it has too many features")


def _gabor(made, state):
    directions = made.orientations
    number = len(directions) if isinstance(directions, list | tuple) else directions
    kernels = len(made.wavelengths) * number
    require(
        kernels <= MAX_SIDE and kernels * prod(made.grid) <= MAX_OUTPUTS,
        made,
        "it has too many features",
    )
    # The narrower the band, the larger the kernel.
    require(made.bandwidth >= 0.1, made, f"bandwidth={made.bandwidth}")


def _hog(made, state):
    # Ratio of the numbers of features and pixels; also below.
    times = made.orientations * prod(made.cells_per_block) / prod(made.pixels_per_cell)
    require(times <= _MAX_PER_PIXEL, made, "it has too many features")


def _sift(made, state):
    times = 8 * prod(made.bins) / made.stride**2
    require(times <= _MAX_PER_PIXEL, made, "it has too many features")


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
        # Missing in files of earlier versions.
        if "block_widths_" in state or "block_weights_" in state:
            widths, shares = state["block_widths_"], state["block_weights_"]
            legal = type(widths) is type(shares) is np.ndarray and widths.shape == shares.shape
            require(legal and len(widths) and widths.min() > 0, made, "block_widths_")
            require(widths.sum() == made.n_features_in_, made, "block_widths_")
            require(shares.min() > 0, made, "block_weights_")


def _adapted(made, state):
    weight = state.get("weight_", 0.0)
    require(0 <= weight <= 1, made, f"weight_={weight}")


def _fusion(made, state):
    parts = [part for _, part in made.estimators]
    require(all(hasattr(part, "predict") for part in parts), made, "estimators")
    fitted = state.get("estimators_", parts)
    require(isinstance(fitted, list) and len(fitted) == len(parts) > 0, made, "estimators_")
    if "weights_" in state:
        weights, biases = state["weights_"], state["biases_"]
        legal = type(weights) is np.ndarray and weights.shape == (len(parts),)
        require(legal and weights.dtype == np.float64 and weights.min() >= 0, made, "weights_")
        classes = fitted[0].classes_
        require(all(np.array_equal(part.classes_, classes) for part in fitted), made, "classes_")
        legal = biases is None or (type(biases) is np.ndarray and biases.shape == classes.shape)
        require(legal, made, "biases_")


LIBRARY = {
    "AdaptedClassifier": _adapted,
    "CNNClassifier": _network,
    "DenseSIFT": _sift,
    "GaborBank": _gabor,
    "HOGDescriptor": _hog,
    "ImageTransformer": _image_step,
    "LBPHistogram": _lbp,
    "LeastSquaresSVC": _least_squares,
    "ReducedSIFT": _sift,
    "ScoreFusion": _fusion,
}
"""Rules by class name; also applied to subclasses."""
