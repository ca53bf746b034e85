"""Saving and loading model files."""

import pickle
import tempfile
import warnings
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
from fer_classic.persistence._container import MAGIC, read_container, write_container
from fer_classic.persistence._decode import decode
from fer_classic.persistence._encode import NotPlainDataError, encode
from fer_classic.persistence._foreign import load_foreign, pickled, refuse_foreign
from fer_classic.persistence._probes import make_probes, replay
from fer_classic.utils._files import atomic_path

__all__ = ["LoadedModel", "check_destination", "load_model", "read_card", "save_model"]

_SUFFIXES = (".joblib", ".skops")
# What files held that are pickles, up to the first release.
_PICKLED_FORMAT = "fer-classic model 1"


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


def save_model(
    model: Any,
    path: str | PathLike,
    *,
    card: dict | None = None,
    probes: np.ndarray | None = None,
) -> None:
    """Write a fitted model and its card to one file.

    The file appears complete or not at all; a file that is there already is replaced.

    Parameters
    ----------
    model : estimator
        A fitted classifier, pipeline or search.
    path : str or path-like
        ``.joblib`` or ``.skops``; the content is the same.
    card : dict, optional
        What :func:`make_card` gives; made from the model alone by default.
    probes : ndarray of shape (m, h, w) or (m, n_features), optional
        Up to 16 images or rows that the file shall carry, with the scores that the model gives
        them; four made ones by default. They can be seen by whoever gets the file.

    Raises
    ------
    ModelFileError
        If the path ends in something else, the model is not a fitted classifier, cannot score what
        it says it takes, or holds an object that cannot be stored, such as a lambda.
    OSError
        If the file cannot be written.

    Warns
    -----
    FerClassicWarning
        If the model holds a function, or an object of a class that is not on the list. It is then
        stored as a pickle, which :func:`load_model` will only load with ``trust=True``.

    Notes
    -----
    The file holds data only: a description of the objects in the model, its arrays, a checksum, and
    the probes with their scores, which are compared when it is loaded. Attributes that the code of
    scikit-learn makes again (scorers, trees of neighbours) are left out, and so are the folders of
    this machine that ``memory`` and ``checkpoint_dir`` name.
    """
    path = Path(path)
    _check_suffix(path)
    # Made in any case, since it refuses what is not a fitted classifier.
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
        # Some models are stored without complaint and cannot be loaded again.
        _load(temporary, trust=reason is not None)
    if reason is not None:
        warnings.warn(
            f"saved, but {path} holds {reason}, so it is loaded with trust=True (--trust on the "
            "command line) only.",
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
        Load pickles too: whatever :func:`save_model` could only store as one, and files of
        ``joblib.dump`` and skops. This can run any code that the file holds; say so only for files
        from people you trust.

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
        If the file is damaged, not a model file of this library, or holds a model that cannot be
        used, or that does not score the images in the file as it did when it was written.

    Warns
    -----
    FerClassicWarning
        If the model was made with another version of scikit-learn.

    Notes
    -----
    Without ``trust`` nothing that is in the file is run. The checksum is compared before anything
    is read. Then objects of a fixed list of classes are made, without calling them, and given the
    attributes that the file holds; types, ranges, shapes and indices are checked; and the model has
    to give the images of the file the scores of the file, within 1e-4. So damage is noticed. A
    checksum does not tell who wrote a file: a forged one can hold a model that is wrong on purpose.
    """
    path = Path(path)
    _check_suffix(path)
    if not path.is_file():
        raise DataNotFoundError(f"no such model file: {path}")
    loaded = _load(path, trust=trust)
    _compare_versions(path, loaded.card)
    return loaded


def read_card(path: str | PathLike, *, trust: bool = False) -> dict:
    """Read the card of a model file, without the model where the file allows it.

    Parameters
    ----------
    path : str or path-like
        A file written by :func:`save_model`.
    trust : bool, default=False
        As in :func:`load_model`; cards of files that :func:`save_model` has written need none.

    Returns
    -------
    card : dict
        See :func:`make_card`.

    Raises
    ------
    DataNotFoundError, UntrustedModelError, ModelFileError
        As :func:`load_model` does.
    """
    path = Path(path)
    _check_suffix(path)
    if not path.is_file():
        raise DataNotFoundError(f"no such model file: {path}")
    start, data = _read(path)
    if data is None:
        return _load_foreign(path, start, trust=trust).card
    return check_card(read_container(data, path)[0].get("card"))


def _read(path):
    """Give the first bytes of a file, and all of them if it is a model file."""
    with open(path, "rb") as file:
        start = file.read(len(MAGIC))
        if start != MAGIC:
            return start, None
        # Arrays are views of these bytes, and estimators may write to their arrays.
        return start, bytearray(start + file.read())


def _load(path, *, trust):
    start, data = _read(path)
    if data is None:
        return _load_foreign(path, start, trust=trust)
    stored, arrays = read_container(data, path)
    try:
        card, content = check_card(stored["card"]), stored["content"]
        if content is None:
            return LoadedModel(_load_pickle(arrays, path, trust=trust), card)
        parts = decode(content, arrays)
        model, probes = parts["model"], parts["probes"]
        check_card(card, model)
        difference = replay(model, probes)
    except UntrustedModelError as error:
        raise UntrustedModelError(
            f"{path} holds {error}, which model files may not hold. It could run code; if you "
            "made the file yourself or trust whoever did, load it with trust=True (--trust on the "
            "command line)."
        ) from None
    except FerClassicError:
        raise
    except Exception as error:  # a forged file can fail in any way
        raise ModelFileError(
            f"{path} holds no model that can be used: {type(error).__name__}: {error}"
            f"{_of_version(stored)}"
        ) from error
    if difference:
        raise ModelFileError(
            f"{path} does not answer as it did when it was written: the images that it carries get "
            f"{difference}{_of_version(stored)}; train the model again."
        )
    return LoadedModel(model, card)


def _load_pickle(arrays, path, *, trust):
    if not trust:
        raise UntrustedModelError(
            "a pickle, since its model holds functions, or objects of classes that are not on the "
            "list"
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
    _check_suffix(path)
    if path.is_dir():
        raise IsADirectoryError(f"cannot write a model to {path}: it is a folder.")
    folder = path.parent
    while not folder.exists():
        folder = folder.parent
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise type(error)(f"cannot write a model to {path}: {error.strerror}.") from error


def _check_suffix(path):
    if path.suffix.lower() not in _SUFFIXES:
        raise ModelFileError(f"model files end in .joblib or .skops, got {path}.")


def _other_version(card):
    """Give the version of scikit-learn that a model was made with, if it is not this one."""
    made = (card.get("versions") or {}).get("scikit-learn")
    return made if made != sklearn.__version__ else None


def _of_version(stored):
    made = _other_version(stored["card"]) if isinstance(stored.get("card"), dict) else None
    here = sklearn.__version__
    return f" (made with scikit-learn {made}, and this is {here})" if made else ""


def _compare_versions(path, card):
    made, here = _other_version(card), sklearn.__version__
    if made:
        warnings.warn(
            f"{path} was made with scikit-learn {made} and this is {here}: predictions may differ; "
            "train the model again if they matter.",
            FerClassicWarning,
            stacklevel=3,
        )
