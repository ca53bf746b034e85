"""The files of weights in the package: whether they are those that this version came with."""

from hashlib import sha256

from fer_classic.utils._digests import DIGESTS

__all__ = ["is_intact"]


def is_intact(name, data):
    """Whether the content of a file of weights has the digest in the code.

    Parameters
    ----------
    name : str
        Path of the file below the package, with ``/``.
    data : bytes
        Its content.

    Returns
    -------
    intact : bool
        False also for a file without a digest.
    """
    return sha256(data).hexdigest() == DIGESTS.get(name)
