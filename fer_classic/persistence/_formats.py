"""The two formats of a model file: how each is written, and read with or without trust."""

import pickle

import joblib
import numpy as np
from joblib.numpy_pickle import NumpyUnpickler
from joblib.numpy_pickle_utils import _validate_fileobject_and_memmap

from fer_classic.exceptions import UntrustedModelError
from fer_classic.persistence._trusted import TRUSTED

__all__ = ["READERS", "WRITERS"]


def _refusal(path, names):
    return UntrustedModelError(
        f"{path} asks for {', '.join(names)}, which model files may not use. Loading it would run "
        "code that it brings or names; if you made the file yourself or trust whoever did, load it "
        "with trust=True (--trust on the command line)."
    )


class _RestrictedUnpickler(NumpyUnpickler):
    """Reads joblib's pickles and hands out nothing but what is on the list."""

    def find_class(self, module, name):
        if (module, name) == ("numpy", "memmap"):
            # Parallel workers leave memory maps in fitted models. joblib stores them as plain
            # arrays and only names the type, which must not be handed out: it opens files.
            return np.ndarray
        if name not in TRUSTED.get(module, ()):
            raise _refusal(self.filename, [f"{module}.{name}"])
        return super().find_class(module, name)


def _read_joblib(path, *, trust):
    if trust:
        return joblib.load(path)
    with (
        open(path, "rb") as raw,
        # joblib has no public way to open a file that may be compressed.
        _validate_fileobject_and_memmap(raw, str(path)) as (stream, _),
    ):
        if isinstance(stream, str):
            raise pickle.UnpicklingError("written by a joblib older than 0.10")
        return _RestrictedUnpickler(str(path), stream, ensure_native_byte_order=True).load()


def _read_skops(path, *, trust):
    # Imported late, as it walks through all of scikit-learn, which takes seconds.
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    if trust:
        return skops.io.load(path, trusted=skops.io.get_untrusted_types(file=path))
    trusted = [f"{module}.{name}" for module, names in TRUSTED.items() for name in names]
    try:
        return skops.io.load(path, trusted=trusted)
    except UntrustedTypesFoundException:
        unknown = set(skops.io.get_untrusted_types(file=path)) - set(trusted)
        raise _refusal(path, sorted(unknown)) from None


def _write_joblib(content, path):
    joblib.dump(content, path)


def _write_skops(content, path):
    import skops.io

    skops.io.dump(content, path)


READERS = {".joblib": _read_joblib, ".skops": _read_skops}
WRITERS = {".joblib": _write_joblib, ".skops": _write_skops}
