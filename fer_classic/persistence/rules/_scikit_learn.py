"""Rules for scikit-learn's classes: values used by compiled code, and names to look up."""

from math import comb, prod
from numbers import Real

import numpy as np

from fer_classic.persistence.rules._require import MAX_OUTPUTS, require

__all__ = ["SCIKIT_LEARN"]

_MAX_COMBINATIONS = 3_000_000
# Maximum ratio of output to input columns of unions and column transformers.
_MAX_WIDENING = 64


def _svc(estimator, state):
    """Libsvm reads as many values as these state, without bounds checks."""
    if "support_" not in state:
        return
    vectors, counts = state["support_vectors_"], state["_n_support"]
    require({"classes_", "n_features_in_"} <= state.keys(), estimator, "it is not fitted")
    require(state["_sparse"] is False, estimator, "it was fitted on sparse rows")
    require(estimator.kernel != "precomputed", estimator, "its kernel is precomputed")
    require(counts.min() >= 0 and counts.sum() == len(vectors), estimator, "_n_support")
    require(
        all(state[name].dtype == np.int32 for name in ("support_", "_n_support"))
        and all(
            state[name].dtype == np.float64
            for name in ("support_vectors_", "_dual_coef_", "_intercept_")
        ),
        estimator,
        "its arrays have the wrong precision",
    )
    pairs = len(state["_intercept_"])
    for name in ("_probA", "_probB"):
        value = state[name]
        legal = type(value) is np.ndarray and value.dtype == np.float64 and value.ndim == 1
        require(legal and len(value) in (0, pairs), estimator, name)
    require(len(state["_probA"]) == len(state["_probB"]), estimator, "_probA")
    require(isinstance(state["_gamma"], float), estimator, "_gamma")


def _neighbours(estimator, state):
    if "_fit_X" in state:
        require(
            type(state["_fit_X"]) is np.ndarray
            and "n_features_in_" in state
            and state["n_samples_fit_"] == len(state["_fit_X"]),
            estimator,
            "n_samples_fit_",
        )
        require(isinstance(state["effective_metric_params_"], dict), estimator, "its metric")
        for settings in (estimator.metric_params or {}, state["effective_metric_params_"]):
            _metric(estimator, settings)
    if "_y" not in state:
        return
    codes, classes = state["_y"], state["classes_"]
    require(
        type(classes) is np.ndarray and codes.min() >= 0 and codes.max() < len(classes),
        estimator,
        "_y contains an unknown class",
    )


# Parameters of metrics; compiled code reads one number per feature, or the square of it.
_METRIC_PARAMETERS = {"p": 0, "w": 1, "V": 1, "VI": 2}


def _metric(estimator, settings):
    require(
        settings.keys() <= _METRIC_PARAMETERS.keys(), estimator, "its metric has other parameters"
    )
    for name, value in settings.items():
        n_axes = _METRIC_PARAMETERS[name]
        fits = np.shape(value) == (estimator.n_features_in_,) * n_axes
        numbers = isinstance(value, Real) if n_axes == 0 else type(value) is np.ndarray
        require(fits and numbers, estimator, f"{name} of its metric does not fit the rest")


def _tree(estimator, state):
    if "tree_" not in state:
        return
    from sklearn.tree._tree import Tree

    tree = state["tree_"]
    require(type(tree) is Tree and tree.n_features == estimator.n_features_in_, estimator, "tree_")
    n_classes = len(state["classes_"]) if "classes_" in state else 1
    require(int(tree.n_classes[0]) == n_classes, estimator, "tree_ has other classes")
    require(state.get("n_outputs_") == 1, estimator, "n_outputs_")
    require(state.get("n_classes_", n_classes) == n_classes, estimator, "n_classes_")


def _forest(estimator, state):
    if "estimators_" not in state:
        return
    k = len(state["classes_"])
    require(state["n_classes_"] == k and state["n_outputs_"] == 1, estimator, "n_classes_")
    trees = state["estimators_"]
    require(isinstance(trees, list) and len(trees) > 0, estimator, "estimators_")
    for tree in trees:
        fits = tree.n_features_in_ == estimator.n_features_in_ and tree.n_classes_ == k
        require(fits and "tree_" in vars(tree), estimator, "a tree does not fit the forest")


def _boosting(estimator, state):
    if "estimators_" not in state:
        return
    k = len(state["classes_"])
    trees, n_columns = state["estimators_"], 1 if k == 2 else k
    require(
        type(trees) is np.ndarray and trees.ndim == 2 and trees.shape[1] == n_columns,
        estimator,
        "estimators_",
    )
    require(
        state["n_classes_"] == k and state["n_trees_per_iteration_"] == n_columns,
        estimator,
        "n_classes_",
    )
    for tree in trees.flat:
        fits = type(tree).__name__ == "DecisionTreeRegressor" and "tree_" in vars(tree)
        require(
            fits and tree.n_features_in_ == estimator.n_features_in_,
            estimator,
            "a tree does not fit",
        )
    # Compiled code adds the trees to as many columns, without checking the initial prediction.
    first = state["init_"]
    fits = isinstance(first, str) or (
        type(first).__name__ == "DummyClassifier" and len(vars(first)["classes_"]) == k
    )
    require(fits, estimator, "init_")


