"""Saving and loading model files."""

import tempfile
import warnings
from pathlib import Path
from typing import Any, NamedTuple

from sklearn.exceptions import InconsistentVersionWarning

from fer_classic.exceptions import (
    DataNotFoundError,
    FerClassicWarning,
    ModelFileError,
    UntrustedModelError,
)
from fer_classic.persistence._card import make_card, plain
from fer_classic.persistence._formats import READERS, WRITERS
from fer_classic.utils import atomic_path, versions

__all__ = ["LoadedModel", "check_destination", "load_model", "read_card", "save_model"]

# Says which layout of content a file has, and that it is a model file at all.
_FORMAT = "fer-classic model 1"


class LoadedModel(NamedTuple):
    """What a model file holds.

    Parameters
    ----------
    model : estimator
        The fitted model.
    card : dict
        Its card, see :func:`make_card`.
    """

    model: Any
    card: dict


def save_model(model, path, *, card=None):
    """Write a fitted model and its card to one file.

    The file appears complete or not at all; a file that is there already is replaced.

    Parameters
    ----------
    model : estimator
        A fitted classifier, pipeline or search.
    path : str or path-like
        ``.skops`` or ``.joblib``. Both are loaded by a list of allowed types; skops stores no
        program at all, joblib is faster for large models.
    card : dict, optional
        What :func:`make_card` gives; made from the model alone by default.

    Raises
    ------
    ModelFileError
        If the path ends in something else, the model is not a fitted classifier, or it holds an
        object that the format cannot store, such as a lambda.
    OSError
        If the file cannot be written.

    Warns
    -----
    FerClassicWarning
        If the model holds types that :func:`load_model` will only load with ``trust=True``.
    """
    path = Path(path)
    suffix = _model_suffix(path)
    # Made in any case, since it refuses what is not a fitted classifier.
    own_card = make_card(model)
    card = own_card if card is None else plain(card)
    with atomic_path(path) as temporary:
        try:
            WRITERS[suffix]({"format": _FORMAT, "card": card, "model": model}, temporary)
            # Some objects are stored without complaint and cannot be read again.
            refusal = _reread(READERS[suffix], temporary)
        except OSError:
            raise
        except Exception as error:  # storing a model calls methods of everything in it
            raise ModelFileError(
                f"this {type(model).__name__} cannot be stored as {suffix}: {error}"
            ) from error
    if refusal:
        reason = str(refusal).replace(str(temporary), str(path))
        warnings.warn(f"saved, but {reason}", FerClassicWarning, stacklevel=2)


def _reread(read, path):
    """Read a file that was just written; return why it can only be read with trust, or None."""
    try:
        read(path, trust=False)
    except UntrustedModelError as error:
        read(path, trust=True)
        return error
    return None


def load_model(path, *, trust=False):
    """Load a model and its card.

    Parameters
    ----------
    path : str or path-like
        A file written by :func:`save_model`.
    trust : bool, default=False
        Load whatever the file asks for. This can run any code that the file holds; say so only for
        files from people you trust.

    Returns
    -------
    loaded : LoadedModel
        The pair ``(model, card)``.

    Raises
    ------
    DataNotFoundError
        If there is no such file.
    UntrustedModelError
        If the file asks for a type or function that is not on the list; the message names it.
    ModelFileError
        If the file is damaged, or not a model file of this library.

    Warns
    -----
    FerClassicWarning
        If the model was made with another version of scikit-learn.

    Notes
    -----
    Without ``trust``, loading runs no code from the file. It does not make sure that the numbers in
    it are sane: a forged model can predict nonsense, or crash.
    """
    path = Path(path)
    read = READERS[_model_suffix(path)]
    if not path.is_file():
        raise DataNotFoundError(f"no such model file: {path}")
    try:
        with warnings.catch_warnings():
            # One warning about versions, below, instead of one for each estimator.
            warnings.simplefilter("ignore", InconsistentVersionWarning)
            content = read(path, trust=trust)
    except (OSError, UntrustedModelError):
        raise
    except Exception as error:  # a damaged file can fail in any way
        raise ModelFileError(
            f"{path} cannot be read as a model file; it is damaged, or something else under that "
            f"name ({type(error).__name__}: {error})."
        ) from error
    if not (
        isinstance(content, dict)
        and content.get("format") == _FORMAT
        and isinstance(content.get("card"), dict)
    ):
        raise ModelFileError(
            f"{path} holds a {type(content).__name__} and is not a model file of this library, or "
            "of a later version of it; write models with fer_classic.persistence.save_model."
        )
    model, card = content.get("model"), content["card"]
    _compare_versions(path, card)
    return LoadedModel(model, card)


def read_card(path, *, trust=False):
    """Read the card of a model file.

    Parameters
    ----------
    path : str or path-like
        A file written by :func:`save_model`.
    trust : bool, default=False
        As in :func:`load_model`.

    Returns
    -------
    card : dict
        See :func:`make_card`.

    Raises
    ------
    DataNotFoundError, UntrustedModelError, ModelFileError
        As :func:`load_model` does.
    """
    return load_model(path, trust=trust).card


def check_destination(path):
    """Make sure that a model can be written to a path, before time is spent on fitting it.

    Parameters
    ----------
    path : str or path-like
        Where :func:`save_model` shall write.

    Raises
    ------
    ModelFileError
        If the path ends in neither ``.skops`` nor ``.joblib``.
    OSError
        If it is a folder, or no file can be made there.
    """
    path = Path(path)
    _model_suffix(path)
    if path.is_dir():
        raise IsADirectoryError(f"cannot write a model to {path}: it is a folder.")
    folder = path.parent
    while not folder.exists():
        folder = folder.parent
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise type(error)(f"cannot write a model to {path}: {error.strerror}.") from error


def _model_suffix(path):
    suffix = path.suffix.lower()
    if suffix not in READERS:
        raise ModelFileError(f"model files end in .skops or .joblib, got {path}.")
    return suffix


def _compare_versions(path, card):
    made, here = card.get("versions", {}).get("scikit-learn"), versions()["scikit-learn"]
    if made and made != here:
        warnings.warn(
            f"{path} was made with scikit-learn {made} and this is {here}: predictions may differ; "
            "train the model again if they matter.",
            FerClassicWarning,
            stacklevel=3,
        )
