"""Limits that prevent a small file from filling the memory."""

import errno
import os
import stat
from contextlib import contextmanager
from numbers import Integral

__all__ = [
    "MAX_PIXELS",
    "excess_pixels",
    "limit_pixels",
    "parse_pixels",
    "pixel_limit",
    "read_regular_file",
]

MAX_PIXELS = 50_000_000
"""Pixels of an image or of a frame that are decoded by default."""

_VARIABLE = "FER_CLASSIC_MAX_PIXELS"
_KINDS = (
    (stat.S_ISDIR, errno.EISDIR, os.strerror(errno.EISDIR)),
    (stat.S_ISFIFO, errno.EINVAL, "it is a named pipe, not a file"),
    (stat.S_ISSOCK, errno.EINVAL, "it is a socket, not a file"),
)


def pixel_limit(max_pixels=None):
    """Return the largest number of pixels that is decoded.

    Parameters
    ----------
    max_pixels : int, optional
        The limit. By default the environment variable ``FER_CLASSIC_MAX_PIXELS``, which programs
        read too, else :data:`MAX_PIXELS`.

    Returns
    -------
    limit : int

    Raises
    ------
    ValueError
        If the limit is not an integer of at least 1.
    """
    name, value = "max_pixels", max_pixels
    if value is None:
        text = os.environ.get(_VARIABLE)
        if not text:
            return MAX_PIXELS
        name, value = _VARIABLE, parse_pixels(text)
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{name} must be a number of pixels, such as 100_000_000, got {value!r}.")
    return int(value)


def parse_pixels(text):
    """Read a number of pixels; returns a text that is none as it is.

    Parameters
    ----------
    text : str

    Returns
    -------
    n_pixels : int or str
    """
    # Underscores separate thousands in Python, too.
    digits = text.replace("_", "")
    return int(digits) if digits.isdecimal() and len(text) < 20 else text


@contextmanager
def limit_pixels(max_pixels):
    """Change the limit for a block, in this process and in those that it starts.

    Parameters
    ----------
    max_pixels : int
        As for :func:`pixel_limit`.
    """
    before = os.environ.get(_VARIABLE)
    os.environ[_VARIABLE] = str(pixel_limit(max_pixels))
    try:
        yield
    finally:
        if before is None:
            del os.environ[_VARIABLE]
        else:
            os.environ[_VARIABLE] = before


def excess_pixels(size, limit):
    """Describe by how much a picture exceeds the limit.

    Parameters
    ----------
    size : tuple (width, height)
    limit : int
        As returned by :func:`pixel_limit`.

    Returns
    -------
    excess : str or None
        The end of a sentence that begins with the name of the file; None within the limit.
    """
    width, height = size
    if width * height <= limit:
        return None
    return (
        f"has {width} x {height} = {width * height:,} pixels; the limit is {limit:,}, so that a "
        "small file cannot fill the memory. Make it smaller; or, if you trust it, raise the limit "
        f"with --max-pixels or the environment variable {_VARIABLE} (max_pixels=... of read_image)."
    )


def read_regular_file(path, max_bytes=None):
    """Read a file that may turn out to be anything; one without an end is not opened.

    Parameters
    ----------
    path : str or path-like
    max_bytes : int, optional
        The largest size that is read.

    Returns
    -------
    content : bytes

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    OSError
        If it is a folder, pipe, socket or device, is too large, or cannot be read; ``strerror``
        says why.
    """
    try:
        status = os.stat(path)
    except ValueError:  # no file has a name with a NUL byte
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)) from None
    if not stat.S_ISREG(status.st_mode):
        for is_kind, number, reason in _KINDS:
            if is_kind(status.st_mode):
                raise OSError(number, reason)
        raise OSError(errno.EINVAL, "it is a device, not a file")
    if max_bytes is not None and status.st_size > max_bytes:
        raise OSError(
            errno.EFBIG, f"it has {status.st_size:,} bytes, more than the limit of {max_bytes:,}"
        )
    with open(path, "rb") as file:
        return file.read()
