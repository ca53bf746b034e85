"""Every error and warning that the library raises on purpose.

::

    FerClassicError
    ├── DataNotFoundError       (FileNotFoundError)  a data set, model or photo that is not there
    ├── DataFormatError         (ValueError)         a data set that is damaged or not understood
    ├── ImageReadError          (ValueError)         a file that is not a readable image
    ├── UnknownNameError        (ValueError)         a recipe, detector ... that does not exist
    ├── NoFaceError             (ValueError)         no face in an image that must have one
    ├── ProtocolError           (ValueError)         a data set that a protocol cannot split
    ├── LicenceError            (ValueError)         images that may not be shown
    ├── DetectorError           (RuntimeError)       a face detector that cannot be loaded
    ├── DownloadError           (RuntimeError)       a model file that could not be fetched
    ├── ModelFileError          (ValueError)         a model file that is damaged or foreign
    │   └── UntrustedModelError                      a model file that asks for code not allowed
    ├── PredictionError         (RuntimeError)       a model that fails while it predicts
    ├── SourceError             (RuntimeError)       a camera or video that cannot be read
    ├── SinkError               (RuntimeError)       a table or video that cannot be written
    │   └── OutputExistsError                        a file that is there and was left as it is
    ├── DisplayError            (RuntimeError)       a window, or letters, that cannot be shown
    └── MissingDependencyError  (ImportError)        an optional package that is not installed

    FerClassicWarning           (UserWarning)
    ├── NotFoundWarning                              images in which something was not found
    │   ├── NoFaceWarning                            a face
    │   └── NoEyesWarning                            the eyes of a face
    └── DataWarning                                  what a data set lacks, files left out

Programs catch :class:`FerClassicError` and print its message; the second base class lets code that
expects the built-in error work unchanged.
"""

from difflib import get_close_matches

__all__ = [
    "DataFormatError",
    "DataNotFoundError",
    "DataWarning",
    "DetectorError",
    "DisplayError",
    "DownloadError",
    "FerClassicError",
    "FerClassicWarning",
    "ImageReadError",
    "LicenceError",
    "MissingDependencyError",
    "ModelFileError",
    "NoEyesWarning",
    "NoFaceError",
    "NoFaceWarning",
    "NotFoundWarning",
    "OutputExistsError",
    "PredictionError",
    "ProtocolError",
    "SinkError",
    "SourceError",
    "UnknownNameError",
    "UntrustedModelError",
]


class FerClassicError(Exception):
    """Base class of the library's own errors."""


class DataNotFoundError(FerClassicError, FileNotFoundError):
    """A data set, model file or photo is not where it was looked for."""


class DataFormatError(FerClassicError, ValueError):
    """A data set was found, but it is damaged or laid out in a way that is not understood."""


class ImageReadError(FerClassicError, ValueError):
    """A file or buffer could not be read as an image."""


class UnknownNameError(FerClassicError, ValueError):
    """A name that is not in a list of known names; the message offers close matches.

    Parameters
    ----------
    kind : str
        What the name was meant to name, such as ``"recipe"``.
    name : str
        The unknown name.
    known : iterable of str
        The names that exist.
    """

    def __init__(self, kind, name, known):
        # All three go to ``args``, so that the error survives the pickling of worker processes.
        super().__init__(kind, name, tuple(known))

    def __str__(self):
        kind, name, known = self.args
        close = get_close_matches(str(name).lower(), known, n=3, cutoff=0.5)
        hint = f" Did you mean {' or '.join(map(repr, close))}?" if close else ""
        return f"unknown {kind} {str(name)!r}.{hint} Known: {', '.join(known)}."


class NoFaceError(FerClassicError, ValueError):
    """No face was found in an image that must have one."""


class ProtocolError(FerClassicError, ValueError):
    """A data set cannot be split by the protocol that was asked for."""


class LicenceError(FerClassicError, ValueError):
    """Images were to be shown of a data set whose licence does not allow it."""


class DetectorError(FerClassicError, RuntimeError):
    """A face detector could not be loaded."""


class DownloadError(FerClassicError, RuntimeError):
    """A model file could not be fetched, or its fetching was refused."""


class ModelFileError(FerClassicError, ValueError):
    """A model file is damaged, or not a model file of this library."""


class UntrustedModelError(ModelFileError):
    """A model file asks for types or functions that are not on the list of allowed ones."""


class PredictionError(FerClassicError, RuntimeError):
    """A model fails while it scores images, for a reason that lies in the model."""


class SourceError(FerClassicError, RuntimeError):
    """A camera, video or stream could not be opened or stopped delivering frames."""


class SinkError(FerClassicError, RuntimeError):
    """A table or video cannot be written: the file exists, cannot be resumed, or has no codec."""


class OutputExistsError(SinkError):
    """A file of results, or a model, is there already and nobody has allowed to replace it."""


class DisplayError(FerClassicError, RuntimeError):
    """A window was asked for on a machine (or with an OpenCV build) that cannot show one."""


class MissingDependencyError(FerClassicError, ImportError):
    """An optional package is needed and not installed."""


class FerClassicWarning(UserWarning):
    """Base class of the library's own warnings."""


class NotFoundWarning(FerClassicWarning):
    """Something was not found in some images.

    Parameters
    ----------
    message : str
        What happened.
    n_missing : int
        In how many images.
    """

    def __init__(self, message, n_missing):
        super().__init__(message, n_missing)

    @property
    def n_missing(self):
        """Number of images in which it was not found."""
        return self.args[1]

    def __str__(self):
        return self.args[0]


class NoFaceWarning(NotFoundWarning):
    """No face was found in some images."""


class NoEyesWarning(NotFoundWarning):
    """The eyes of some faces were not found."""


class DataWarning(FerClassicWarning):
    """Files of a data set were left out, or it lacks what scores depend on; the message says so."""
