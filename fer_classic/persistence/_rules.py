"""What must hold of an object that was made of a file, before it is asked anything.

Three kinds of rule: parameters have the types and ranges that their class declares; arrays have the
shapes, kinds and finite values that the class gives them; and what compiled code takes on trust
(indices, counts), or what Python code looks up by name, is checked by a function for the class.
"""

from math import comb, prod
from numbers import Integral, Real

import numpy as np
from sklearn.base import BaseEstimator

from fer_classic.utils._validation import validate_parameter_constraints

__all__ = ["check_object"]

_MOST_FEATURES = 2**31
# No face is cut out larger, and no step asks for more of anything than there are pixels in a row.
_MOST_PIXELS = 1024
_MOST_THREADS = 256
_MOST_COMBINATIONS = 3_000_000
_MOST_OUTPUTS, _MOST_PER_PIXEL = 2**20, 128
# How many times as many columns may leave unions and column transformers as enter them.
_WIDEST = 64
# May hold values that are not finite: what a training or a search has recorded.
_RECORDS = {"cv_results_", "history_", "search_"}

# Shapes of arrays by class, which is looked for among the bases too. p: n_features_in_, k: number
# of classes, r: k, or 1 for two classes, q: pairs of classes, d: k - 1; other letters: any number,
# the same throughout an object. Behind a colon the kinds of numbers, floating by default.
_SHAPES = {
    "BagOfVisualWords": {"words_": "w c"},
    "BaseSVC": {
        "support_": "n:i",
        "support_vectors_": "n p",
        "_n_support": "k:i",
        "_dual_coef_": "d n",
        "dual_coef_": "d n",
        "_intercept_": "q",
        "intercept_": "q",
    },
    "FactorAnalysis": {"components_": "m p", "mean_": "p", "noise_variance_": "p"},
    "FastICA": {"components_": "m p", "mean_": "p", "mixing_": "p m"},
    "GaussianNB": {"theta_": "k p", "var_": "k p", "class_prior_": "k"},
    "IsotonicRegression": {"X_thresholds_": "t", "y_thresholds_": "t"},
    "LeastSquaresSVC": {
        "X_fit_": "n p:fu",
        "X_scale_": "2 p",
        "dual_coef_": "n k",
        "intercept_": "k",
    },
    "LinearClassifierMixin": {"coef_": "r p", "intercept_": "r"},
    "LinearDiscriminantAnalysis": {"means_": "k p", "priors_": "k", "scalings_": "p s"},
    "MaxAbsScaler": {"max_abs_": "p", "scale_": "p"},
    "MinMaxScaler": {"min_": "p", "scale_": "p"},
    "NearestCentroid": {"centroids_": "k p"},
    "NeighborsBase": {"_fit_X": "n p", "_y": "n:iu"},
    "PowerTransformer": {"lambdas_": "p"},
    "QuadraticDiscriminantAnalysis": {"means_": "k p", "priors_": "k"},
    "QuantileTransformer": {"quantiles_": "m p", "references_": "m"},
    "RBFSampler": {"random_weights_": "p m", "random_offset_": "m"},
    "RobustScaler": {"center_": "p", "scale_": "p"},
    "SkewedChi2Sampler": {"random_weights_": "p m", "random_offset_": "m"},
    "StandardScaler": {"mean_": "p", "scale_": "p", "var_": "p"},
    "TruncatedSVD": {"components_": "m p"},
    "VarianceThreshold": {"variances_": "p"},
    "_BaseDiscreteNB": {"feature_log_prob_": "k p", "class_log_prior_": "k"},
    "_BasePCA": {"components_": "m p", "mean_": "p", "explained_variance_": "m"},
}


def check_object(made):
    """Check an object of an allowed class; what is inside it has been checked before.

    Raises
    ------
    ValueError, TypeError, AttributeError, ...
        If it is not what an object of its class can be.
    """
    state, bases = vars(made), {base.__name__ for base in type(made).__mro__}
    if isinstance(made, BaseEstimator):
        _check_parameters(made)
    _check_common(made, state)
    for name in bases & _SHAPES.keys():
        _check_shapes(made, state, _SHAPES[name])
    for name in bases & _MOST.keys():
        _check_amounts(made, _MOST[name])
    for name in bases & _SPECIAL.keys():
        _SPECIAL[name](made, state)


