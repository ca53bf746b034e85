"""Parsed copies of data sets that take long to parse."""

import hashlib
import logging
import zipfile
import zlib

import numpy as np

from fer_classic.exceptions import DataFormatError
from fer_classic.utils import cache_folder
from fer_classic.utils._files import atomic_path

__all__ = ["cached_arrays", "source_digest"]

_SAMPLES = 64
_SAMPLE_BYTES = 4096
_LOGGER = logging.getLogger(__name__)


def source_digest(paths, *, version, layout=""):
    """Fingerprint of source files that is cheap enough to take on every load.

    Parameters
    ----------
    paths : list of pathlib.Path
        One file, which is sampled, or many, which go by name, size and time.
    version : int
        Version of the parser: a new one does not trust the copies of an old one.
    layout : str, optional
        What is read from the folders that the files lie in.

    Returns
    -------
    digest : str of 32 hexadecimal digits

    Raises
    ------
    DataFormatError
        If a file may not be read.

    Notes
    -----
    Hashing hundreds of megabytes would cost what the copy is there to save. Size and modification
    time notice every ordinary edit; the samples, head and tail among them, notice a file that
    was replaced with its time kept. The folder does not count, so a moved file keeps its copy.
    """
    fingerprint = hashlib.blake2b(f"{version}{layout}".encode(), digest_size=16)
    try:
        for path in paths:
            status = path.stat()
            fingerprint.update(f"|{path.name}|{status.st_size}|{status.st_mtime_ns}".encode())
        if len(paths) == 1:
            fingerprint.update(_sample(path, status.st_size))
    except OSError as error:
        raise DataFormatError(f"{path} cannot be read: {error.strerror}.") from error
    return fingerprint.hexdigest()


def _sample(path, size):
    starts = np.linspace(0, max(0, size - _SAMPLE_BYTES), _SAMPLES).astype(int)
    samples = []
    with open(path, "rb") as stream:
        for start in starts:
            stream.seek(start)
            samples.append(stream.read(_SAMPLE_BYTES))
    return b"".join(samples)


def cached_arrays(name, digest, build):
    """Read arrays from the cache, or build them and keep a copy.

    Parameters
    ----------
    name : str
        Beginning of the file name in the cache folder.
    digest : str
        What :func:`source_digest` gives.
    build : callable
        Takes nothing; gives a dict of str to ndarray.

    Returns
    -------
    arrays : dict of str to ndarray
        From the copy if there is a sound one. If the copy cannot be written, the log says so.
    """
    path = cache_folder() / f"{name}-{digest}.npz"
    arrays = _read(path, digest)
    if arrays is not None:
        return arrays
    arrays = build()
    try:
        with atomic_path(path) as temporary, open(temporary, "wb") as stream:
            np.savez(stream, digest=np.array(digest), **arrays)
    except OSError as error:
        _LOGGER.warning(
            "the parsed copy of %s could not be kept in %s (%s), so the next load parses again; "
            "FER_CLASSIC_CACHE can name another folder",
            name,
            path.parent,
            error.strerror,
        )
    return arrays


def _read(path, digest):
    try:
        # numpy leaves a file open that is no archive, unless it is opened for it.
        with open(path, "rb") as stream, np.load(stream, allow_pickle=False) as archive:
            arrays = {key: archive[key] for key in archive.files}
    # Every way in which a torn or foreign file shows; its checksums are part of the format.
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error):
        return None
    return arrays if str(arrays.pop("digest", "")) == digest else None
