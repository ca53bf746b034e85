"""Files that can run code: pickles, also of joblib, and skops. They are loaded only if trusted."""

import pickle

import numpy as np

from fer_classic.exceptions import MissingDependencyError, ModelFileError, UntrustedModelError

__all__ = ["load_foreign", "pickled", "refuse_foreign"]

# The first bytes of a pickle, plain or in one of joblib's compressions.
_PICKLES = (b"\x80", b"x", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"]\x00", b"\x04\x22M\x18", b"ZF")
_ZIP = b"PK\x03\x04"


def refuse_foreign(path, start):
    """Raise the error for a file that does not start like a model file.

    Parameters
    ----------
    path : path-like
        The file.
    start : bytes
        Its first bytes.

    Raises
    ------
    UntrustedModelError
        If it may be a pickle or a file of skops.
    ModelFileError
        If it is something else.
    """
    if start.startswith((_ZIP, *_PICKLES)):
        kind = "file of skops" if start.startswith(_ZIP) else "pickle, as written by joblib.dump,"
        raise UntrustedModelError(
            f"{path} is a {kind} and not a model file of this version of fer_classic. Loading it "
            "can run arbitrary code. If you made it yourself or trust its author, load it with "
            "trust=True (--trust on the command line); fer-classic convert FILE -o NEW --trust "
            "converts it to a model file that requires no trust."
        )
    raise ModelFileError(
        f"{path} is damaged or not a model file; write models with "
        "fer_classic.persistence.save_model."
    )


def load_foreign(path, start):
    """Load a pickle or a file of skops, which may run code.

    Parameters
    ----------
    path : path-like
        The file.
    start : bytes
        Its first bytes.

    Returns
    -------
    content : object
        Content of the file.

    Raises
    ------
    ModelFileError
        If the file cannot be loaded.
    MissingDependencyError
        If it is a file of skops and skops is not installed.
    """
    try:
        if start.startswith(_ZIP):
            return _load_skops(path)
        import joblib

        return joblib.load(path)
    except (OSError, MissingDependencyError):
        raise
    except Exception as error:  # a damaged pickle can fail in any way
        raise ModelFileError(
            f"{path} cannot be read as a model; it is damaged or has another format "
            f"({type(error).__name__}: {error})."
        ) from error


def _load_skops(path):
    try:
        import skops.io
    except ImportError as error:
        raise MissingDependencyError(
            f"{path} was written by skops; pip install skops, and load it again."
        ) from error
    return skops.io.load(path, trusted=skops.io.get_untrusted_types(file=path))


def pickled(model):
    """Pickle a model.

    Returns
    -------
    data : ndarray of shape (n,), uint8

    Raises
    ------
    ModelFileError
        If the model contains an object that cannot be pickled, such as a lambda.
    """
    try:
        return np.frombuffer(pickle.dumps(model, protocol=5), np.uint8)
    except Exception as error:  # pickling calls methods of everything in a model
        raise ModelFileError(
            f"this {type(model).__name__} cannot be stored: {type(error).__name__}: {error}"
        ) from error
