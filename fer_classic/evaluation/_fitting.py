"""Fitting with groups, for the steps that make inner folds."""

from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    GroupShuffleSplit,
    LeaveOneGroupOut,
    LeavePGroupsOut,
    RandomizedSearchCV,
    StratifiedGroupKFold,
)
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter

__all__ = ["fit_with_groups"]

_GROUP_SPLITTERS = (
    GroupKFold,
    GroupShuffleSplit,
    LeaveOneGroupOut,
    LeavePGroupsOut,
    StratifiedGroupKFold,
)


def fit_with_groups(model, X, y, groups):
    """Fit a model and give the groups to each of its parts that takes them.

    Parts are the steps of pipelines, nested ones too, and the model inside a search. A search
    itself gets the groups when its ``cv`` is one of scikit-learn's group splitters.

    Parameters
    ----------
    model : estimator
        A classifier, pipeline, ``GridSearchCV`` or ``RandomizedSearchCV``.
    X : array-like
        What the model takes.
    y : array-like of shape (n,)
        Labels.
    groups : array-like of shape (n,), int, or None
        Independent unit of each item, see :func:`independent_units`. None fits without groups.

    Returns
    -------
    model : estimator
        The same model, fitted.
    """
    parameters = [] if groups is None else _group_parameters(model)
    return model.fit(X, y, **dict.fromkeys(parameters, groups))


def _group_parameters(estimator):
    if isinstance(estimator, Pipeline):
        return [
            f"{name}__{parameter}"
            for name, step in estimator.steps
            if hasattr(step, "fit")
            for parameter in _group_parameters(step)
        ]
    if isinstance(estimator, GridSearchCV | RandomizedSearchCV):
        own = ["groups"] if isinstance(estimator.cv, _GROUP_SPLITTERS) else []
        # A bare "groups" is taken by the search for its own splits and goes no further.
        inner = _group_parameters(estimator.estimator)
        return own + [parameter for parameter in inner if parameter != "groups"]
    return ["groups"] if has_fit_parameter(estimator, "groups") else []
