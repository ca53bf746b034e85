"""Exceptions and warnings of the library.

::

    FerClassicError
    ├── DataNotFoundError       (FileNotFoundError)  a data set, model or photo was not found
    ├── DataFormatError         (ValueError)         a data set is damaged or has an unknown layout
    ├── ImageReadError          (ValueError)         a file cannot be read as an image
    ├── UnknownNameError        (ValueError)         no recipe, detector ... of this name
    ├── NoFaceError             (ValueError)         no face in an image that must contain one
    ├── ProtocolError           (ValueError)         a protocol cannot split a data set
    ├── LeakageError            (ValueError)         a split has dependent images on both sides
    ├── LicenceError            (ValueError)         the licence forbids showing images
    ├── DetectorError           (RuntimeError)       a face detector cannot be loaded
    ├── DownloadError           (RuntimeError)       a model file could not be fetched
    ├── ClusterError            (RuntimeError)       workers of a cluster cannot be used
    ├── ModelFileError          (ValueError)         a model file is damaged or of another library
    │   └── UntrustedModelError                      a model file contains types not allowed
    ├── ExportError             (ValueError)         a model has no form in ONNX
    ├── PredictionError         (RuntimeError)       a model failed to predict
    ├── SourceError             (RuntimeError)       a camera or video cannot be read
    ├── SinkError               (RuntimeError)       a table or video cannot be written
    │   └── OutputExistsError                        the output file already exists
    ├── ServerError             (RuntimeError)       the service cannot be started
    ├── DisplayError            (RuntimeError)       a window or text cannot be shown
    └── MissingDependencyError  (ImportError)        an optional package is not installed

    FerClassicWarning           (UserWarning)
    ├── NotFoundWarning                              something was not found in some images
    │   ├── NoFaceWarning                            a face
    │   └── NoEyesWarning                            the eyes of a face
    └── DataWarning                                  a data set is incomplete, or files or frames
                                                     were skipped

Programs catch :class:`FerClassicError` and print its message. Each error also derives from a
built-in exception, so that code that catches the built-in one works unchanged.
"""

from difflib import get_close_matches

__all__ = [
    "ClusterError",
    "DataFormatError",
    "DataNotFoundError",
    "DataWarning",
    "DetectorError",
    "DisplayError",
    "DownloadError",
    "ExportError",
    "FerClassicError",
    "FerClassicWarning",
    "ImageReadError",
    "LeakageError",
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
    "ServerError",
    "SinkError",
    "SourceError",
    "UnknownNameError",
    "UntrustedModelError",
]


# A message that lists every parameter of a long pipeline hides what it says. A longer list begins
# with the parameters of the outer steps.
_MAX_NAMES = 40


class FerClassicError(Exception):
    """Base class of the library's own errors."""


class DataNotFoundError(FerClassicError, FileNotFoundError):
    """A data set, model file or photo was not found."""


class DataFormatError(FerClassicError, ValueError):
    """A data set was found, but it is damaged or its layout is unknown."""


class ImageReadError(FerClassicError, ValueError):
    """A file or buffer could not be read as an image."""


class UnknownNameError(FerClassicError, ValueError):
    """A name is unknown; the message suggests close matches.

    Parameters
    ----------
    kind : str
        Kind of thing that the name refers to, such as ``"recipe"``.
    name : str
        The unknown name.
    known : iterable of str
        The known names.
    problem : str, optional
        What is wrong, in place of "unknown <kind> <name>", without the full stop.
    """

    def __init__(self, kind, name, known, problem=None):
        # All go to ``args``, so that the error survives the pickling of worker processes.
        super().__init__(kind, name, tuple(known), problem)

    def __str__(self):
        kind, name, known, problem = self.args
        close = get_close_matches(str(name).lower(), known, n=3, cutoff=0.5)
        hint = f" Did you mean {' or '.join(map(repr, close))}?" if close else ""
        if len(known) > _MAX_NAMES:
            known = sorted(known, key=lambda name: name.count("__"))
            known = [*known[: _MAX_NAMES - 1], f"and {len(known) - _MAX_NAMES + 1} more"]
        problem = problem or f"unknown {kind} {str(name)!r}"
        return f"{problem}.{hint} Known: {', '.join(known)}."


class NoFaceError(FerClassicError, ValueError):
    """No face was found in an image that must contain one."""


class ProtocolError(FerClassicError, ValueError):
    """A data set cannot be split by the requested protocol."""


class LeakageError(FerClassicError, ValueError):
    """Images that depend on each other are, or would be, on both sides of a split."""


class LicenceError(FerClassicError, ValueError):
    """The licence of a data set does not allow its images to be shown."""


class DetectorError(FerClassicError, RuntimeError):
    """A face detector could not be loaded."""


class DownloadError(FerClassicError, RuntimeError):
    """A model file could not be fetched, or its fetching was refused."""


class ClusterError(FerClassicError, RuntimeError):
    """No scheduler answers, it has no workers, or they have other software."""


class ModelFileError(FerClassicError, ValueError):
    """A model file is damaged, or not a model file of this library."""


class UntrustedModelError(ModelFileError):
    """A model file contains types or functions that are not on the allow list."""


class ExportError(FerClassicError, ValueError):
    """A model has a part that cannot be exported, or its export does not give the same scores."""


class PredictionError(FerClassicError, RuntimeError):
    """A model failed while predicting, because of an error in the model itself."""


class SourceError(FerClassicError, RuntimeError):
    """A camera, video or stream could not be opened, or it stopped delivering frames."""


class SinkError(FerClassicError, RuntimeError):
    """A table or video cannot be written: the file exists, cannot be resumed, or has no codec."""


class OutputExistsError(SinkError):
    """An output file already exists, and overwriting was not allowed."""


class ServerError(FerClassicError, RuntimeError):
    """The service cannot be started, since its port is in use or its address is not one of ours."""


class DisplayError(FerClassicError, RuntimeError):
    """A window cannot be shown on this machine or with this build of OpenCV."""


class MissingDependencyError(FerClassicError, ImportError):
    """A required optional package is not installed."""


class FerClassicWarning(UserWarning):
    """Base class of the library's own warnings."""


class NotFoundWarning(FerClassicWarning):
    """Something was not found in some images.

    Parameters
    ----------
    message : str
        Text of the warning.
    n_missing : int
        Number of images in which it was not found.
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
    """Files or frames were skipped, or data that scores depend on are missing."""