def _require(holds, made, problem):
    if not holds:
        raise ValueError(f"{type(made).__name__}: {problem}")


def _check_parameters(made):
    parameters = made.get_params(deep=False)
    constraints = getattr(made, "_parameter_constraints", None)
    if constraints:
        validate_parameter_constraints(constraints, parameters, type(made).__name__)
    threads = parameters.get("n_jobs")
    _require(threads is None or abs(threads) <= _MOST_THREADS, made, f"n_jobs={threads}")
    # It would make a folder.
    _require(parameters.get("memory") is None, made, "memory is set")


def _check_common(made, state):
    for name, value in state.items():
        if name not in _RECORDS:
            _require(_all_finite(value), made, f"{name} holds values that are not finite")
    count = state.get("n_features_in_", 1)
    _require(
        isinstance(count, Integral) and 0 < count < _MOST_FEATURES, made, f"n_features_in_={count}"
    )
    if "image_shape_" in state:
        _require(_is_image_shape(state["image_shape_"]), made, f"{state['image_shape_']=}")
    if "classes_" in state:
        classes = state["classes_"]
        # The lengths of other arrays follow from that of this one.
        _require(
            type(classes) is np.ndarray
            and classes.ndim == 1
            and np.array_equal(classes, np.unique(classes)),
            made,
            "classes_ are not sorted, or not a list",
        )
        _require(state.get("n_classes_", len(classes)) == len(classes), made, "n_classes_")


def _all_finite(value):
    if isinstance(value, list | tuple):
        return all(map(_all_finite, value))
    if isinstance(value, dict):
        return all(map(_all_finite, value.values()))
    if not isinstance(value, np.ndarray):
        return True
    if value.dtype.kind == "O":
        return _all_finite(value.ravel().tolist())
    return value.dtype.kind not in "fc" or bool(np.isfinite(value).all())


def _is_image_shape(shape):
    return (
        isinstance(shape, tuple)
        and len(shape) == 2
        and all(isinstance(side, Integral) and 0 < side <= 2 * _MOST_PIXELS for side in shape)
    )


def _check_shapes(made, state, shapes):
    known = _lengths(state)
    for name, described in shapes.items():
        value = state.get(name)
        # Left out or switched off: no intercept, no scaling.
        if value is None or np.ndim(value) == 0:
            continue
        letters, _, kinds = described.partition(":")
        _require(
            type(value) is np.ndarray and value.dtype.kind in (kinds or "f"),
            made,
            f"{name} is not an array of the kind that it has to be",
        )
        letters = letters.split()
        fits = len(letters) == value.ndim and all(
            length == (int(letter) if letter.isdigit() else known.setdefault(letter, length))
            for letter, length in zip(letters, value.shape, strict=True)
        )
        _require(fits, made, f"{name} of shape {value.shape} does not fit the rest")