def _dummy(estimator, state):
    if "class_prior_" not in state:
        return
    prior, classes = state["class_prior_"], state["classes_"]
    require(
        state["n_outputs_"] == 1
        and state["n_classes_"] == len(classes)
        and type(prior) is np.ndarray
        and prior.shape == classes.shape,
        estimator,
        "class_prior_",
    )
    constant = estimator.constant
    legal = constant is None or (np.size(constant) == 1 and np.isin(constant, classes).all())
    require(legal, estimator, "constant")


def _voting(estimator, state):
    if "estimators_" not in state:
        return
    # Votes are counted in an array as long as the largest label.
    k = len(state["classes_"])
    for voter in state["estimators_"]:
        codes = voter.classes_
        legal = codes.dtype.kind in "iu" and codes.min() >= 0 and codes.max() < k
        require(legal, estimator, "a voter has other classes")


def _isotonic(estimator, state):
    if "X_thresholds_" in state:
        ends = state["X_thresholds_"][[0, -1]]
        fits = np.array_equal(ends, [state["X_min_"], state["X_max_"]])
        require(fits, estimator, "X_min_ and X_max_ are not the ends of X_thresholds_")


def _perceptron(estimator, state):
    if "coefs_" not in state:
        return
    weights, biases = state["coefs_"], state["intercepts_"]
    require(len(weights) == len(biases) == estimator.n_layers_ - 1, estimator, "coefs_")
    size = estimator.n_features_in_
    for matrix, bias in zip(weights, biases, strict=True):
        require(matrix.shape == (size, len(bias)) and bias.ndim == 1, estimator, "coefs_")
        size = len(bias)
    require(size == estimator.n_outputs_, estimator, "n_outputs_")


def _stacking(estimator, state):
    methods = {"predict_proba", "decision_function", "predict"}
    found = state.get("stack_method_", ())
    require(
        all(type(name) is str and name in methods for name in found), estimator, "stack_method_"
    )


def _selection(estimator, state):
    known = {"auto", "coef_", "feature_importances_"}
    require(estimator.importance_getter in known, estimator, "importance_getter")


def _function(estimator, state):
    require(
        estimator.func is None and estimator.inverse_func is None,
        estimator,
        "it contains a function",
    )
    require(estimator.feature_names_out in (None, "one-to-one"), estimator, "feature_names_out")


def _polynomial(estimator, state):
    if "_max_degree" in state:
        p, degree = estimator.n_features_in_, state["_max_degree"]
        require(
            isinstance(degree, int)
            and 0 <= degree <= 16
            and comb(p + degree, degree) <= _MAX_COMBINATIONS,
            estimator,
            f"degree {degree} of {p} features",
        )
        columns = state["_n_out_full"]
        require(0 <= columns <= comb(p + degree, degree), estimator, f"_n_out_full={columns}")


def _count_sketch(estimator, state):
    require(
        estimator.degree * estimator.n_components <= MAX_OUTPUTS // 4,
        estimator,
        f"degree {estimator.degree} of {estimator.n_components} components",
    )


def _widening(estimator):
    """Return the ratio of output to input columns of a union, or a pipeline of unions."""
    name = type(estimator).__name__
    if name == "Pipeline":
        return prod(_widening(step) for _, step in estimator.steps)
    if name == "FeatureUnion":
        return sum(_widening(step) for _, step in estimator.transformer_list)
    if name == "ColumnTransformer" and "transformers_" in vars(estimator):
        p = estimator.n_features_in_
        return sum(
            _width(columns, p) * _widening(step) for _, step, columns in estimator.transformers_
        )
    return 1


def _width(columns, n_features):
    """Return the fraction of the features that a column transformer selects."""
    number = len(columns) if isinstance(columns, list | tuple | np.ndarray) else n_features
    return number / n_features


def _columns(estimator, state):
    _union(estimator, state)
    for places in state.get("_transformer_to_input_indices", {}).values():
        legal = isinstance(places, list) and all(
            type(place) is int and 0 <= place < estimator.n_features_in_ for place in places
        )
        require(legal, estimator, "_transformer_to_input_indices")


def _union(estimator, state):
    require(_widening(estimator) <= _MAX_WIDENING, estimator, "it creates too many columns")


SCIKIT_LEARN = {
    "BaseDecisionTree": _tree,
    "BaseForest": _forest,
    "BaseGradientBoosting": _boosting,
    "BaseSVC": _svc,
    "ColumnTransformer": _columns,
    "DummyClassifier": _dummy,
    "FeatureUnion": _union,
    "FunctionTransformer": _function,
    "IsotonicRegression": _isotonic,
    "MLPClassifier": _perceptron,
    "NeighborsBase": _neighbours,
    "Pipeline": _union,
    "PolynomialCountSketch": _count_sketch,
    "PolynomialFeatures": _polynomial,
    "RFE": _selection,
    "SelectFromModel": _selection,
    "StackingClassifier": _stacking,
    "VotingClassifier": _voting,
}
"""Rules by class name; also applied to subclasses."""
