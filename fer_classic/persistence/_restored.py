"""Attributes that are not stored, since they can be recreated from the others.

Compiled trees of neighbours, losses and scorers contain code with a state. They are not stored:
local code recreates them from the stored data, after these have been checked.
"""

import os

__all__ = ["restore_attributes", "restored_attributes"]


def _neighbours_tree(estimator):
    from sklearn.neighbors import BallTree, KDTree

    if not hasattr(estimator, "_fit_method") or estimator._fit_method == "brute":
        return None
    make = {"ball_tree": BallTree, "kd_tree": KDTree}[estimator._fit_method]
    metric, settings = estimator.effective_metric_, estimator.effective_metric_params_
    return make(estimator._fit_X, estimator.leaf_size, metric=metric, **settings)


def _scorers(search):
    scorers = search._get_scorers()[0]
    return getattr(scorers, "_scorers", scorers)


def _interpolation(isotonic):
    isotonic._build_f(isotonic.X_thresholds_, isotonic.y_thresholds_)
    return isotonic.f_


# By class of scikit-learn, also for subclasses: attribute, the one that shows that the object is
# fitted, and the function that creates the attribute.
_RESTORED = {
    "BaseGradientBoosting": ("_loss", "estimators_", lambda e: e._get_loss(None)),
    "BaseSGDClassifier": ("_loss_function_", "coef_", lambda e: e._get_loss_function(e.loss)),
    "BaseSearchCV": ("scorer_", "cv_results_", _scorers),
    "IsotonicRegression": ("f_", "X_thresholds_", _interpolation),
    # Recreated if training continues.
    "MLPClassifier": ("_optimizer", "", None),
    "NeighborsBase": ("_tree", "_fit_X", _neighbours_tree),
}


def _entries(cls):
    return [
        _RESTORED[base.__name__]
        for base in cls.__mro__
        if base.__module__.startswith("sklearn.") and base.__name__ in _RESTORED
    ]


def restored_attributes(cls):
    """Return the names of the attributes of a class that are not stored."""
    return {attribute for attribute, _, _ in _entries(cls)}


def restore_attributes(estimator):
    """Recreate the attributes that are not stored, once the others have been checked."""
    for attribute, evidence, make in _entries(type(estimator)):
        if make is not None and evidence in vars(estimator):
            vars(estimator)[attribute] = make(estimator)
    # Jobs may be processes, and the model may come from a machine with more processors.
    jobs, n_cores = vars(estimator).get("n_jobs"), os.cpu_count() or 1
    if isinstance(jobs, int) and jobs > n_cores:
        estimator.n_jobs = n_cores
