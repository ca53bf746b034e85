"""The models included in the library."""

from pathlib import Path

from fer_classic.exceptions import UnknownNameError
from fer_classic.persistence._files import LoadedModel, load_model

__all__ = ["BUNDLED", "bundled_path", "load_bundled"]

_FOLDER = Path(__file__).parents[1] / "models"

BUNDLED = ("svm_fast", "cnn")
"""Names of the included models; the first is the default of programs."""


def bundled_path(name: str = "svm_fast") -> Path:
    """Return the path of the file of a bundled model.

    Parameters
    ----------
    name : str, default="svm_fast"
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


def load_bundled(name: str = "svm_fast") -> LoadedModel:
    """Load a model included in the library, and its card.

    Parameters
    ----------
    name : str, default="svm_fast"
        "svm_fast" is a small classical pipeline, "cnn" a small network that requires torch. Both
        were fitted on FER2013's Training part; their cards give their scores, their intended use
        and their limitations.

    Returns
    -------
    loaded : LoadedModel
        The pair ``(model, card)``.

    Raises
    ------
    UnknownNameError
        If there is no bundled model of that name.

    Examples
    --------
    >>> from fer_classic.persistence import load_bundled
    >>> model, card = load_bundled()
    >>> card["expressions"]
    ['angry', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise']
    """
    return load_model(bundled_path(name))