def _lengths(state):
    known = {}
    if "n_features_in_" in state:
        known["p"] = int(state["n_features_in_"])
    if isinstance(state.get("classes_"), np.ndarray):
        k = len(state["classes_"])
        known |= {"k": k, "r": 1 if k == 2 else k, "d": k - 1, "q": k * (k - 1) // 2}
    return known


def _svc(made, state):
    """Libsvm reads as many values as these say, wherever they are."""
    if "support_" not in state:
        return
    vectors, counts = state["support_vectors_"], state["_n_support"]
    _require({"classes_", "n_features_in_"} <= state.keys(), made, "it was not fitted")
    _require(state["_sparse"] is False, made, "it was fitted on sparse rows")
    _require(made.kernel != "precomputed", made, "its kernel is precomputed")
    _require(counts.min() >= 0 and counts.sum() == len(vectors), made, "_n_support")
    _require(
        all(state[name].dtype == np.int32 for name in ("support_", "_n_support"))
        and all(
            state[name].dtype == np.float64
            for name in ("support_vectors_", "_dual_coef_", "_intercept_")
        ),
        made,
        "its arrays have the wrong precision",
    )
    pairs = len(state["_intercept_"])
    for name in ("_probA", "_probB"):
        value = state[name]
        legal = type(value) is np.ndarray and value.dtype == np.float64 and value.ndim == 1
        _require(legal and len(value) in (0, pairs), made, name)
    _require(len(state["_probA"]) == len(state["_probB"]), made, "_probA")
    _require(isinstance(state["_gamma"], float), made, "_gamma")


def _neighbours(made, state):
    if "_fit_X" in state:
        _require(
            type(state["_fit_X"]) is np.ndarray
            and "n_features_in_" in state
            and state["n_samples_fit_"] == len(state["_fit_X"]),
            made,
            "n_samples_fit_",
        )
        _require(isinstance(state["effective_metric_params_"], dict), made, "its metric")
        for settings in (made.metric_params or {}, state["effective_metric_params_"]):
            _metric(made, settings)
    if "_y" not in state:
        return
    codes, classes = state["_y"], state["classes_"]
    _require(
        type(classes) is np.ndarray and codes.min() >= 0 and codes.max() < len(classes),
        made,
        "_y names a class that is not there",
    )


# Parameters of metrics; compiled code reads as many numbers as there are features, or the square.
_OF_METRICS = {"p": 0, "w": 1, "V": 1, "VI": 2}


def _metric(made, settings):
    _require(settings.keys() <= _OF_METRICS.keys(), made, "its metric has other parameters")
    for name, value in settings.items():
        n_axes = _OF_METRICS[name]
        fits = np.shape(value) == (made.n_features_in_,) * n_axes
        numbers = isinstance(value, Real) if n_axes == 0 else type(value) is np.ndarray
        _require(fits and numbers, made, f"{name} of its metric does not fit the rest")


def _tree(made, state):
    if "tree_" not in state:
        return
    from sklearn.tree._tree import Tree

    tree = state["tree_"]
    _require(type(tree) is Tree and tree.n_features == made.n_features_in_, made, "tree_")
    n_classes = len(state["classes_"]) if "classes_" in state else 1
    _require(int(tree.n_classes[0]) == n_classes, made, "tree_ has other classes")
    _require(state.get("n_outputs_") == 1, made, "n_outputs_")
    _require(state.get("n_classes_", n_classes) == n_classes, made, "n_classes_")


def _forest(made, state):
    if "estimators_" not in state:
        return
    k = len(state["classes_"])
    _require(state["n_classes_"] == k and state["n_outputs_"] == 1, made, "n_classes_")
    trees = state["estimators_"]
    _require(isinstance(trees, list) and len(trees) > 0, made, "estimators_")
    for tree in trees:
        fits = tree.n_features_in_ == made.n_features_in_ and tree.n_classes_ == k
        _require(fits and "tree_" in vars(tree), made, "a tree does not fit the forest")


def _boosting(made, state):
    if "estimators_" not in state:
        return
    k = len(state["classes_"])
    trees, n_columns = state["estimators_"], 1 if k == 2 else k
    _require(
        type(trees) is np.ndarray and trees.ndim == 2 and trees.shape[1] == n_columns,
        made,
        "estimators_",
    )
    _require(
        state["n_classes_"] == k and state["n_trees_per_iteration_"] == n_columns,
        made,
        "n_classes_",
    )
    for tree in trees.flat:
        fits = type(tree).__name__ == "DecisionTreeRegressor" and "tree_" in vars(tree)
        _require(fits and tree.n_features_in_ == made.n_features_in_, made, "a tree does not fit")
    # Compiled code adds the trees to as many columns, whatever the first guess has.
    first = state["init_"]
    fits = isinstance(first, str) or (
        type(first).__name__ == "DummyClassifier" and len(vars(first)["classes_"]) == k
    )
    _require(fits, made, "init_")


def _dummy(made, state):
    if "class_prior_" not in state:
        return
    prior, classes = state["class_prior_"], state["classes_"]
    _require(
        state["n_outputs_"] == 1
        and state["n_classes_"] == len(classes)
        and type(prior) is np.ndarray
        and prior.shape == classes.shape,
        made,
        "class_prior_",
    )
    constant = made.constant
    _require(constant is None or np.isin(constant, classes).all(), made, "constant")


def _voting(made, state):
    if "estimators_" not in state:
        return
    # Votes are counted in an array as long as the largest of them.
    k = len(state["classes_"])
    for voter in state["estimators_"]:
        codes = voter.classes_
        legal = codes.dtype.kind in "iu" and codes.min() >= 0 and codes.max() < k
        _require(legal, made, "a voter has other classes")


def _perceptron(made, state):
    if "coefs_" not in state:
        return
    weights, biases = state["coefs_"], state["intercepts_"]
    _require(len(weights) == len(biases) == made.n_layers_ - 1, made, "coefs_")
    size = made.n_features_in_
    for matrix, bias in zip(weights, biases, strict=True):
        _require(matrix.shape == (size, len(bias)) and bias.ndim == 1, made, "coefs_")
        size = len(bias)
    _require(size == made.n_outputs_, made, "n_outputs_")


def _stacking(made, state):
    methods = {"predict_proba", "decision_function", "predict"}
    _require(set(state.get("stack_method_", ())) <= methods, made, "stack_method_")


def _selection(made, state):
    known = {"auto", "coef_", "feature_importances_"}
    _require(made.importance_getter in known, made, "importance_getter")


def _function(made, state):
    _require(made.func is None and made.inverse_func is None, made, "it names a function")
    _require(made.feature_names_out in (None, "one-to-one"), made, "feature_names_out")


def _polynomial(made, state):
    if "_max_degree" in state:
        p, degree = made.n_features_in_, state["_max_degree"]
        _require(
            isinstance(degree, int)
            and 0 <= degree <= 16
            and comb(p + degree, degree) <= _MOST_COMBINATIONS,
            made,
            f"degree {degree} of {p} features",
        )
        columns = state["_n_out_full"]
        _require(0 <= columns <= comb(p + degree, degree), made, f"_n_out_full={columns}")


def _count_sketch(made, state):
    _require(
        made.degree * made.n_components <= _MOST_OUTPUTS // 4,
        made,
        f"degree {made.degree} of {made.n_components} components",
    )


def _widening(made):
    """Tell how many times as many columns leave a union, or a pipeline of them, as enter it."""
    name = type(made).__name__
    if name == "Pipeline":
        return prod(_widening(step) for _, step in made.steps)
    if name == "FeatureUnion":
        return sum(_widening(step) for _, step in made.transformer_list)
    if name == "ColumnTransformer" and "transformers_" in vars(made):
        p = made.n_features_in_
        return sum(_width(columns, p) * _widening(step) for _, step, columns in made.transformers_)
    return 1


def _width(columns, n_features):
    """Share of the features that a column transformer selects."""
    number = len(columns) if isinstance(columns, list | tuple | np.ndarray) else n_features
    return number / n_features


def _union(made, state):
    _require(_widening(made) <= _WIDEST, made, "it makes too many columns of too few")


def _haar(made, state):
    # So many sizes are searched that each is smaller than the last by this.
    _require(made.scale_factor >= 1.01, made, f"scale_factor={made.scale_factor}")


def _lbp(made, state):
    radii = made.radius if isinstance(made.radius, list | tuple) else [made.radius]
    codes = 2**made.points if made.method == "default" else made.points**2 + 3
    _require(len(radii) * prod(made.grid) * codes <= _MOST_OUTPUTS, made, "it counts too much")


def _gabor(made, state):
    directions = made.orientations
    number = len(directions) if isinstance(directions, list | tuple) else directions
    kernels = len(made.wavelengths) * number
    _require(
        kernels <= _MOST_PIXELS and kernels * prod(made.grid) <= _MOST_OUTPUTS,
        made,
        "it measures too much",
    )
    # Kernels reach the further, the narrower their band is.
    _require(made.bandwidth >= 0.1, made, f"bandwidth={made.bandwidth}")


def _hog(made, state):
    # How much larger the description is than the image; so below.
    times = made.orientations * prod(made.cells_per_block) / prod(made.pixels_per_cell)
    _require(times <= _MOST_PER_PIXEL, made, "it describes too much")


def _sift(made, state):
    times = 8 * prod(made.bins) / made.stride**2
    _require(times <= _MOST_PER_PIXEL, made, "it describes too much")


def _least_squares(made, state):
    if "X_fit_" in state:
        bytes_ = state["X_fit_"].dtype.kind == "u"
        _require((state["X_scale_"] is not None) == bytes_, made, "X_scale_")
        _require(state["kernel_"] in ("rbf", "linear"), made, "kernel_")
        temperature = state.get("temperature_", 1.0)
        _require(np.isfinite(temperature) and temperature > 0, made, "temperature_")
        blocks = made.blocks
        count = blocks if isinstance(blocks, Integral) else len(blocks)
        _require(count <= made.n_features_in_, made, "blocks")


def _shapes_of_weights(made):
    """Shapes of the weights of a network, of which none are made: they may be gigabytes."""
    from fer_classic.neural import make_network
    from fer_classic.neural._build import import_torch

    with import_torch().device("meta"):
        module = make_network(
            made.network, n_classes=len(made.classes_), image_shape=made.image_shape_
        )
    return {name: tuple(weights.shape) for name, weights in module.state_dict().items()}


# The most of a parameter, in each of its numbers, that any use of the class asks for.
_MOST = {
    "AdditiveChi2Sampler": {"sample_steps": 64},
    "Denoiser": {"sigma": 64, "strength": 4096},
    "Equalizer": {"tiles": 64},
    "FaceCropper": {"margin": 2},
    "GaborBank": {"wavelengths": 256},
    "LBPHistogram": {"radius": 64},
    "NMF": {"max_iter": 10_000},
}


def _check_amounts(made, most):
    for name, limit in most.items():
        value = getattr(made, name)
        values = value if isinstance(value, list | tuple) else [value]
        _require(all(number <= limit for number in values), made, f"{name}={value}")


# Only of use while fitting, where large numbers are common.
_FOR_FIT = {"n_patches", "n_descriptors", "max_iter", "random_state", "epochs", "batch_size"}


def _image_step(made, state):
    for name, value in made.get_params(deep=False).items():
        if name in _FOR_FIT:
            continue
        values = value if isinstance(value, list | tuple) else [value]
        legal = len(values) <= 64 and all(
            not isinstance(number, int | float) or abs(number) <= 4 * _MOST_PIXELS
            for number in values
        )
        _require(legal, made, f"{name}={value!r} is out of all proportion")
    if "size" in state:
        sides = np.atleast_1d(state["size"])
        _require(sides.max() <= _MOST_PIXELS, made, f"size={state['size']}")


def _network(made, state):
    _require(made.checkpoint_dir is None, made, "checkpoint_dir is set")
    _require(isinstance(made.network, str), made, "its network is not named")
    if "state_" in state:
        arrays = state["state_"]
        legal = isinstance(arrays, dict) and all(
            isinstance(name, str) and type(array) is np.ndarray and array.dtype.kind in "fiu"
            for name, array in arrays.items()
        )
        _require(legal, made, "state_ does not hold weights by name")
        shapes = {name: array.shape for name, array in arrays.items()}
        _require(shapes == _shapes_of_weights(made), made, "state_ does not fit the network")
        _require(np.isfinite([made.mean_, made.scale_]).all(), made, "mean_")


_SPECIAL = {
    "BaseForest": _forest,
    "BaseGradientBoosting": _boosting,
    "BaseDecisionTree": _tree,
    "BaseSVC": _svc,
    "CNNClassifier": _network,
    "ColumnTransformer": _union,
    "DenseSIFT": _sift,
    "DummyClassifier": _dummy,
    "FeatureUnion": _union,
    "FunctionTransformer": _function,
    "GaborBank": _gabor,
    "HOGDescriptor": _hog,
    "HaarDetector": _haar,
    "ImageTransformer": _image_step,
    "LBPHistogram": _lbp,
    "LeastSquaresSVC": _least_squares,
    "MLPClassifier": _perceptron,
    "NeighborsBase": _neighbours,
    "Pipeline": _union,
    "PolynomialCountSketch": _count_sketch,
    "PolynomialFeatures": _polynomial,
    "RFE": _selection,
    "SelectFromModel": _selection,
    "ReducedSIFT": _sift,
    "StackingClassifier": _stacking,
    "VotingClassifier": _voting,
}
