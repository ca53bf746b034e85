"""Traversal of nested estimators."""

from collections.abc import Mapping

from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

__all__ = ["direct_parts", "is_fitted", "model_parts"]


def model_parts(model, *, fitted=True):
    """Iterate over a model and all estimators nested in it.

    Attributes are searched for estimators, for collections of estimators and for tuples that
    contain one, such as ``(name, estimator)``: the steps of pipelines, the members of unions and
    ensembles, and the models inside searches and calibration.

    Parameters
    ----------
    model : estimator
        Fitted or not.
    fitted : bool, default=True
        False ignores what earlier fits have made: the parts are those that the next fit will fit.

    Yields
    ------
    part : estimator
        The model itself first, then each part followed by its own parts, every object once.
        Fitted attributes (which end in an underscore) precede parameters, and parameters of which
        fitted copies exist are skipped.
    """
    yield from _walk(model, set(), fitted)


def _walk(model, seen, fitted):
    if id(model) in seen:
        return
    seen.add(id(model))
    yield model
    for part in direct_parts(model, fitted=fitted):
        yield from _walk(part, seen, fitted)


def direct_parts(model, *, fitted=True):
    """List the estimators that are attributes of a model; see :func:`model_parts`."""
    learned, given = [], []
    for name, value in getattr(model, "__dict__", {}).items():
        (learned if name.endswith("_") else given).extend(_estimators_in(value))
    if not fitted:
        return given
    return learned + [part for part in given if not learned or is_fitted(part)]


def _estimators_in(value):
    if _is_estimator(value):
        return [value]
    if isinstance(value, Mapping):
        value = list(value.values())
    if not isinstance(value, list | tuple):
        return []
    found = []
    for item in value:
        members = item if isinstance(item, tuple) else (item,)
        found += [member for member in members if _is_estimator(member)]
    return found


def _is_estimator(value):
    # Some helpers of scikit-learn that contain a fitted model have no fit method. A metadata
    # request has attributes of these names that are not methods.
    verbs = ("fit", "transform", "predict", "predict_proba")
    return not isinstance(value, type) and any(
        callable(getattr(value, verb, None)) for verb in verbs
    )


def is_fitted(estimator):
    """Whether an estimator is fitted, or needs no fit.

    Parameters
    ----------
    estimator : object
        One without ``fit`` counts as fitted.

    Returns
    -------
    fitted : bool
    """
    try:
        check_is_fitted(estimator)
    except NotFittedError:
        return False
    except TypeError:  # objects without fit cannot be checked
        return True
    return True
