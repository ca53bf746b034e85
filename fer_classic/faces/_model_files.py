"""Model files of detectors that are fetched once, when a person asks for it."""

import contextlib
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fer_classic.exceptions import DownloadError, UnknownNameError
from fer_classic.utils import cache_folder
from fer_classic.utils._optional import import_optional

__all__ = ["MODEL_FILES", "ModelFile", "download_model", "model_path"]

_SECONDS = 30  # of silence, after which a server counts as gone


@dataclass(frozen=True)
class ModelFile:
    """A file that is published elsewhere.

    Parameters
    ----------
    name : str
        Its name, there and here.
    address : str
        Where it is published, in one fixed version.
    sha256 : str
        Hexadecimal digest of its content.
    bytes : int
        Its size.
    licence : str
        Under which it is published, and by whom.
    """

    name: str
    address: str
    sha256: str
    bytes: int
    licence: str


MODEL_FILES = {
    "yunet": ModelFile(
        name="face_detection_yunet_2026may.onnx",
        address="https://github.com/opencv/opencv_zoo/raw/47534e27c9851bb1128ccc0102f1145e27f23f98/"
        "models/face_detection_yunet/face_detection_yunet_2026may.onnx",
        sha256="ebafce4e3c118d6554634be5c27ab333b4c047a9a8c3faf1d7cf93101c22f0f0",
        bytes=229_738,
        licence="MIT, Shiqi Yu (OpenCV model zoo)",
    ),
}
"""The model files that can be fetched, by the name of the detector."""


def model_path(detector: str) -> Path:
    """Say where the fetched model file of a detector is; it need not exist.

    Parameters
    ----------
    detector : str
        A name out of :data:`MODEL_FILES`.

    Returns
    -------
    path : pathlib.Path
        In the folder ``models`` of what ``FER_CLASSIC_CACHE`` names, else of ``fer_classic`` in the
        user's cache folder.

    Raises
    ------
    UnknownNameError
        If there is no such file to fetch.
    """
    return cache_folder() / "models" / _model_file(detector).name


def download_model(
    detector: str,
    *,
    address: str | None = None,
    allow: Callable[[ModelFile, Path], bool] | None = None,
) -> Path:
    """Fetch the model file of a detector, unless it is there already.

    Parameters
    ----------
    detector : str
        A name out of :data:`MODEL_FILES`.
    address : str, optional
        Another address, http or https, of the same file: of a mirror.
    allow : callable, optional
        ``allow(file, path)`` is asked before anything is fetched, and may refuse.

    Returns
    -------
    path : pathlib.Path
        Where it is now, and where the detector finds it. A whole file with the right digest, or
        none at all.

    Raises
    ------
    UnknownNameError
        If there is no such file to fetch.
    MissingDependencyError
        If the package ``pooch`` is not installed.
    DownloadError
        If it was refused, the address does not answer, it gives another file, or the folder cannot
        be written to.
    """
    file, path = _model_file(detector), model_path(detector)
    if _digest(path) == file.sha256:
        return path
    if allow is not None and not allow(file, path):
        raise DownloadError(f"{file.name} was not fetched.")
    pooch = import_optional("pooch", extra="download", purpose="fetching model files")
    # Pooch writes a temporary file, checks the digest, and only then renames it.
    with _reported(file, address or file.address, path), _quiet(pooch):
        pooch.retrieve(
            address or file.address,
            known_hash=f"sha256:{file.sha256}",
            fname=path.name,
            path=path.parent,
            downloader=pooch.HTTPDownloader(timeout=_SECONDS),
        )
    return path


def _model_file(detector):
    if detector not in MODEL_FILES:
        raise UnknownNameError("model file", detector, tuple(MODEL_FILES))
    return MODEL_FILES[detector]


def _digest(path):
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


@contextlib.contextmanager
def _quiet(pooch):
    """Keep what pooch says of its work from the screen."""
    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


@contextlib.contextmanager
def _reported(file, address, path):
    """Turn what can go wrong on the way into one error that says what to do."""
    by_hand = (
        f"or get {file.name} in another way and put it into {path.parent}, or give its path as "
        "--detector-model FILE."
    )
    try:
        yield
    except ValueError as error:
        if "hash of downloaded file" not in str(error):
            raise DownloadError(f"{address} is no address to fetch from: {error}") from error
        raise DownloadError(
            f"{address} gave another file than {file.name}: its SHA-256 is not "
            f"{file.sha256}; nothing was kept. Try again later, {by_hand}"
        ) from error
    except OSError as error:
        # Errors of the network are among them, and wrap the reason in much text.
        if _is_network(error):
            raise DownloadError(
                f"{file.name} could not be fetched from {address} ({_reason(error)}); nothing was "
                f"kept. Look at the connection and try again, {by_hand}"
            ) from error
        raise DownloadError(
            f"{path} cannot be written ({error.strerror or error}); FER_CLASSIC_CACHE can name "
            "another folder."
        ) from error


def _is_network(error):
    return type(error).__module__.startswith("requests") or isinstance(error, ConnectionError)


def _reason(error):
    response = getattr(error, "response", None)
    if response is not None:
        return f"the server answered {response.status_code} {response.reason}"
    return type(error).__name__
