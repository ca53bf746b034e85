"""Rules for scikit-learn's classes: values used by compiled code, and names to look up."""

from math import comb, prod
from numbers import Real

import numpy as np

from fer_classic.persistence.rules._require import MAX_OUTPUTS, require

__all__ = ["SCIKIT_LEARN"]

_MAX_COMBINATIONS = 3_000_000
# Maximum ratio of output to input columns of unions and column transformers.
_MAX_WIDENING = 64


def _svc(made, state):
    """Libsvm reads as many values as these state, without bounds checks."""
    if "support_" not in state:
        return
    vectors, counts = state["support_vectors_"], state["_n_support"]
    require({"classes_", "n_features_in_"} <= state.keys(), made, "it is not fitted")
    require(state["_sparse"] is False, made, "it was fitted on sparse rows")
    require(made.kernel != "precomputed", made, "its kernel is precomputed")
    require(counts.min() >= 0 and counts.sum() == len(vectors), made, "_n_support")
    require(
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
        require(legal and len(value) in (0, pairs), made, name)
    require(len(state["_probA"]) == len(state["_probB"]), made, "_probA")
    require(isinstance(state["_gamma"], float), made, "_gamma")


def _neighbours(made, state):
    if "_fit_X" in state:
        require(
            type(state["_fit_X"]) is np.ndarray
            and "n_features_in_" in state
            and state["n_samples_fit_"] == len(state["_fit_X"]),
            made,
            "n_samples_fit_",
        )
        require(isinstance(state["effective_metric_params_"], dict), made, "its metric")
        for settings in (made.metric_params or {}, state["effective_metric_params_"]):
            _metric(made, settings)
    if "_y" not in state:
        return
    codes, classes = state["_y"], state["classes_"]
    require(
        type(classes) is np.ndarray and codes.min() >= 0 and codes.max() < len(classes),
        made,
        "_y contains an unknown class",
    )


# Parameters of metrics; compiled code reads one number per feature, or the square of it.
_OF_METRICS = {"p": 0, "w": 1, "V": 1, "VI": 2}


def _metric(made, settings):
    require(settings.keys() <= _OF_METRICS.keys(), made, "its metric has other parameters")
    for name, value in settings.items():
        n_axes = _OF_METRICS[name]
        fits = np.shape(value) == (made.n_features_in_,) * n_axes
        numbers = isinstance(value, Real) if n_axes == 0 else type(value) is np.ndarray
        require(fits and numbers, made, f"{name} of its metric does not fit the rest")


def _tree(made, state):
    if "tree_" not in state:
        return
    from sklearn.tree._tree import Tree

    tree = state["tree_"]
    require(type(tree) is Tree and tree.n_features == made.n_features_in_, made, "tree_")
    n_classes = len(state["classes_"]) if "classes_" in state else 1
    require(int(tree.n_classes[0]) == n_classes, made, "tree_ has other classes")
    require(state.get("n_outputs_") == 1, made, "n_outputs_")
    require(state.get("n_classes_", n_classes) == n_classes, made, "n_classes_")


def _forest(made, state):
    if "estimators_" not in state:
        return
    k = len(state["classes_"])
    require(state["n_classes_"] == k and state["n_outputs_"] == 1, made, "n_classes_")
    trees = state["estimators_"]
    require(isinstance(trees, list) and len(trees) > 0, made, "estimators_")
    for tree in trees:
        fits = tree.n_features_in_ == made.n_features_in_ and tree.n_classes_ == k
        require(fits and "tree_" in vars(tree), made, "a tree does not fit the forest")


def _boosting(made, state):
    if "estimators_" not in state:
        return
    k = len(state["classes_"])
    trees, n_columns = state["estimators_"], 1 if k == 2 else k
    require(
        type(trees) is np.ndarray and trees.ndim == 2 and trees.shape[1] == n_columns,
        made,
        "estimators_",
    )
    require(
        state["n_classes_"] == k and state["n_trees_per_iteration_"] == n_columns,
        made,
        "n_classes_",
    )
    for tree in trees.flat:
        fits = type(tree).__name__ == "DecisionTreeRegressor" and "tree_" in vars(tree)
        require(fits and tree.n_features_in_ == made.n_features_in_, made, "a tree does not fit")
    # Compiled code adds the trees to as many columns, without checking the initial prediction.
    first = state["init_"]
    fits = isinstance(first, str) or (
        type(first).__name__ == "DummyClassifier" and len(vars(first)["classes_"]) == k
    )
    require(fits, made, "init_")


def _dummy(made, state):
    if "class_prior_" not in state:
        return
    prior, classes = state["class_prior_"], state["classes_"]
    require(
        state["n_outputs_"] == 1
        and state["n_classes_"] == len(classes)
        and type(prior) is np.ndarray
        and prior.shape == classes.shape,
        made,
        "class_prior_",
    )
    constant = made.constant
    legal = constant is None or (np.size(constant) == 1 and np.isin(constant, classes).all())
    require(legal, made, "constant")


def _voting(made, state):
    if "estimators_" not in state:
        return
    # Votes are counted in an array as long as the largest label.
    k = len(state["classes_"])
    for voter in state["estimators_"]:
        codes = voter.classes_
        legal = codes.dtype.kind in "iu" and codes.min() >= 0 and codes.max() < k
        require(legal, made, "a voter has other classes")


def _isotonic(made, state):
    if "X_thresholds_" in state:
        ends = state["X_thresholds_"][[0, -1]]
        fits = np.array_equal(ends, [state["X_min_"], state["X_max_"]])
        require(fits, made, "X_min_ and X_max_ are not the ends of X_thresholds_")


def _perceptron(made, state):
    if "coefs_" not in state:
        return
    weights, biases = state["coefs_"], state["intercepts_"]
    require(len(weights) == len(biases) == made.n_layers_ - 1, made, "coefs_")
    size = made.n_features_in_
    for matrix, bias in zip(weights, biases, strict=True):
        require(matrix.shape == (size, len(bias)) and bias.ndim == 1, made, "coefs_")
        size = len(bias)
    require(size == made.n_outputs_, made, "n_outputs_")


def _stacking(made, state):
    methods = {"predict_proba", "decision_function", "predict"}
    found = state.get("stack_method_", ())
    require(all(type(name) is str and name in methods for name in found), made, "stack_method_")


def _selection(made, state):
    known = {"auto", "coef_", "feature_importances_"}
    require(made.importance_getter in known, made, "importance_getter")


def _function(made, state):
    require(made.func is None and made.inverse_func is None, made, "it contains a function")
    require(made.feature_names_out in (None, "one-to-one"), made, "feature_names_out")


def _polynomial(made, state):
    if "_max_degree" in state:
        p, degree = made.n_features_in_, state["_max_degree"]
        require(
            isinstance(degree, int)
            and 0 <= degree <= 16
            and comb(p + degree, degree) <= _MAX_COMBINATIONS,
            made,
            f"degree {degree} of {p} features",
        )
        columns = state["_n_out_full"]
        require(0 <= columns <= comb(p + degree, degree), made, f"_n_out_full={columns}")


def _count_sketch(made, state):
    require(
        made.degree * made.n_components <= MAX_OUTPUTS // 4,
        made,
        f"degree {made.degree} of {made.n_components} components",
    )


def _widening(made):
    """Return the ratio of output to input columns of a union, or a pipeline of unions."""
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
    """Return the fraction of the features that a column transformer selects."""
    number = len(columns) if isinstance(columns, list | tuple | np.ndarray) else n_features
    return number / n_features


def _columns(made, state):
    _union(made, state)
    for places in state.get("_transformer_to_input_indices", {}).values():
        legal = isinstance(places, list) and all(
            type(place) is int and 0 <= place < made.n_features_in_ for place in places
        )
        require(legal, made, "_transformer_to_input_indices")


def _union(made, state):
    require(_widening(made) <= _MAX_WIDENING, made, "it creates too many columns")


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
