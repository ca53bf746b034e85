"""Mapping of class folder names to class names."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from fer_classic.exceptions import DataFormatError, DataNotFoundError, UnknownNameError
from fer_classic.expressions import EXPRESSIONS
from fer_classic.utils._names import name_some, printable

__all__ = ["CLASS_NAMES", "OTHER_WORDS", "make_namer", "target_names_of"]

CLASS_NAMES = ("raf-db", "affectnet", "keep")
"""Values of ``class_names`` other than a mapping from folder to class."""

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
"""Synonyms of the expression names, for messages."""

_NUMBERS = {
    "raf-db": dict(
        enumerate(("surprise", "fear", "disgust", "happy", "sad", "angry", "neutral"), start=1)
    ),
    "affectnet": dict(
        enumerate(("neutral", "happy", "sad", "surprise", "fear", "disgust", "angry", "contempt"))
    ),
}
# A number, a word, or both, as in 0_neutral.
_FOLDER = re.compile(r"(?:(\d+)(?:[ _.-]+|$))?(.*)", re.DOTALL)
# These denote an uncertain face and an image without faces in the output, and the column score_kind
# of tables.
_RESERVED = ("uncertain", "no face", "kind")


def make_namer(class_names):
    """Create the function that maps a folder name to a class name.

    Parameters
    ----------
    class_names : None, str, path-like or mapping
        As for ``load_folder``.

    Returns
    -------
    name : callable
        Takes the name of a folder; returns the name of its class, or None if there is none. Raises
        DataFormatError if number and word of a folder contradict each other.

    Raises
    ------
    UnknownNameError
        If ``class_names`` is neither a known name nor a JSON file.
    DataNotFoundError, DataFormatError
        If the file does not exist, or is not a table of class names.
    """
    if class_names is None:
        return lambda folder: _EXPRESSION_OF.get(_split(folder)[1])
    if class_names == "keep":
        return _checked
    if isinstance(class_names, str) and class_names in _NUMBERS:
        return lambda folder: _by_number(folder, class_names)
    if not isinstance(class_names, Mapping):
        class_names = _read(class_names)
    # JSON has no numbers as keys, so 1 and "1" are one folder.
    pairs = [(str(folder), _checked(name)) for folder, name in class_names.items()]
    return _table_of(pairs, "class_names").get


def target_names_of(names):
    """Return the target names for the given classes.

    Parameters
    ----------
    names : iterable of str
        The class of each image.

    Returns
    -------
    target_names : tuple of str
        All of :data:`~fer_classic.expressions.EXPRESSIONS` if it contains all names, else the
        names that occur, sorted as in ``classes_`` of a classifier.
    """
    occurring = set(names)
    return EXPRESSIONS if occurring <= set(EXPRESSIONS) else tuple(sorted(occurring))


def _split(folder):
    """Return the leading number of a folder's name, or None, and the word after it."""
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
            f"the word of the folder {folder} means {said}, but {number} is {meant} in {scheme}; "
            "omit class_names to use the word, or pass a mapping from folder to class."
        )
    return meant


def _read(path):
    if not str(path).lower().endswith(".json"):
        raise UnknownNameError("class names", path, (*CLASS_NAMES, "FILE.json"))
    try:
        text = Path(path).expanduser().read_text(encoding="utf-8-sig")
        table = json.loads(text, object_pairs_hook=lambda pairs: _table_of(pairs, path))
    except FileNotFoundError:
        raise DataNotFoundError(f"no such file of class names: {path}") from None
    except DataFormatError:
        raise
    except (OSError, ValueError, RecursionError) as error:
        raise DataFormatError(f"{path} is not a table of class names: {error}.") from error
    if not isinstance(table, dict):
        raise DataFormatError(
            f"{path} is not a table of class names: it must be one object that maps folders to "
            'classes, such as {"1": "bored", "2": "engaged"}.'
        )
    return table


def _table_of(pairs, source):
    """Make a table of (folder, class); a folder that occurs twice is refused."""
    table = dict(pairs)
    if len(table) < len(pairs):
        folders = [folder for folder, _ in pairs]
        repeated = [folder for folder in table if folders.count(folder) > 1]
        raise DataFormatError(
            f"{source} has more than one class for the folder {name_some(repeated)}; keep one."
        )
    return table


def _checked(name):
    if not isinstance(name, str) or name.splitlines() != [name] or name != printable(name.strip()):
        raise DataFormatError(f"the class name {name!r} must be one line of text.")
    if name in _RESERVED:
        raise DataFormatError(
            f"a class cannot be named {name!r}: this name is reserved for the output. Choose "
            "another name with a mapping from folder to class (class_names=..., or --class-names "
            "FILE.json in programs)."
        )
    return name
