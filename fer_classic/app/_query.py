"""Query parameters of a request."""

import math

from starlette.exceptions import HTTPException

from fer_classic.exceptions import FerClassicError, UnknownNameError

__all__ = ["RECOGNIZER", "make_recognizer", "read_choice", "read_count", "read_query", "read_share"]


RECOGNIZER = ("model", "detector", "min_probability")
"""Parameters that say how faces are recognized."""


def read_query(request, known):
    """Read the parameters of a request; misspelt ones are rejected rather than ignored.

    Parameters
    ----------
    request : Request
    known : tuple of str
        Names of the parameters that there are.

    Returns
    -------
    query : dict of str to str
        Those that were given.

    Raises
    ------
    UnknownNameError
        If a parameter is not known.
    HTTPException
        400 if one is given twice.
    """
    query = {}
    for name, value in request.query_params.multi_items():
        if name not in known:
            raise UnknownNameError("parameter", name, known)
        if name in query:
            raise HTTPException(400, f"the parameter {name} is given twice; give it once.")
        query[name] = value
    return query


def read_share(query, name):
    """Read a parameter between 0 and 1, or None; raises HTTPException 400 for other values."""
    if name not in query:
        return None
    try:
        value = float(query[name])
    except ValueError:
        value = math.nan
    if not 0 <= value <= 1:
        raise HTTPException(400, f"{name} must lie between 0 and 1, got {query[name]!r}.")
    return value


def read_count(query, name):
    """Read an integer parameter, by default 0; raises HTTPException 400 for other values."""
    text = query.get(name, "0")
    # isdecimal also accepts the digits of other scripts.
    if not (text.isascii() and text.isdecimal() and len(text) < 7):
        raise HTTPException(400, f"{name} must be a number such as 0 or 1, got {text!r}.")
    return int(text)


def read_choice(query, name, known):
    """Read a parameter that is one of some words, or None; raises UnknownNameError."""
    value = query.get(name)
    if value is not None and value not in known:
        raise UnknownNameError(name, value, known)
    return value


def make_recognizer(models, query):
    """Make the recognizer that a request asks for; the first time takes long.

    Parameters
    ----------
    models : ModelRegistry
    query : dict of str to str
        With the parameters :data:`RECOGNIZER`.

    Returns
    -------
    recognizer : Recognizer

    Raises
    ------
    UnknownNameError
        If there is no such model or detector.
    HTTPException
        400 if the model does not go with the threshold.
    """
    threshold = read_share(query, "min_probability")
    try:
        return models.recognizer(
            query.get("model"), detector=query.get("detector"), min_probability=threshold
        )
    except FerClassicError:
        raise
    except ValueError as error:
        raise HTTPException(400, str(error)) from error
