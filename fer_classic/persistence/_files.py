"""Saving and loading model files."""

import pickle
import warnings
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import sklearn

from fer_classic.exceptions import (
    DataNotFoundError,
    FerClassicError,
    FerClassicWarning,
    ModelFileError,
    UntrustedModelError,
)
from fer_classic.persistence._card import check_card, make_card, plain
from fer_classic.persistence._composed import compose, part_path
from fer_classic.persistence._container import MAGIC, read_container, write_container
from fer_classic.persistence._decode import decode
from fer_classic.persistence._encode import NotPlainDataError, encode
from fer_classic.persistence._foreign import load_foreign, pickled, refuse_foreign
from fer_classic.persistence._probes import make_probes, replay
from fer_classic.utils._files import atomic_path, check_place

__all__ = [
    "LoadedModel",
    "check_destination",
    "load_model",
    "read_card",
    "save_model",
    "stored_bytes",
]

_SUFFIXES = (".joblib", ".skops")
# Marker in pickled files, used before the first release.
_PICKLED_FORMAT = "fer-classic model 1"


class LoadedModel(NamedTuple):
    """Content of a model file.

    Parameters
    ----------
    model : estimator
        The fitted model.
    card : dict
        Its card, see :func:`make_card`.
    """

    model: Any
    card: dict


def save_model(
    model: Any,
    path: str | PathLike,
    *,
    card: dict | None = None,
    probes: np.ndarray | None = None,
) -> None:
    """Write a fitted model and its card to one file.

    The file is written atomically; an existing file is replaced.

    Parameters
    ----------
    model : estimator
        A fitted classifier, pipeline or search.
    path : str or path-like
        ``.joblib`` or ``.skops``; the content is the same.
    card : dict, optional
        As returned by :func:`make_card`; created from the model alone by default.
    probes : ndarray of shape (m, h, w) or (m, n_features), optional
        Up to 16 images or rows, or a table, to store in the file, with the scores that the model
        computes for them; four generated ones by default, fewer if they are large. Anyone who has
        the file can see them.

    Raises
    ------
    ModelFileError
        If the path has another suffix, or the model is not a fitted classifier, cannot score
        inputs of the size found in it or takes seconds or gigabytes for them, or contains an object
        that cannot be stored, such as a lambda.
    OSError
        If the file cannot be written.

    Warns
    -----
    FerClassicWarning
        If the model contains a function, or an object of a class that is not allowed. It is then
        stored as a pickle, which :func:`load_model` only loads with ``trust=True``.

    Notes
    -----
    The file contains only data: a description of the objects in the model, its arrays, a checksum,
    and the probes with their scores, which are compared when it is loaded. Attributes that
    scikit-learn can recreate (scorers, trees of neighbours) are not stored, and neither are the
    folders in ``memory`` and ``checkpoint_dir``.
    """
    path = Path(path)
    check_destination(path)
    # Always created, since it raises for models that are not fitted classifiers.
    own_card = make_card(model)
    card = own_card if card is None else plain(card)
    try:
        encode(model)
        content, arrays = encode({"model": model, "probes": make_probes(model, probes)})
        reason = None
    except NotPlainDataError as error:
        content, arrays = None, [pickled(model)]
        reason = error
    with atomic_path(path) as temporary:
        write_container({"card": card, "content": content}, arrays, temporary)
        # Some models can be stored without an error, but not loaded again.
        _load(temporary, trust=reason is not None, name=path)
    if reason is not None:
        warnings.warn(
            f"saved, but {path} contains {reason}, so that it can only be loaded with trust=True "
            "(--trust on the command line).",
            FerClassicWarning,
            stacklevel=2,
        )


def load_model(path: str | PathLike, *, trust: bool = False) -> LoadedModel:
    """Load a model and its card.

    Parameters
    ----------
    path : str or path-like
        A file written by :func:`save_model`.
    trust : bool, default=False
        Whether to load pickles, too: models that :func:`save_model` could only store as pickles,
        and files of ``joblib.dump`` and skops. This can run arbitrary code in the file; use it
        only for files from people you trust.

    Returns
    -------
    loaded : LoadedModel
        The pair ``(model, card)``.

    Raises
    ------
    DataNotFoundError
        If there is no such file.
    UntrustedModelError
        If the file can only be loaded with ``trust``; the message says why.
    ModelFileError
        If the file is damaged, not a model file of this library, or contains a model that is not
        valid, or whose scores for the probes differ from the stored ones.

    Warns
    -----
    FerClassicWarning
        If the model was fitted with another version of scikit-learn.

    Notes
    -----
    Without ``trust``, no code in the file is run. The checksum is verified before anything is read.
    Then objects of allowed classes are created without calling them and get the attributes in the
    file; types, ranges, shapes and indices are checked; and the scores of the probes must match the
    stored ones within 1e-4. This detects damage. A checksum does not identify the author: a forged
    file can contain a model that is wrong on purpose.
    """
    path = Path(path)
    _check_file(path)
    loaded = _load(path, trust=trust)
    _compare_versions(path, loaded.card)
    return loaded


def _check_file(path):
    if path.is_dir():
        raise DataNotFoundError(f"{path} is a folder; give a model file.")
    if not path.is_file():
        raise DataNotFoundError(f"no such model file: {path}")


