"""The models included in the library."""

from os import PathLike
from pathlib import Path

from fer_classic.exceptions import ModelFileError, UnknownNameError
from fer_classic.persistence._files import LoadedModel, load_model
from fer_classic.utils._weights import is_intact

__all__ = ["BUNDLED", "bundled_path", "load_bundled", "open_model"]

_FOLDER = Path(__file__).parents[1] / "models"

BUNDLED = ("cnn", "svm_fast", "fusion_fast")
"""Names of the included models; the first is the default of programs."""


def bundled_path(name: str = "cnn") -> Path:
    """Return the path of the file of a bundled model.

    Parameters
    ----------
    name : str, default="cnn"
        One of :data:`BUNDLED`.

    Returns
    -------
    path : pathlib.Path

    Raises
    ------
    UnknownNameError
        If there is no bundled model of that name.
    """
    if name not in BUNDLED:
        raise UnknownNameError("bundled model", name, BUNDLED)
    # joblib, since importing skops takes longer than everything else up to a first prediction.
    return _FOLDER / f"{name}.joblib"


def load_bundled(name: str = "cnn") -> LoadedModel:
    """Load a model included in the library, and its card.

    Parameters
    ----------
    name : str, default="cnn"
        "cnn" is a small network, "svm_fast" a small classical pipeline, and "fusion_fast" joins
        the two: more accurate and slower. They were fitted on FER2013's Training part; their cards
        give their scores, their intended use and their limitations.

    Returns
    -------
    loaded : LoadedModel
        The pair ``(model, card)``.

    Raises
    ------
    UnknownNameError
        If there is no bundled model of that name.
    ModelFileError
        If the file is not the one that this version of the library came with, by its SHA-256.

    Examples
    --------
    >>> from fer_classic.persistence import load_bundled
    >>> model, card = load_bundled()
    >>> card["expressions"]
    ['angry', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise']
    """
    path = bundled_path(name)
    if not is_intact(f"models/{path.name}", path.read_bytes()):
        raise ModelFileError(
            f"{path} is not the file that this version of fer_classic came with: its SHA-256 "
            "differs from the one in the code. Install the library again; to use a file of your "
            "own, name its path."
        )
    return load_model(path)


def open_model(source: str | PathLike, *, trust: bool = False) -> LoadedModel:
    """Load a model by what people call it: the name of a bundled one, or the path of a file.

    Parameters
    ----------
    source : str or path-like
        One of :data:`BUNDLED`, or a file written by :func:`save_model`. A file of such a name is
        written ``./cnn``, or given as a path object.
    trust : bool, default=False
        For files, as in :func:`load_model`.

    Returns
    -------
    loaded : LoadedModel
        The pair ``(model, card)``.

    Raises
    ------
    UnknownNameError
        If ``source`` is neither a bundled model nor the name of a file.
    DataNotFoundError, UntrustedModelError, ModelFileError
        As :func:`load_model` does.
    """
    path, name = Path(source), str(source)
    # A path object does not keep the dot of ./cnn, so that a file comes first.
    if name in BUNDLED and (source == name or not path.exists()):
        return load_bundled(name)
    if path.name == name and not path.suffix and not path.exists():
        raise UnknownNameError("bundled model", name, BUNDLED)
    return load_model(path, trust=trust)
