"""Expressions of one person over time, made steadier."""

from collections import Counter, deque

import numpy as np

from fer_classic.exceptions import UnknownNameError

__all__ = ["SMOOTHINGS", "make_smoothing"]


class _None:
    """Each frame stands for itself."""

    needs_scores = False

    def __init__(self, window):
        self.label = "none"

    def start(self):
        """Begin with a new person; returns ``step(name, scores) -> (name, scores)``."""
        return lambda name, scores: (name, scores)


class _Majority:
    """The name that was given most often in the last frames; scores stay those of the frame."""

    needs_scores = False

    def __init__(self, window):
        self.window = window
        self.label = f"majority of {window} frames"

    def start(self):
        names = deque(maxlen=self.window)

        def step(name, scores):
            # Counted from the newest, which decides where two names are equally frequent.
            names.appendleft(name)
            return Counter(names).most_common(1)[0][0], scores

        return step


class _Average:
    """Exponential average of the scores; the name follows them."""

    needs_scores = True

    def __init__(self, window):
        self.weight = 2 / (window + 1)
        self.label = f"average of about {window} frames"

    def start(self):
        average = None

        def step(name, scores):
            nonlocal average
            values = np.fromiter(scores.values(), dtype=float)
            if average is not None:
                values = self.weight * values + (1 - self.weight) * average
            names, average = list(scores), values
            return names[average.argmax()], dict(zip(names, average.tolist(), strict=True))

        return step


SMOOTHINGS = {"none": _None, "majority": _Majority, "average": _Average}
"""The ways of smoothing by name."""


def make_smoothing(name, window):
    """Make a way of smoothing.

    Parameters
    ----------
    name : {"none", "majority", "average"}
        "majority" names the expression that was most frequent in the last ``window`` frames of a
        person. "average" is the exponential average of the scores in which a frame weighs
        ``2 / (window + 1)``: the mean age of what it holds is that of a mean of ``window`` frames.
    window : int
        1 or more.

    Returns
    -------
    smoothing : object
        ``label`` says what is done; ``needs_scores`` whether it works on scores;
        ``start()`` gives a function for one person, ``step(name, scores) -> (name, scores)``.

    Raises
    ------
    UnknownNameError
        If there is no such way.
    ValueError
        If the window is below 1.
    """
    if name not in SMOOTHINGS:
        raise UnknownNameError("smoothing", name, tuple(SMOOTHINGS))
    if window < 1:
        raise ValueError(f"a smoothing window has 1 frame or more, got {window!r}.")
    return SMOOTHINGS[name](window)
