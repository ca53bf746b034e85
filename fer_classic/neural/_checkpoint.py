"""What is put on the disk after each epoch, so that a training that was killed can go on."""

import hashlib
import warnings
from pathlib import Path

import numpy as np
import torch

from fer_classic.exceptions import FerClassicWarning
from fer_classic.utils._checkpoints import remove_checkpoint
from fer_classic.utils._files import atomic_path

__all__ = ["Checkpoint", "training_digest"]

_FORMAT = "fer-classic checkpoint 1"
# What does not change the weights that a training ends with.
_FREE = ("checkpoint_dir", "device", "verbose", "random_state")


def training_digest(parameters, seed, layers, *arrays):
    """Name a training by all that decides about its outcome.

    Parameters
    ----------
    parameters : dict
        Parameters of the classifier.
    seed : int or None
        None if the training is not seeded.
    layers : str
        What the network is made of; two functions of one name may make different ones.
    *arrays : ndarray or None
        Images, labels, groups.

    Returns
    -------
    digest : str
        32 hexadecimal digits.
    """
    relevant = {name: value for name, value in sorted(parameters.items()) if name not in _FREE}
    network = relevant["network"]
    if callable(network):
        kind = network if hasattr(network, "__qualname__") else type(network)
        relevant["network"] = f"{kind.__module__}.{kind.__qualname__}"
    digest = hashlib.sha256(repr((relevant, seed, layers)).encode())
    for array in arrays:
        array = np.asarray([] if array is None else array)
        if array.dtype == object:
            array = array.astype(str)
        digest.update(f"{array.shape}{array.dtype.str}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()[:32]


class Checkpoint:
    """The file that holds the last finished epoch of one training.

    Parameters
    ----------
    folder : str or path-like
        Made if it is not there.
    digest : str
        Which training it is, see :func:`training_digest`.

    Raises
    ------
    OSError
        If the folder cannot be made.
    """

    def __init__(self, folder, digest):
        self.path = Path(folder) / f"{digest}.pt"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._digest = digest
        self._warned = False

    def load(self):
        """Return what was saved last, or None; warn if there is a file that is of no use."""
        if not self.path.exists():
            return None
        try:
            content = torch.load(self.path, map_location="cpu", weights_only=True)
            known = content["format"] == _FORMAT and content["digest"] == self._digest
        except Exception as error:  # a damaged file can fail in any way
            self.reject(f"it is damaged ({type(error).__name__})")
            return None
        if not known:
            self.reject("it belongs to another training")
            return None
        return content["state"]

    def reject(self, reason):
        """Warn that the file is not used."""
        warnings.warn(
            f"the checkpoint {self.path} is not used: {reason}. The training starts from the "
            "beginning and writes over it.",
            FerClassicWarning,
            stacklevel=4,
        )

    def save(self, state, epoch):
        """Put an epoch on the disk; warn, once, if that fails, and keep the one before."""
        content = {"format": _FORMAT, "digest": self._digest, "state": state}
        try:
            with atomic_path(self.path) as temporary:
                torch.save(content, temporary)
        except (OSError, RuntimeError) as error:  # torch has its own error for a full disk
            if not self._warned:
                kept = "the one before is kept" if self.path.exists() else "none is kept"
                warnings.warn(
                    f"epoch {epoch} could not be saved to {self.path}, {kept}: {error}. The "
                    "training goes on.",
                    FerClassicWarning,
                    stacklevel=4,
                )
            self._warned = True

    def remove(self):
        """Remove the file, when the training has come to its end."""
        remove_checkpoint(self.path)