def read_card(path: str | PathLike, *, trust: bool = False) -> dict:
    """Read the card of a model file, without the model if possible.

    Parameters
    ----------
    path : str or path-like
        A file written by :func:`save_model`.
    trust : bool, default=False
        As in :func:`load_model`; not required for the cards of files of :func:`save_model`.

    Returns
    -------
    card : dict
        See :func:`make_card`.

    Raises
    ------
    DataNotFoundError, UntrustedModelError, ModelFileError
        As for :func:`load_model`.
    """
    path = Path(path)
    _check_file(path)
    start, data = _read(path)
    if data is None:
        return _load_foreign(path, start, trust=trust).card
    return check_card(read_container(data, path)[0].get("card"))


def stored_bytes(path: str | PathLike) -> int:
    """Return the size of a model file that can be loaded, with that of the files that it joins.

    Parameters
    ----------
    path : str or path-like
        A model file, or a pickle.

    Returns
    -------
    n_bytes : int
    """
    path = Path(path)
    _, data = _read(path)
    stored = {} if data is None else read_container(data, path)[0]
    parts = stored.get("composed", {}).get("parts", ())
    files = [path, *(part_path(path, part["name"]) for part in parts)]
    return sum(file.stat().st_size for file in files)


def _read(path):
    """Return the first bytes of a file, and its whole content if it is a model file."""
    with open(path, "rb") as file:
        start = file.read(len(MAGIC))
        if start != MAGIC:
            return start, None
        # Writable, since arrays are views of these bytes and estimators may write to them.
        return start, bytearray(start + file.read())


def _load(path, *, trust, name=None):
    """Load a model; messages call the file by its name, the path by default."""
    start, data = _read(path)
    name = path if name is None else name
    if data is None:
        return _load_foreign(path, start, trust=trust)
    stored, arrays = read_container(data, name)
    try:
        card = check_card(stored["card"])
        if "composed" in stored:
            model = compose(stored["composed"], path, partial(_load, trust=False))
            check_card(card, model)
            return LoadedModel(model, card)
        content = stored["content"]
        if content is None:
            return LoadedModel(_load_pickle(arrays, path, trust=trust), card)
        parts = decode(content, arrays)
        model, probes = parts["model"], parts["probes"]
        check_card(card, model)
        n_stored = sum(array.nbytes for array in arrays)
        difference = replay(model, probes, crop=card.get("crop"), n_stored=n_stored)
    except UntrustedModelError as error:
        raise UntrustedModelError(
            f"{name} contains {error}, which is not allowed in model files. It could run code; if "
            "you made the file yourself or trust its author, load it with trust=True (--trust on "
            "the command line)."
        ) from None
    except FerClassicError:
        raise
    except Exception as error:  # a forged file can fail in any way
        raise ModelFileError(
            f"{name} does not contain a valid model: {type(error).__name__}: {error}"
            f"{_of_version(stored)}"
        ) from error
    if difference:
        raise ModelFileError(
            f"{name} does not reproduce its stored scores: its probes get "
            f"{difference}{_of_version(stored)}; train the model again."
        )
    return LoadedModel(model, card)


def _load_pickle(arrays, path, *, trust):
    if not trust:
        raise UntrustedModelError(
            "a pickle, since its model contains functions, or objects of classes that are not "
            "allowed"
        )
    return pickle.loads(arrays[0].tobytes())


def _load_foreign(path, start, *, trust):
    if not trust:
        refuse_foreign(path, start)
    content = load_foreign(path, start)
    if isinstance(content, dict) and content.get("format") == _PICKLED_FORMAT:
        return LoadedModel(content["model"], content["card"])
    return LoadedModel(content, make_card(content))


def check_destination(path):
    """Check that a model can be written to a path, before it is fitted.

    Parameters
    ----------
    path : str or path-like
        Path for :func:`save_model`.

    Raises
    ------
    ModelFileError
        If the suffix is neither ``.skops`` nor ``.joblib``.
    OSError
        If the path is a folder, or no file can be created there.
    """
    path = Path(path)
    _check_suffix(path)
    if path.is_dir():
        raise IsADirectoryError(f"cannot write a model to {path}: it is a folder.")
    try:
        check_place(path)
    except OSError as error:
        raise type(error)(f"cannot write a model to {path}: {error.strerror}.") from error


def _check_suffix(path):
    if path.suffix.lower() not in _SUFFIXES:
        raise ModelFileError(f"model files end in .joblib or .skops, got {path}.")


def _other_version(card):
    """Return the version of scikit-learn of a model if it differs from the installed one."""
    version = (card.get("versions") or {}).get("scikit-learn")
    return version if version != sklearn.__version__ else None


def _of_version(stored):
    fitted = _other_version(stored["card"]) if isinstance(stored.get("card"), dict) else None
    installed = sklearn.__version__
    return f" (fitted with scikit-learn {fitted}, installed is {installed})" if fitted else ""


def _compare_versions(path, card):
    fitted, installed = _other_version(card), sklearn.__version__
    if fitted:
        warnings.warn(
            f"{path} was fitted with scikit-learn {fitted}, installed is {installed}: "
            "predictions may differ; train the model again if they matter.",
            FerClassicWarning,
            stacklevel=3,
        )
