"""The models that come with the library."""

from pathlib import Path

from fer_classic.exceptions import UnknownNameError
from fer_classic.persistence._files import LoadedModel, load_model

__all__ = ["BUNDLED", "bundled_path", "load_bundled"]

_FOLDER = Path(__file__).parents[1] / "models"

BUNDLED = ("svm_fast", "cnn")
"""Names of the models that come with the library; the first is what programs use by default."""


def bundled_path(name: str = "svm_fast") -> Path:
    """Say where the file of a bundled model is.

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
    # joblib, since importing skops takes longer than all else that a first prediction needs.
    return _FOLDER / f"{name}.joblib"


def load_bundled(name: str = "svm_fast") -> LoadedModel:
    """Load a model that comes with the library, and its card.

    Parameters
    ----------
    name : str, default="svm_fast"
        "svm_fast" is a small classical pipeline, "cnn" a small network that needs torch. Both were
        fitted on FER2013's Training part; their cards tell how well they do, what they are for and
        what they are not for.

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
