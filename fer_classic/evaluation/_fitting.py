"""Fitting with groups, for the steps that make inner folds."""

from fer_classic.utils._groups import group_parameters

__all__ = ["fit_with_groups"]


def fit_with_groups(model, X, y, groups):
    """Fit a model and give the groups to each of its parts that takes them.

    Parts are the steps of pipelines, nested ones too, and the model inside a search, inside
    ``CalibratedClassifierCV`` or inside :class:`~fer_classic.classifiers.TestTimeAugmentation`. A search
    itself gets the groups when its ``cv`` is one of scikit-learn's group splitters. Steps behind
    one that resamples (an over-sampler in imbalanced-learn's pipeline) get none: the rows that it
    makes belong to no group.

    Parameters
    ----------
    model : estimator
        A classifier, pipeline, ``GridSearchCV``, ``RandomizedSearchCV`` or
        ``CalibratedClassifierCV``.
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
    parameters = [] if groups is None else group_parameters(model)
    return model.fit(X, y, **dict.fromkeys(parameters, groups))
