"""Descriptions of a run, by which a later one is known to be made in the same way."""

import hashlib
from pathlib import Path
from typing import Any

from fer_classic.live.tables._schema import SCHEMA_VERSION

__all__ = ["describe_recognizer", "describe_source", "describe_stream"]


def describe_recognizer(recognizer) -> dict[str, Any]:
    """Describe a model and how it is used.

    Parameters
    ----------
    recognizer : Recognizer

    Returns
    -------
    settings : dict
        It can be written as JSON.
    """
    card = recognizer.card
    return {
        "schema": SCHEMA_VERSION,
        "classes": list(recognizer.classes),
        # The digest of its file, where the program that opened it has noted it.
        "model": card.get("file_digest") or card.get("created"),
        "detector": _named(recognizer.detector),
        "views": recognizer.views,
        "upright": recognizer.upright,
        "min_probability": float(recognizer.min_probability),
    }


def describe_stream(stream) -> dict[str, Any]:
    """Describe how frames are recognised.

    Parameters
    ----------
    stream : StreamRecognizer

    Returns
    -------
    settings : dict
        It can be written as JSON.
    """
    return {
        **describe_recognizer(stream.recognizer),
        "frame_detector": _named(stream.recognizer.frame_detector),
        "smoothing": type(stream.smoothing).__name__,
        "window": stream.window,
        "detect_every": stream.detect_every,
        "max_missed_frames": stream.max_missed_frames,
    }


def describe_source(source: str) -> str:
    """Describe a source by a digest of its path or address, which may hold a password.

    Parameters
    ----------
    source : str
        As for :func:`~fer_classic.live.open_source`.

    Returns
    -------
    digest : str
    """
    path = Path(source)
    where = str(path.resolve()) if path.exists() else source
    return hashlib.sha256(where.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _named(detector) -> str:
    # The representation of other objects holds their address.
    return repr(detector) if hasattr(detector, "get_params") else type(detector).__qualname__
