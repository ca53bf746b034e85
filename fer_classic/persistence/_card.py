"""The card of a model: its classes, training data, scores and crop geometry."""

import datetime
import json
import math

from fer_classic.classifiers import AdaptedClassifier
from fer_classic.exceptions import ModelFileError
from fer_classic.faces._geometry import crop_geometry
from fer_classic.persistence._older import card_as_of_now
from fer_classic.utils._versions import versions

__all__ = [
    "FOLDERS",
    "check_card",
    "make_adapted_card",
    "make_card",
    "plain",
    "recall_by_class",
]

FOLDERS = ("checkpoint_dir", "memory")
"""Parameters that are local folders, in which a fit stores intermediate results."""

_MAX_CROP_SIDE, _MAX_MARGIN = 1024, 10
# What stays true of a model when it is adapted: how it was made, and what it is for.
_ORIGIN = ("recipe", "dataset", "n_images", "seconds")
_LASTING = ("crop", "intended_use", "not_intended", "licence")


def make_card(
    model,
    *,
    recipe=None,
    dataset=None,
    protocol=None,
    scores=None,
    min_probability=None,
    n_images=None,
    seconds=None,
):
    """Describe a fitted model.

    Parameters
    ----------
    model : estimator
        A fitted classifier, pipeline or search.
    recipe : str, optional
        Name of the recipe.
    dataset : dict, optional
        The training data: ``name``, ``digest`` and, if there are official parts, ``split``.
    protocol : str, optional
        Protocol of ``scores``.
    scores : dict, optional
        As returned by :func:`fer_classic.evaluation.score`.
    min_probability : dict, optional
        Threshold below which predictions are uncertain, as returned by
        :func:`fer_classic.evaluation.choose_threshold`, and ``measured_on``, the items of it.
    n_images : int, optional
        Number of training images.
    seconds : float, optional
        Fit time in seconds.

    Returns
    -------
    card : dict
        The arguments, and ``expressions`` (the model's classes), ``estimator`` (its type),
        ``parameters`` (those that are plain values), ``crop`` (see
        :func:`~fer_classic.faces.crop_geometry`), ``versions`` and ``created``
        (date and time, UTC). That of an :class:`~fer_classic.classifiers.AdaptedClassifier` also
        holds ``adapted``: the number of images, their classes, the weight, and the accuracy
        before and after, in all and by class. The card can be serialised as JSON.

    Raises
    ------
    ModelFileError
        If the model is not a fitted classifier, or an argument cannot be written as JSON.
    """
    expressions = getattr(model, "classes_", None)
    if expressions is None:
        raise ModelFileError(
            f"this {type(model).__name__} has no classes_: it is not a classifier, or it is not "
            "fitted yet; call fit(images, names) first."
        )
    return plain(
        {
            "expressions": [str(expression) for expression in expressions],
            "estimator": type(model).__name__,
            "recipe": recipe,
            "parameters": _plain_parameters(model),
            "crop": crop_geometry(model),
            "dataset": dataset,
            "n_images": n_images,
            "seconds": seconds,
            "protocol": protocol,
            "scores": scores,
            "min_probability": min_probability,
            "versions": versions(),
            "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        }
        | ({"adapted": _adaptation(model)} if isinstance(model, AdaptedClassifier) else {})
    )


def _adaptation(model):
    return {
        "n_images": model.n_images_,
        "classes": [str(name) for name in model.given_classes_],
        "weight": model.weight_,
        "n_judged": model.n_judged_,
        "accuracy_before": model.accuracy_before_,
        "accuracy_after": model.accuracy_after_,
        "recall": recall_by_class(model),
    }


def recall_by_class(adapted):
    """Describe how often an adapted model is right about each class of the person's pictures.

    Parameters
    ----------
    adapted : AdaptedClassifier

    Returns
    -------
    recall : dict of str to dict
        ``before`` and ``after`` of each class with pictures that could be left out.
    """
    # A model of an older file does not know them.
    if not hasattr(adapted, "judged_classes_"):
        return {}
    columns = (adapted.judged_classes_, adapted.recall_before_, adapted.recall_after_)
    return {
        str(name): {"before": float(before), "after": float(after)}
        for name, before, after in zip(*columns, strict=True)
    }


def make_adapted_card(adapted, card, *, model):
    """Describe a model that was adapted to a person.

    Parameters
    ----------
    adapted : AdaptedClassifier
        The adapted model.
    card : dict
        The card of the model as it was before. Its scores are not taken over, since they are those
        of another model.
    model : str
        What that model is called.

    Returns
    -------
    card : dict
        As :func:`make_card` gives it; ``adapted`` names the model, too.
    """
    own = make_card(adapted, **{name: card.get(name) for name in _ORIGIN})
    own |= {name: card[name] for name in _LASTING if card.get(name) is not None}
    own["adapted"]["model"] = model
    return own


def plain(card):
    """Return a card after a JSON round trip, so that it is the same before and after saving."""
    try:
        return json.loads(_as_json(card))
    except (TypeError, ValueError) as error:
        raise ModelFileError(f"the model card cannot be written as JSON: {error}") from error


def _as_json(card):
    """Return the text of a card, or raise ValueError for NaN and invalid characters."""
    return json.dumps(card, ensure_ascii=False, allow_nan=False).encode()


def check_card(card, model=None):
    """Check the fields of a card from a file that the library uses.

    Parameters
    ----------
    card : object
        The card in the file.
    model : estimator, optional
        The model of the file.

    Returns
    -------
    card : dict
        The card with the names of this version.

    Raises
    ------
    ModelFileError
        If the card is invalid, or that of another model.
    """
    card = card_as_of_now(card)
    problem = _problem(card, model)
    if problem:
        raise ModelFileError(f"the card of the model file is invalid: {problem}.")
    return card


def _problem(card, model):
    if not isinstance(card, dict):
        return "it is not a table"
    try:
        _as_json(card)
    except ValueError as error:
        return f"it contains a value that JSON has not ({error})"
    expressions, crop = card.get("expressions"), card.get("crop")
    if not _are(expressions, str):
        return f"expressions={expressions!r}"
    if model is not None and expressions != [str(name) for name in model.classes_]:
        return f"its expressions are {expressions}, those of the model {model.classes_.tolist()}"
    if crop is not None and not _is_crop(crop):
        return f"crop={crop!r}"
    for name in ("dataset", "versions", "scores", "adapted"):
        if not isinstance(card.get(name), dict | None):
            return f"{name}={card[name]!r}"
    threshold = card.get("min_probability")
    if threshold is not None and not _is_threshold(threshold):
        return f"min_probability={threshold!r}"
    version = (card.get("versions") or {}).get("scikit-learn")
    # It is shown in messages, where other characters could control the terminal.
    if version is not None and not (isinstance(version, str) and version.isprintable()):
        return f"its version of scikit-learn is {version!r}"
    return None


def _is_crop(crop):
    if not isinstance(crop, dict) or not {"size", "margin"} <= set(crop):
        return False
    size, margin = crop["size"], crop["margin"]
    sides = size if isinstance(size, list) else [size, size]
    return (
        len(sides) == 2
        and _are(sides, int)
        and all(0 < side <= _MAX_CROP_SIDE for side in sides)
        and type(margin) in (int, float)
        and abs(margin) <= _MAX_MARGIN
        and _are_places(crop)
    )


def _are_places(crop):
    """Whether a crop says where the eyes lie, as :class:`FaceAligner` does, or does not say it."""
    places = [crop[name] for name in ("eye_distance", "eye_height") if name in crop]
    legal = all(type(place) in (int, float) and 0 <= place <= 1 for place in places)
    return not places or (len(places) == 2 and legal and 0 < places[0] < 1)


def _is_threshold(threshold):
    shares = ("value", "coverage", "error")
    return (
        isinstance(threshold, dict)
        and "value" in threshold
        and all(_is_share(threshold[name]) for name in shares if name in threshold)
    )


def _is_share(number):
    return type(number) in (int, float) and 0 <= number <= 1


def _are(values, kind):
    return isinstance(values, list) and all(type(value) is kind for value in values)


def _plain_parameters(model):
    # For a search, those of the best estimator; models may not be of scikit-learn.
    deployed = getattr(model, "best_estimator_", model)
    parameters = getattr(deployed, "get_params", dict)()
    return {
        name: value
        for name, value in sorted(parameters.items())
        if _is_plain(value) and name.rpartition("__")[2] not in FOLDERS
    }


def _is_plain(value):
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, bool | int | str)
