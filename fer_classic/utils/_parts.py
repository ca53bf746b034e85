"""What a model is made of: the one walk through estimators that hold estimators."""

from collections.abc import Mapping

from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

__all__ = ["model_parts"]


def model_parts(model):
    """Give a model and all estimators inside it, whatever wraps them.

    Attributes are searched for estimators, for collections of them and for tuples that hold one,
    such as ``(name, estimator)``: the steps of pipelines, the members of unions and ensembles, the
    models inside searches and calibration.

    Parameters
    ----------
    model : estimator
        Fitted or not.

    Yields
    ------
    part : estimator
        The model itself first, then part after part with all that is inside each, every object
        once. What a wrapper has fitted (its attributes that end in an underscore) comes before what
        it was given, and what it was given and has fitted copies of is left out.
    """
    yield from _walk(model, set())


def _walk(model, seen):
    if id(model) in seen:
        return
    seen.add(id(model))
    yield model
    for part in _inner(model):
        yield from _walk(part, seen)


def _inner(model):
    """Give the estimators that a model holds itself."""
    fitted, given = [], []
    for name, value in getattr(model, "__dict__", {}).items():
        (fitted if name.endswith("_") else given).extend(_estimators_in(value))
    return fitted + [part for part in given if not fitted or _is_fitted(part)]


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
    # Some helpers of scikit-learn that hold a fitted model have no fit of their own.
    verbs = ("fit", "transform", "predict", "predict_proba")
    return not isinstance(value, type) and any(hasattr(value, verb) for verb in verbs)


def _is_fitted(part):
    try:
        check_is_fitted(part)
    except NotFittedError:
        return False
    except TypeError:  # what has no fit is not asked whether it was fitted
        return True
    return True
