"""Cache of parsed data sets."""

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
    """Compute a digest of source files that is fast enough for every load.

    Parameters
    ----------
    paths : list of pathlib.Path
        One file, whose content is sampled, or several, identified by name, size and time.
    version : int
        Version of the parser; a new version ignores the copies of older ones.
    layout : str, optional
        Further information that the result depends on, such as folder names.

    Returns
    -------
    digest : str of 32 hexadecimal digits

    Raises
    ------
    DataFormatError
        If a file cannot be read.

    Notes
    -----
    Hashing hundreds of megabytes would be as slow as parsing. Size and modification time detect
    ordinary edits; the samples, including head and tail, detect a file replaced with the same time.
    The folder is not part of the digest, so that a moved file keeps its copy.
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
    """Read arrays from the cache, or build and cache them.

    Parameters
    ----------
    name : str
        Prefix of the file name in the cache folder.
    digest : str
        Result of :func:`source_digest`.
    build : callable
        Function without arguments that returns a dict of str to ndarray.

    Returns
    -------
    arrays : dict of str to ndarray
        The cached arrays, if valid. A copy that cannot be written is logged.
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
            "the parsed copy of %s could not be cached in %s (%s), so the next load parses again; "
            "set FER_CLASSIC_CACHE to another folder",
            name,
            path.parent,
            error.strerror,
        )
    return arrays


def _read(path, digest):
    try:
        # numpy does not close a path that is not an archive; an open file is closed here.
        with open(path, "rb") as stream, np.load(stream, allow_pickle=False) as archive:
            arrays = {key: archive[key] for key in archive.files}
    # Errors raised for truncated or foreign files; the format includes checksums.
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error):
        return None
    return arrays if str(arrays.pop("digest", "")) == digest else None
