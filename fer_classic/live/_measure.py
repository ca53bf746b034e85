"""Time that recognition takes on this machine."""

import time
from dataclasses import dataclass

import numpy as np

from fer_classic.datasets import draw_portrait
from fer_classic.utils import class_scores
from fer_classic.utils._opencv import cv2

__all__ = ["SCENES", "Measured", "draw_scene", "measure", "time_calls"]

SCENES = ((640, 480), (1280, 720))
"""Width and height of the drawn scenes."""

_N_BATCH = 64
_MIN_CALLS = 3
_HAPPY = {6: 0.8, 12: 0.9}


@dataclass(frozen=True)
class Measured:
    """What was timed.

    Parameters
    ----------
    name : str
        What it is.
    n_items : int
        Faces, or pictures, that one call deals with.
    n_calls : int
        Number of calls that were timed.
    p50, p95 : float
        Milliseconds of a call: the median, and the time within which 95 of 100 are done.
    n_faces : int or None
        Faces found in a picture; None where none is looked for.
    """

    name: str
    n_items: int
    n_calls: int
    p50: float
    p95: float
    n_faces: int | None = None

    @property
    def per_second(self):
        """Items a second, at the median."""
        return 1000 * self.n_items / self.p50


def measure(recognizer, *, seconds=2.0, clock=time.perf_counter):
    """Time a recognizer on a face, a batch of faces and drawn scenes.

    Parameters
    ----------
    recognizer : Recognizer
    seconds : float, default=2.0
        Time for each of them; each is called at least three times, and once before that.
    clock : callable, default=time.perf_counter
        Gives the time in seconds.

    Yields
    ------
    measured : Measured
        One after the other, as they are done.
    """
    # Of the size of a crop, so that nothing is detected.
    face = draw_scene(recognizer._shape[::-1], enlarge=1, face=0.9)
    batch = recognizer.as_input(np.stack([face] * _N_BATCH))
    model = recognizer.model
    for name, n_items in (("one face", 1), (f"{_N_BATCH} faces at once", _N_BATCH)):
        rows = batch[:n_items]
        # Models without scores are asked for labels.
        if class_scores(model, rows[:1])[0] is None:
            times = time_calls(lambda rows=rows: model.predict(rows), seconds, clock)
        else:
            times = time_calls(lambda rows=rows: class_scores(model, rows), seconds, clock)
        yield _measured(name, times, n_items=n_items)
    for width, height in SCENES:
        picture = cv2.cvtColor(draw_scene((width, height)), cv2.COLOR_GRAY2BGR)
        faces = recognizer.recognize(picture)
        times = time_calls(lambda picture=picture: recognizer.recognize(picture), seconds, clock)
        name = f"picture of {width}x{height}"
        yield _measured(name, times, n_faces=len(faces))


def draw_scene(size, *, enlarge=2, face=0.45):
    """Draw a person in front of a plain background.

    Parameters
    ----------
    size : tuple of two int
        Width and height in pixels.
    enlarge : int, default=2
        Pixels of the picture for one that is drawn, to save time.
    face : float, default=0.45
        Side of the face, as a part of the shorter side of the picture.

    Returns
    -------
    picture : ndarray of shape (height, width), uint8
    """
    width, height = size
    shape = -(-height // enlarge), -(-width // enlarge)
    side = max(16, round(face * min(shape)))
    if side > min(shape):
        # Too small for a face; the time does not depend on what is seen.
        return np.full((height, width), 128, np.uint8)
    drawn, _ = draw_portrait(_HAPPY, shape=shape, face_size=side)
    return cv2.resize(drawn, size, interpolation=cv2.INTER_CUBIC)


def time_calls(function, seconds, clock=time.perf_counter):
    """Call a function again and again.

    Parameters
    ----------
    function : callable
        ``function()``.
    seconds : float
        How long, at least; it is called three times or more, and once before.
    clock : callable, default=time.perf_counter
        Gives the time in seconds.

    Returns
    -------
    times : list of float
        Milliseconds of each call but the first, which also prepares.
    """
    function()
    times, end = [], clock() + seconds
    while len(times) < _MIN_CALLS or clock() < end:
        start = clock()
        function()
        times.append(1000 * (clock() - start))
    return times


def _measured(name, times, *, n_items=1, n_faces=None):
    p50, p95 = np.percentile(times, [50, 95])
    return Measured(name, n_items, len(times), float(p50), float(p95), n_faces)
