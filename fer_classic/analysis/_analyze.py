"""One call for a photo, a folder, pictures in memory or a video."""

import warnings
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from fer_classic.analysis._photos import PhotoAnalysis
from fer_classic.analysis._sources import resolve
from fer_classic.analysis._video import VideoAnalysis
from fer_classic.exceptions import DataWarning, ImageReadError
from fer_classic.live import Recognizer, Source, recognize_photos, recognize_video
from fer_classic.persistence import BUNDLED, LoadedModel, open_model
from fer_classic.utils._names import name_some
from fer_classic.utils._progress import Progress

__all__ = ["analyze"]


def analyze(
    source: str | PathLike | bytes | np.ndarray | Iterable | Source,
    *,
    model: Any = None,
    detector: Any = "pyramid",
    views: str | None = None,
    min_probability: float | None = None,
    progress: bool = False,
    **stream: Any,
) -> PhotoAnalysis | VideoAnalysis:
    """Find the faces in photos or a video and name their expressions.

    Parameters
    ----------
    source : str, path-like, bytes, ndarray, iterable of these, or Source
        What to look at:

        - the path of a photo, a folder of photos (searched with its subfolders) or a pattern such
          as ``"holiday/*.jpg"``, or the content of a photo as bytes;
        - a picture in memory of shape ``(h, w)``, ``(h, w, 3)`` or ``(h, w, 4)``, grey, BGR or
          BGRA as :func:`~fer_classic.utils.read_image` gives it, or a batch of them, ``(n, h, w)``
          or ``(n, h, w, c)``; a 3-D array is one picture if its last axis is 4 or shorter;
        - a list of these;
        - the path or address of a video, or a source of frames that ends, such as
          :class:`~fer_classic.live.ArraySource`. A GIF is a video if it is animated.
    model : str, path-like, LoadedModel or estimator, optional
        Name of a bundled model, file, what :func:`~fer_classic.persistence.load_model` returned, or
        a fitted classifier or pipeline; by default the bundled model that the programs use. For
        many calls load the model once.
    detector : str or detector, default="pyramid"
        Name of a face detector, or an object with its verb ``detect``.
    views : {"flip", "full"}, optional
        Ask the model about several views of each face, see :class:`~fer_classic.live.Recognizer`.
    min_probability : float, optional
        Faces whose highest probability is below this are ``"uncertain"``, and those too small,
        blurred or turned to judge; 0 names every face. By default what the card of the model says,
        see :class:`~fer_classic.live.Recognizer`.
    progress : bool, default=False
        Show on standard error how far the work is.
    **stream
        For videos: ``detect_every``, ``max_missed_frames``, ``smoothing``, ``window``, see
        :class:`~fer_classic.live.StreamRecognizer`.

    Returns
    -------
    result : PhotoAnalysis or VideoAnalysis
        A table (``to_dataframe()``, ``rows``) that draws itself (``plot()``, and in a notebook). A
        video has ``summary()``, ``episodes()`` and ``plot_timeline()`` too. Photos without faces
        and photos of a folder or list that cannot be read have a row each, which says so.

    Raises
    ------
    DataNotFoundError
        If there is nothing of that name, or no image in a folder.
    ImageReadError
        If ``source`` is a single photo that cannot be read.
    SourceError
        If a video cannot be read, or has no end (a camera or stream).
    TypeError, ValueError
        If ``source`` is none of the above or is empty, an array is no picture, or a parameter is
        not valid.
    UnknownNameError, ModelFileError, DetectorError
        If there is no such model or detector, or it cannot be loaded.

    Warns
    -----
    DataWarning
        If a folder holds what cannot be read as an image, or photos of a folder or list cannot be
        read, or have several frames of which only the first is read.

    Examples
    --------
    >>> import fer_classic
    >>> from fer_classic.datasets import load_drawn_faces
    >>> images = load_drawn_faces().images[:3]
    >>> result = fer_classic.analyze(images)
    >>> result
    <PhotoAnalysis: 3 photos, 3 faces>
    >>> [row["photo"] for row in result.rows]
    ['image 0', 'image 1', 'image 2']
    """
    what = resolve(source)
    if what.photos is not None and stream:
        raise TypeError(
            f"photos do not take the parameters {', '.join(stream)}; those of StreamRecognizer "
            "(detect_every, smoothing, ...) are for videos only."
        )
    recognizer = _make_recognizer(model, detector, views, min_probability)
    if what.video is not None:
        return _analyze_video(what, recognizer, progress, stream)
    return _analyze_photos(what, recognizer, progress)


def _make_recognizer(model, detector, views, min_probability):
    if model is None:
        model = BUNDLED[0]
    card = None
    if isinstance(model, str | PathLike):
        model = open_model(model)
    if isinstance(model, LoadedModel):
        model, card = model
    options = {"views": views, "min_probability": min_probability}
    return Recognizer(model, card=card, detector=detector, **options)


def _analyze_photos(what, recognizer, progress):
    shown = _progress(progress, "photos", len(what.photos), "photo")
    result = PhotoAnalysis([], recognizer.classes)
    with shown as bar:
        photos = what.photos if bar is None else bar.each(what.photos)
        for photo in recognize_photos(photos, recognizer):
            if photo.error is not None and what.alone:
                raise ImageReadError(photo.error)
            # Pictures of files are not kept, since there may be more of them than memory.
            kept = replace(photo, image=None) if isinstance(photo.photo, Path) else photo
            result.photos.append(kept)
    if result.errors:
        warnings.warn(
            f"{len(result.errors)} of {len(result.photos)} photos cannot be read: "
            f"{name_some(result.errors, limit=5)}; result.errors says why.",
            DataWarning,
            stacklevel=3,
        )
    return result


def _analyze_video(what, recognizer, progress, stream):
    video = what.video
    fps = getattr(video, "fps", None)
    result = VideoAnalysis(what.name, recognizer.classes, fps=fps)
    shown = _progress(progress, "video", getattr(video, "n_frames", None), "frame")
    with shown as bar:
        frames = recognize_video(video, recognizer, **stream)
        for frame in frames if bar is None else bar.each(frames):
            result.add(frame)
    result.damage = getattr(video, "damage", None)
    return result


def _progress(wanted, task, total, unit):
    return Progress(task, total=total, unit=unit) if wanted else nullcontext()
