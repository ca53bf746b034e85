"""What the names of class folders stand for."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from fer_classic.exceptions import DataFormatError, DataNotFoundError, UnknownNameError
from fer_classic.expressions import EXPRESSIONS

__all__ = ["CLASS_NAMES", "OTHER_WORDS", "make_namer", "target_names_of"]

CLASS_NAMES = ("raf-db", "affectnet", "keep")
"""What ``class_names`` can be, beside a table from folder to class."""

_WORDS = {
    "angry": ("angry", "anger", "an"),
    "contempt": ("contempt", "contemptuous"),
    "disgust": ("disgust", "disgusted", "di"),
    "fear": ("fear", "fearful", "afraid", "fe"),
    "happy": ("happy", "happiness", "joy", "ha"),
    "neutral": ("neutral", "neutrality", "ne"),
    "sad": ("sad", "sadness", "sa"),
    "surprise": ("surprise", "surprised", "su"),
}
_EXPRESSION_OF = {word: name for name, words in _WORDS.items() for word in words}
OTHER_WORDS = "; ".join(f"{name}: {', '.join(words[1:])}" for name, words in _WORDS.items())
"""The other words for expressions, for messages."""

_NUMBERS = {
    "raf-db": dict(
        enumerate(("surprise", "fear", "disgust", "happy", "sad", "angry", "neutral"), start=1)
    ),
    "affectnet": dict(
        enumerate(("neutral", "happy", "sad", "surprise", "fear", "disgust", "angry", "contempt"))
    ),
}
# A number, a word, or both, as in 0_neutral.
_FOLDER = re.compile(r"(?:(\d+)(?:[ _.-]+|$))?(.*)")
# Programs say these of a face that is uncertain and of a picture without faces, and a table has a
# column score_kind.
_RESERVED = ("uncertain", "no face", "kind")


def make_namer(class_names):
    """Make the function that says which class a folder holds.

    Parameters
    ----------
    class_names : None, str, path-like or mapping
        What ``load_folder`` takes.

    Returns
    -------
    name : callable
        Takes the name of a folder; gives that of its class, or None if it stands for none. Raises
        DataFormatError if number and word of a folder contradict each other.

    Raises
    ------
    UnknownNameError
        If ``class_names`` is none of the known ones and no JSON file.
    DataNotFoundError, DataFormatError
        If the file does not exist, or is no table of class names.
    """
    if class_names is None:
        return lambda folder: _EXPRESSION_OF.get(_split(folder)[1])
    if class_names == "keep":
        return _checked
    if isinstance(class_names, str) and class_names in _NUMBERS:
        return lambda folder: _by_number(folder, class_names)
    if not isinstance(class_names, Mapping):
        class_names = _read(class_names)
    table = {str(folder): _checked(name) for folder, name in class_names.items()}
    return table.get


def target_names_of(names):
    """Give the names over which the codes of some classes run.

    Parameters
    ----------
    names : iterable of str
        The class of each image.

    Returns
    -------
    target_names : tuple of str
        All of :data:`~fer_classic.expressions.EXPRESSIONS` if there is no other name, else the names that
        occur, sorted as in ``classes_`` of a classifier.
    """
    occurring = set(names)
    return EXPRESSIONS if occurring <= set(EXPRESSIONS) else tuple(sorted(occurring))


def _split(folder):
    """Give the number at the beginning of a folder's name, or None, and the word behind it."""
    number, word = _FOLDER.fullmatch(folder.lower()).groups()
    return None if number is None else int(number), word


def _by_number(folder, scheme):
    number, word = _split(folder)
    said = _EXPRESSION_OF.get(word)
    if number is None:
        return said
    meant = _NUMBERS[scheme].get(number)
    if meant and said and meant != said:
        raise DataFormatError(
            f"the folder {folder} is {said} by its word, and {number} is {meant} in {scheme}; "
            "leave out class_names to go by the word, or give a table from folder to class."
        )
    return meant


def _read(path):
    if not str(path).lower().endswith(".json"):
        raise UnknownNameError("class names", path, (*CLASS_NAMES, "FILE.json"))
    try:
        table = json.loads(Path(path).expanduser().read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise DataNotFoundError(f"no such file of class names: {path}") from None
    except (OSError, ValueError) as error:
        raise DataFormatError(f"{path} is not a table of class names: {error}.") from error
    if not isinstance(table, dict):
        raise DataFormatError(
            f"{path} is not a table of class names: it must be one object that gives each folder "
            'its class, such as {"1": "bored", "2": "engaged"}.'
        )
    return table


def _checked(name):
    if not isinstance(name, str) or name.splitlines() != [name] or name != name.strip():
        raise DataFormatError(f"the class name {name!r} must be one line of text.")
    if name in _RESERVED:
        raise DataFormatError(
            f"a class cannot be called {name!r}: that stands for something else where faces are "
            "described. Give it another name with a table from folder to class (class_names=..., "
            "or --class-names FILE.json in programs)."
        )
    return name
