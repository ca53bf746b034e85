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


def _image_step(estimator, state):
    for name, value in estimator.get_params(deep=False).items():
        if name in _FOR_FIT:
            continue
        values = value if isinstance(value, list | tuple) else [value]
        legal = len(values) <= 64 and all(
            not isinstance(number, int | float) or abs(number) <= 4 * MAX_SIDE for number in values
        )
        require(legal, estimator, f"{name}={value!r} is too large")
    if "size" in state:
        sides = np.atleast_1d(state["size"])
        require(sides.max() <= MAX_SIDE, estimator, f"size={state['size']}")


def _network(estimator, state):
    require(estimator.checkpoint_dir is None, estimator, "checkpoint_dir is set")
    require(isinstance(estimator.network, str), estimator, "its network is not given by name")
    if "state_" in state:
        arrays = state["state_"]
        legal = isinstance(arrays, dict) and all(
            isinstance(name, str) and type(array) is np.ndarray and array.dtype.kind in "fiu"
            for name, array in arrays.items()
        )
        require(legal, estimator, "state_ is not a mapping from names to weights")
        if state.get("layers_") is not None:
            from fer_classic.neural._layers import check_layers

            shapes = check_layers(state["layers_"], arrays, estimator.image_shape_)
            require(
                shapes[-1] == estimator.classes_.shape, estimator, "classes_ do not fit the network"
            )
        temperature = state.get("temperature_", 1.0)
        legal = isinstance(temperature, Real) and np.isfinite(temperature) and temperature > 0
        require(legal, estimator, "temperature_")
        moments = estimator.mean_, estimator.scale_
        if moments != (None, None):
            legal = all(isinstance(number, Real) and np.isfinite(number) for number in moments)
            require(legal and estimator.scale_ > 0, estimator, "mean_ or scale_")


def _lbp(estimator, state):
    radii = estimator.radius if isinstance(estimator.radius, list | tuple) else [estimator.radius]
    codes = 2**estimator.points if estimator.method == "default" else estimator.points**2 + 3
    require(
        len(radii) * prod(estimator.grid) * codes <= MAX_OUTPUTS,
        estimator,
        "it has too many features",
    )


def _gabor(estimator, state):
    directions = estimator.orientations
    number = len(directions) if isinstance(directions, list | tuple) else directions
    kernels = len(estimator.wavelengths) * number
    require(
        kernels <= MAX_SIDE and kernels * prod(estimator.grid) <= MAX_OUTPUTS,
        estimator,
        "it has too many features",
    )
    # The narrower the band, the larger the kernel.
    require(estimator.bandwidth >= 0.1, estimator, f"bandwidth={estimator.bandwidth}")


def _hog(estimator, state):
    # Ratio of the numbers of features and pixels; also below.
    times = (
        estimator.orientations * prod(estimator.cells_per_block) / prod(estimator.pixels_per_cell)
    )
    require(times <= _MAX_PER_PIXEL, estimator, "it has too many features")


def _sift(estimator, state):
    times = 8 * prod(estimator.bins) / estimator.stride**2
    require(times <= _MAX_PER_PIXEL, estimator, "it has too many features")


def _least_squares(estimator, state):
    if "X_fit_" in state:
        bytes_ = state["X_fit_"].dtype.kind == "u"
        require((state["X_scale_"] is not None) == bytes_, estimator, "X_scale_")
        require(state["kernel_"] in ("rbf", "linear"), estimator, "kernel_")
        temperature = state.get("temperature_", 1.0)
        require(np.isfinite(temperature) and temperature > 0, estimator, "temperature_")
        blocks = estimator.blocks
        count = blocks if isinstance(blocks, Integral) else len(blocks)
        require(count <= estimator.n_features_in_, estimator, "blocks")
        # Missing in files of earlier versions.
        if "block_widths_" in state or "block_weights_" in state:
            widths, shares = state["block_widths_"], state["block_weights_"]
            legal = type(widths) is type(shares) is np.ndarray and widths.shape == shares.shape
            require(legal and len(widths) and widths.min() > 0, estimator, "block_widths_")
            require(widths.sum() == estimator.n_features_in_, estimator, "block_widths_")
            require(shares.min() > 0, estimator, "block_weights_")


def _adapted(estimator, state):
    weight = state.get("weight_", 0.0)
    require(0 <= weight <= 1, estimator, f"weight_={weight}")


def _fusion(estimator, state):
    parts = [part for _, part in estimator.estimators]
    require(all(hasattr(part, "predict") for part in parts), estimator, "estimators")
    fitted = state.get("estimators_", parts)
    require(isinstance(fitted, list) and len(fitted) == len(parts) > 0, estimator, "estimators_")
    if "weights_" in state:
        weights, biases = state["weights_"], state["biases_"]
        legal = type(weights) is np.ndarray and weights.shape == (len(parts),)
        require(legal and weights.dtype == np.float64 and weights.min() >= 0, estimator, "weights_")
        classes = fitted[0].classes_
        require(
            all(np.array_equal(part.classes_, classes) for part in fitted), estimator, "classes_"
        )
        legal = biases is None or (type(biases) is np.ndarray and biases.shape == classes.shape)
        require(legal, estimator, "biases_")


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
