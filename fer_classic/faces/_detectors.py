"""Detectors by name."""

import importlib

from fer_classic.exceptions import UnknownNameError

__all__ = ["DETECTORS", "make_detector"]

DETECTORS = {"haar": "fer_classic.faces._haar:HaarDetector"}
"""Where the class of each named detector lives; it is imported when it is asked for."""


def make_detector(detector):
    """Return a detector, given its name or itself.

    Parameters
    ----------
    detector : str or object
        A name out of :data:`DETECTORS`, or an object with a method
        ``detect(image) -> (boxes, scores)``: boxes ``(k, 4)`` int as ``x, y, w, h``, the largest
        first, and scores ``(k,)`` float32.

    Returns
    -------
    detector : object

    Raises
    ------
    UnknownNameError
        If there is no detector of that name.
    TypeError
        If the object has no ``detect`` method.
    """
    if isinstance(detector, str):
        if detector not in DETECTORS:
            raise UnknownNameError("detector", detector, tuple(DETECTORS))
        module, _, name = DETECTORS[detector].partition(":")
        return getattr(importlib.import_module(module), name)()
    if not callable(getattr(detector, "detect", None)):
        raise TypeError(
            f"detector must be one of {tuple(DETECTORS)} or have a method detect(image), "
            f"got {detector!r}."
        )
    return detector
