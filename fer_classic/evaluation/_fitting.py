"""Fitting with groups, for steps that use inner folds."""

from fer_classic.utils._groups import fit_passing_groups, groups_required
from fer_classic.utils._splits import check_inner_splits

__all__ = ["fit_with_groups"]


def fit_with_groups(model, X, y, groups):
    """Fit a model and pass the groups to each step that accepts them.

    Steps may be nested in pipelines, in a search, in ``CalibratedClassifierCV`` or in
    :class:`~fer_classic.classifiers.TestTimeAugmentation`. A search passes groups on to the steps
    of a pipeline only: put an estimator that it would search alone into a pipeline of one step. The
    search gets the groups itself if its ``cv`` is one of scikit-learn's group splitters. Steps
    after a resampler (an over-sampler in imbalanced-learn's pipeline) get none, since synthetic
    rows belong to no group.

    Steps that would separate images of one group in splits of their own are refused, before
    anything is fitted where their parameters tell. So are steps that hold out images and take
    groups, but get none, since an estimator around them (``VotingClassifier``,
    ``BaggingClassifier``) does not pass them on.

    Groups are passed as parameters of the steps, with scikit-learn's metadata routing switched off
    for this fit.

    Parameters
    ----------
    model : estimator
        A classifier, pipeline, ``GridSearchCV``, ``RandomizedSearchCV`` or
        ``CalibratedClassifierCV``.
    X : array-like
        Input of the model.
    y : array-like of shape (n,)
        Labels.
    groups : array-like of shape (n,), int, or None
        Independent unit of each item, see :func:`independent_units`. None fits without groups.

    Returns
    -------
    model : estimator
        The same model, fitted.

    Raises
    ------
    LeakageError
        If a step holds out images for a search, a calibration or early stopping, and does not keep
        groups together.
    """
    if groups is None:
        return model.fit(X, y)
    check_inner_splits(model, groups)
    with groups_required(groups):
        return fit_passing_groups(model, X, y, groups)
