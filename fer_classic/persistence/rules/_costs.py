"""What a step makes of rows of features, and the time and memory that this takes, by class.

The costs are upper bounds for one core, measured on one machine and rounded up. They matter where
parameters multiply the work; what the values in the file cost is proportional to the size of the
file.
"""

from math import prod
from typing import NamedTuple

import numpy as np

__all__ = ["ROW_COSTS", "Cost", "default_cost", "kept"]


class Cost(NamedTuple):
    """Shape of the result, and what it takes; some bytes are kept in a cache."""

    shape: tuple
    nanoseconds: float = 0.0
    n_bytes: float = 0.0
    n_kept: float = 0.0


def default_cost(estimator, shape):
    """Cost of a step whose arrays bound its results: one value per feature or row of an array."""
    arrays = [part for part in _flat(vars(estimator).values()) if hasattr(part, "shape")]
    width = max([prod(shape[1:]), *(side for array in arrays for side in array.shape)])
    n_values = sum(prod(array.shape) for array in arrays)
    return _rows(shape, width, nanoseconds=10, also=shape[0] * n_values)


def _flat(values):
    for value in values:
        if isinstance(value, list | tuple):
            yield from _flat(value)
        else:
            yield value


def _rows(shape, width, *, nanoseconds, also=0.0):
    """Cost of rows of ``width`` values, from and to 64-bit numbers, and of temporary ones."""
    n_values = shape[0] * (prod(shape[1:]) + width)
    return Cost((shape[0], width), nanoseconds * n_values + also, 20 * n_values)


def kept(estimator, shape):
    """Cost of a step that keeps the shape and has no work for each value."""
    return Cost(shape, 10 * prod(shape), 20 * prod(shape))


def _by_column(microseconds, per_row):
    """Cost of a step with a loop over the columns: time of each, and of each row in it."""

    def cost(estimator, shape):
        width = prod(shape[1:])
        looped = 1000 * (microseconds + per_row * shape[0]) * width
        return _rows(shape, width, nanoseconds=50, also=looped)

    return cost


def _chi2(estimator, shape):
    width = prod(shape[1:]) * (2 * estimator.sample_steps - 1)
    return _rows(shape, width, nanoseconds=20)


def _polynomial(estimator, shape):
    return _rows(shape, vars(estimator).get("_n_out_full", prod(shape[1:])), nanoseconds=10)


def _count_sketch(estimator, shape):
    n_values = shape[0] * estimator.degree * estimator.n_components
    steps = 3000 * estimator.degree * prod(shape[1:])
    return Cost((shape[0], estimator.n_components), 20 * n_values + steps, 48 * n_values)


def _neighbours(estimator, shape):
    cost = default_cost(estimator, shape)
    rows = getattr(estimator, "_fit_X", np.empty((0, 0)))
    # Mahalanobis distances multiply by a matrix for each pair.
    per_value = rows.shape[1] if getattr(estimator, "effective_metric_", "") == "mahalanobis" else 1
    return cost._replace(nanoseconds=cost.nanoseconds + 4.0 * shape[0] * rows.size * per_value)


def _tree(estimator, shape):
    n_outputs = len(vars(estimator).get("classes_", [0]))
    return Cost((shape[0], n_outputs), 1e5 + 1e4 * shape[0], 4 * prod(shape))


ROW_COSTS = {
    "AdditiveChi2Sampler": _chi2,
    "DecisionTreeClassifier": _tree,
    "DecisionTreeRegressor": _tree,
    "ExtraTreeClassifier": _tree,
    "KNeighborsClassifier": _neighbours,
    "PolynomialCountSketch": _count_sketch,
    "PolynomialFeatures": _polynomial,
    "PowerTransformer": _by_column(20, 2),
    "QuantileTransformer": _by_column(30, 8),
    "RadiusNeighborsClassifier": _neighbours,
    "RandomOverSampler": kept,
    "SMOTE": kept,
}
"""By class name. What is not named has :func:`default_cost`."""
