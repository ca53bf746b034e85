"""Detectors by name."""

import importlib
from typing import Any

from fer_classic.exceptions import UnknownNameError
from fer_classic.faces._protocol import Detector

__all__ = ["DETECTORS", "make_detector"]

DETECTORS = {
    "haar": "fer_classic.faces._haar:HaarDetector",
    "blazeface": "fer_classic.faces._blazeface:BlazeFaceDetector",
    "mtcnn": "fer_classic.faces._mtcnn:MTCNNDetector",
    "pyramid": "fer_classic.faces._pyramid:PyramidDetector",
    "yunet": "fer_classic.faces._yunet:YuNetDetector",
}
"""Where the class of each named detector lives; it is imported when it is asked for."""


def make_detector(detector: str | Detector, **parameters: Any) -> Detector:
    """Return a detector, given its name or itself.

    Parameters
    ----------
    detector : str or Detector
        A name out of :data:`DETECTORS`, or an object with the method of :class:`Detector`.
    **parameters
        Parameters of the named detector, such as ``model`` of those that need a model file.

    Returns
    -------
    detector : Detector

    Raises
    ------
    UnknownNameError
        If there is no detector of that name, or it has no such parameter.
    TypeError
        If the object has no ``detect`` method, or comes with parameters.

    Examples
    --------
    >>> from fer_classic.faces import make_detector
    >>> make_detector("haar", min_size=0.3)
    HaarDetector(min_size=0.3)
    """
    if isinstance(detector, str):
        return _make_named(detector, parameters)
    if not callable(getattr(detector, "detect", None)):
        raise TypeError(
            f"detector must be one of {tuple(DETECTORS)} or have a method detect(image), "
            f"got {detector!r}."
        )
    if parameters:
        raise TypeError(
            f"parameters ({', '.join(parameters)}) go with the name of a detector; "
            f"{detector!r} has its own."
        )
    return detector


def _make_named(name, parameters):
    if name not in DETECTORS:
        raise UnknownNameError("detector", name, tuple(DETECTORS))
    module, _, class_name = DETECTORS[name].partition(":")
    detector = getattr(importlib.import_module(module), class_name)()
    known = detector.get_params()
    for parameter in parameters:
        if parameter not in known:
            raise UnknownNameError(f"{name} parameter", parameter, tuple(known))
    return detector.set_params(**parameters)
