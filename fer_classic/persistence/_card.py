"""The card of a model: what it knows, where that comes from, how faces must be cut for it."""

import datetime
import json
import math

from fer_classic.exceptions import ModelFileError
from fer_classic.faces import crop_geometry
from fer_classic.utils import versions

__all__ = ["make_card", "plain"]


def make_card(
    model, *, recipe=None, dataset=None, protocol=None, scores=None, n_images=None, seconds=None
):
    """Describe a fitted model.

    Parameters
    ----------
    model : estimator
        A fitted classifier, pipeline or search.
    recipe : str, optional
        Name of the recipe it was made from.
    dataset : dict, optional
        The data it was fitted on: ``name``, ``digest`` and, where there are official parts,
        ``split``.
    protocol : str, optional
        The protocol by which ``scores`` were measured.
    scores : dict, optional
        What :func:`fer_classic.evaluation.score` gives.
    n_images : int, optional
        Number of images it was fitted on.
    seconds : float, optional
        Seconds that fitting took.

    Returns
    -------
    card : dict
        The arguments, and ``emotions`` (the model's classes), ``estimator`` (its type),
        ``parameters`` (those that are plain values), ``crop`` (see
        :func:`~fer_classic.faces.crop_geometry`), ``versions`` and ``created``
        (date and time, UTC). All of it can be written as JSON.

    Raises
    ------
    ModelFileError
        If the model is not a fitted classifier, or an argument cannot be written as JSON.
    """
    emotions = getattr(model, "classes_", None)
    if emotions is None:
        raise ModelFileError(
            f"this {type(model).__name__} has no classes_: it is not a classifier, or it is not "
            "fitted yet; call fit(images, names) first."
        )
    return plain(
        {
            "emotions": [str(emotion) for emotion in emotions],
            "estimator": type(model).__name__,
            "recipe": recipe,
            "parameters": _plain_parameters(model),
            "crop": crop_geometry(model),
            "dataset": dataset,
            "n_images": n_images,
            "seconds": seconds,
            "protocol": protocol,
            "scores": scores,
            "versions": versions(),
            "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        }
    )


def plain(card):
    """Return a card as JSON gives it back, so that it is the same before saving and after."""
    try:
        return json.loads(json.dumps(card, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise ModelFileError(f"the model card cannot be written as JSON: {error}") from error


def _plain_parameters(model):
    # Of a search, those that it has found; a model need not be one of scikit-learn's.
    deployed = getattr(model, "best_estimator_", model)
    parameters = getattr(deployed, "get_params", dict)()
    return {name: value for name, value in sorted(parameters.items()) if _is_plain(value)}


def _is_plain(value):
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, bool | int | str)
