"""Compatibility with older files: renamed classes and attributes, and new parameters."""

import inspect

__all__ = ["RENAMED_CLASSES", "as_of_now", "card_as_of_now"]

RENAMED_CLASSES = {
    "fer_classic.classifiers.Augmented": "fer_classic.classifiers.TestTimeAugmentation",
}
"""Names of classes in older files, and their current names."""

_RENAMED_ATTRIBUTES = {
    "LeastSquaresSVC": {
        "left_out_rows_": "oof_rows_",
        "left_out_scores_": "oof_scores_",
        "n_landmarks": "n_centers",
        "storage": "precision",
    },
}
_RENAMED_VALUES = {
    ("LeastSquaresSVC", "precision"): {"bytes": "uint8", "half": "float16"},
}
_RENAMED_IN_CARD = {"emotions": "expressions"}


def as_of_now(cls, state):
    """Convert the attributes of an object to the names of this version.

    Parameters
    ----------
    cls : type
        Class of the object.
    state : dict of str to node
        Its attributes in a file of any version.

    Returns
    -------
    state : dict of str to node
        New parameters have their default: a new parameter must have a default that keeps the
        previous behaviour of the class.
    """
    if not cls.__module__.startswith("fer_classic."):
        return state
    names = _RENAMED_ATTRIBUTES.get(cls.__name__, {})
    renamed = {}
    for old, value in state.items():
        name = names.get(old, old)
        values = _RENAMED_VALUES.get((cls.__name__, name), {})
        renamed[name] = values.get(value, value) if isinstance(value, str) else value
    return _later_parameters(cls, renamed) | renamed


def _later_parameters(cls, state):
    if not hasattr(cls, "get_params"):
        return {}
    parameters = inspect.signature(cls.__init__).parameters.values()
    return {
        parameter.name: parameter.default
        for parameter in parameters
        if parameter.default is not parameter.empty and parameter.name not in state
    }


def card_as_of_now(card):
    """Convert a card to the names of this version; other objects are returned unchanged."""
    if not isinstance(card, dict):
        return card
    return {_RENAMED_IN_CARD.get(name, name): value for name, value in card.items()}
