"""Time and memory that a model takes for a batch, added up without computing anything.

A file of a few kilobytes can describe steps that widen each other's features, or filters that take
seconds for an image. Bounds on single parameters do not see the product of several steps, so the
shape of the batch is followed through the model, by the costs of
:mod:`~fer_classic.persistence.rules._costs`.
"""

from math import prod

import numpy as np

from fer_classic.persistence._allowed import allowed_name
from fer_classic.persistence.rules._costs import ROW_COSTS, default_cost, kept
from fer_classic.persistence.rules._image_costs import IMAGE_COSTS

__all__ = ["check_work"]

_COSTS = ROW_COSTS | IMAGE_COSTS
# For small files; and what each byte of a file may take in addition.
_MAX_NANOSECONDS, _MAX_BYTES = 3e9, 2**28
_NANOSECONDS_PER_STORED_BYTE, _BYTES_PER_STORED_BYTE = 50, 4
# Scores and labels are computed one after the other.
_RUNS = 2
# How often a class calls the objects nested in it; and classes that use a single one of them.
_REPEATS = {"AdaptedClassifier": 2, "OneVsOneClassifier": 2, "ScoreFusion": 2}
_DEPLOYED = {
    "AdaptedClassifier": "model_",
    "BlockwiseClassifier": "model_",
    "FrozenEstimator": "estimator",
    "GridSearchCV": "best_estimator_",
    "RandomizedSearchCV": "best_estimator_",
    "TrainingAugmentation": "model_",
}


def check_work(model, shape, n_stored=0):
    """Check that scoring a batch takes little time and memory.

    Parameters
    ----------
    model : estimator
        All objects in it were checked before.
    shape : tuple of int
        Shape of the batch: images or rows.
    n_stored : int, default=0
        Bytes of the arrays in the file of the model. Large files may take longer.

    Raises
    ------
    ValueError
        If it takes longer, or more memory. The message names the step that exceeds the bound.
    """
    _Walk(n_stored).through(model, shape, _RUNS)


class _Walk:
    def __init__(self, n_stored):
        self._nanoseconds = self._bytes = self._kept = 0.0
        self._max_nanoseconds = _MAX_NANOSECONDS + _NANOSECONDS_PER_STORED_BYTE * n_stored
        self._max_bytes = _MAX_BYTES + _BYTES_PER_STORED_BYTE * n_stored

    def through(self, estimator, shape, times=1):
        """Add what an object takes for a batch, and return the shape of its result."""
        name = type(estimator).__name__
        times *= _REPEATS.get(name, 1)
        if name in _COMPOSED:
            return _COMPOSED[name](self, estimator, shape, times)
        if name in _DEPLOYED and _DEPLOYED[name] in vars(estimator):
            return self.through(vars(estimator)[_DEPLOYED[name]], shape, times)
        if name not in _COSTS:
            parts = list(_parts(vars(estimator).values()))
            if parts:
                return self._all(estimator, parts, shape, times)
        cost = _COSTS.get(name, default_cost)(estimator, shape)
        self._add(estimator, cost, times)
        return cost.shape

    def _add(self, estimator, cost, times):
        # Compared so that NaN and negative numbers, of invalid parameters, are refused, too.
        legal = min(cost[1:]) >= 0
        self._nanoseconds += times * cost.nanoseconds
        self._bytes += cost.n_bytes
        self._kept += cost.n_kept
        n_bytes = self._bytes + self._kept
        if not (
            legal and self._nanoseconds <= self._max_nanoseconds and n_bytes <= self._max_bytes
        ):
            raise ValueError(
                f"{type(estimator).__name__}: scoring the probes takes too long or too much "
                f"memory, about {self._nanoseconds / 1e9:.3g} s and {n_bytes / 1e6:.4g} MB up to "
                "this step"
            )

    def _all(self, estimator, parts, shape, times):
        """Give the batch to all parts, which is what most classifiers of several parts do."""
        for columns in vars(estimator).get("estimators_features_", ()):
            shape = (shape[0], max(prod(shape[1:]), np.size(columns)))
        width, before = 0, self._bytes
        for part in parts:
            width += prod(self.through(part, shape, times)[1:])
            # Jobs may be threads that run at the same time.
            if vars(estimator).get("n_jobs") in (None, 1):
                self._bytes = before + 8 * shape[0] * width
        own = default_cost(estimator, shape)
        self._add(estimator, own, times)
        return shape[0], own.shape[1] + width

    def _pipeline(self, estimator, shape, times):
        steps = [step for _, step in estimator.steps if not isinstance(step, str | None)]
        return self._one_by_one(steps, shape, times)

    def _one_by_one(self, steps, shape, times):
        """Give the result of each step to the next one; no other results are kept."""
        before = self._bytes
        for step in steps:
            shape = self.through(step, shape, times)
            self._bytes = before + 8 * prod(shape)
        return shape

    def _reduced(self, estimator, shape, times):
        # Without those that were fitted, the object is the template of another one.
        steps = [
            vars(estimator).get(f"{part}_", getattr(estimator, part))
            for part in ("descriptor", "reduction")
        ]
        return self._one_by_one(steps, shape, times)

    def _symmetric(self, estimator, shape, times):
        deployed = getattr(estimator, "extractor_", estimator.extractor)
        return self.through(deployed, shape, 2 * times)

    def _views(self, estimator, shape, times):
        from fer_classic.classifiers._views import VIEWS

        deployed = getattr(estimator, "model_", estimator.model)
        return self.through(deployed, shape, times * len(VIEWS[estimator.views]))

    def _union(self, estimator, shape, times):
        branches = [(step, shape) for _, step in estimator.transformer_list]
        return self._joined(estimator, branches, shape, times)

    def _columns(self, estimator, shape, times):
        branches = [
            (step, (shape[0], _n_columns(columns, prod(shape[1:]))))
            for _, step, columns in getattr(estimator, "transformers_", estimator.transformers)
        ]
        return self._joined(estimator, branches, shape, times)

    def _joined(self, estimator, branches, shape, times):
        """Put the results of several steps side by side."""
        results = [
            given if isinstance(step, str | None) else self.through(step, given, times)
            for step, given in branches
            if step != "drop"
        ]
        # Images are put below each other.
        inner = {result[2:] for result in results}
        if len(inner) == 1:
            joined = (shape[0], sum(result[1] for result in results), *inner.pop())
        else:
            joined = (shape[0], sum(prod(result[1:]) for result in results))
        self._add(estimator, kept(estimator, joined), times)
        return joined


def _n_columns(columns, n_features):
    return np.size(columns) if isinstance(columns, list | tuple | np.ndarray) else n_features


def _parts(values):
    """Yield the objects in containers."""
    for value in values:
        if isinstance(value, list | tuple):
            yield from _parts(value)
        elif isinstance(value, dict):
            yield from _parts(value.values())
        elif isinstance(value, np.ndarray):
            yield from _parts(value.ravel() if value.dtype.kind == "O" else ())
        elif allowed_name(type(value)):
            yield value


_COMPOSED = {
    "ColumnTransformer": _Walk._columns,
    "FeatureUnion": _Walk._union,
    "Pipeline": _Walk._pipeline,
    "ReducedFeatures": _Walk._reduced,
    "SymmetricFeatures": _Walk._symmetric,
    "TestTimeAugmentation": _Walk._views,
}
