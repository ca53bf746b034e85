"""Check of an object: its parameters, its arrays, and rules specific to its class.

There are three kinds of rules: parameters must have the types and ranges declared by their class;
arrays must have the shapes, dtypes and finite values that the class gives them; and values that
compiled code does not check (indices, counts), or that Python code looks up by name, are checked by
a function for the class.
"""

from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator

from fer_classic.persistence.rules._library import LIBRARY
from fer_classic.persistence.rules._require import MAX_SIDE, require
from fer_classic.persistence.rules._scikit_learn import SCIKIT_LEARN
from fer_classic.persistence.rules._shapes import SHAPES, check_shapes
from fer_classic.utils._validation import validate_parameter_constraints

__all__ = ["check_object"]

_MAX_FEATURES = 2**31
_MAX_THREADS = 256
# May contain values that are not finite: records of a training or a search, which predictions do
# not use. A row that is in all bootstrap samples has no score, and constant features explain
# nothing.
_RECORDS = {
    "coefs_paths_",
    "cv_results_",
    "cv_values_",
    "estimator_errors_",
    "explained_variance_ratio_",
    "history_",
    "loglike_",
    "loss_curve_",
    "oob_decision_function_",
    "oob_improvement_",
    "oob_scores_",
    "scores_",
    "search_",
    "train_score_",
    "validation_scores_",
}
# Lists of pairs or triples that start with a name.
_NAMED = ("estimators", "steps", "transformer_list", "transformers", "transformers_")

# Upper bounds of the values of parameters for any sensible use of the class.
_MAX_PARAMETERS = {
    "AdditiveChi2Sampler": {"sample_steps": 64},
    "Denoiser": {"sigma": 64, "strength": 4096},
    "Equalizer": {"tiles": 64},
    "FaceCropper": {"margin": 2},
    "GaborBank": {"wavelengths": 256},
    "LBPHistogram": {"radius": 64},
    "NMF": {"max_iter": 10_000},
}
_SPECIAL = SCIKIT_LEARN | LIBRARY


def check_object(estimator):
    """Check an object of an allowed class; objects nested in it were checked before.

    Raises
    ------
    ValueError, TypeError, AttributeError, ...
        If the object is not valid for its class.
    """
    state, bases = vars(estimator), {base.__name__ for base in type(estimator).__mro__}
    if isinstance(estimator, BaseEstimator):
        _check_parameters(estimator)
    _check_common(estimator, state)
    for name in bases & SHAPES.keys():
        check_shapes(estimator, state, SHAPES[name])
    for name in bases & _MAX_PARAMETERS.keys():
        _check_upper_bounds(estimator, _MAX_PARAMETERS[name])
    for name in bases & _SPECIAL.keys():
        _SPECIAL[name](estimator, state)


def _check_parameters(estimator):
    parameters = estimator.get_params(deep=False)
    constraints = getattr(estimator, "_parameter_constraints", None)
    if constraints:
        validate_parameter_constraints(constraints, parameters, type(estimator).__name__)
    threads = parameters.get("n_jobs")
    require(threads is None or abs(threads) <= _MAX_THREADS, estimator, f"n_jobs={threads}")
    # It would create a folder.
    require(parameters.get("memory") is None, estimator, "memory is set")


def _check_common(estimator, state):
    for name, value in state.items():
        if name not in _RECORDS:
            require(_all_finite(value), estimator, f"{name} contains values that are not finite")
    count = state.get("n_features_in_", 1)
    require(
        isinstance(count, Integral) and 0 < count < _MAX_FEATURES,
        estimator,
        f"n_features_in_={count}",
    )
    if "feature_names_in_" in state:
        names = state["feature_names_in_"]
        legal = type(names) is np.ndarray and names.shape == (count,)
        require(
            legal and all(isinstance(name, str) for name in names), estimator, "feature_names_in_"
        )
    # Names are looked up in tables, see fer_classic.persistence._decode about their hashes.
    for attribute in _NAMED:
        for part in state.get(attribute) or ():
            require(isinstance(part, tuple) and isinstance(part[0], str), estimator, attribute)
    if "image_shape_" in state:
        require(_is_image_shape(state["image_shape_"]), estimator, f"{state['image_shape_']=}")
    if "classes_" in state:
        classes = state["classes_"]
        # The lengths of other arrays depend on this one.
        require(
            type(classes) is np.ndarray
            and classes.ndim == 1
            # Not np.unique, whose hashes are predictable.
            and bool(np.all(classes[:-1] < classes[1:])),
            estimator,
            "classes_ are not sorted, or not a list",
        )
        require(state.get("n_classes_", len(classes)) == len(classes), estimator, "n_classes_")


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
        and all(isinstance(side, Integral) and 0 < side <= 2 * MAX_SIDE for side in shape)
    )


def _check_upper_bounds(estimator, upper_bounds):
    for name, limit in upper_bounds.items():
        value = getattr(estimator, name)
        values = value if isinstance(value, list | tuple) else [value]
        require(all(number <= limit for number in values), estimator, f"{name}={value}")
