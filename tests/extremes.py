"""Parameters far beyond what is sensible: each is refused or works, in little time and memory.

``python -m tests.extremes`` tries each number of each image step and detector at several extreme
values, and prints a row for each that neither works nor raises ValueError; the tests run it.
"""

import resource
import signal
import sys
import warnings
from numbers import Integral, Real

import numpy as np
from sklearn.base import clone

from fer_classic.exceptions import NotFoundWarning
from fer_classic.faces import FaceAligner, FaceCropper, HaarDetector, PyramidDetector
from fer_classic.features import (
    BagOfVisualWords,
    DenseSIFT,
    FisherVectors,
    GaborBank,
    HOGDescriptor,
    LBPHistogram,
    PatchDictionary,
)
from fer_classic.preprocessing import Denoiser, Equalizer

VALUES = {
    Real: (1e-300, 1e-9, 1 + 1e-9, 1e4, 1e9, 1e300, 10**400),
    Integral: (10**4, 10**9, 10**30, 10**400),
}
# Integers, which are floats in truth.
FLOATS = {"radius", "wavelengths"}
MEMORY = 3 * 2**30
SECONDS = 20


class Box:
    """A detector that finds a face in every image."""

    def detect(self, image):
        return np.array([[4, 5, 12, 12]]), np.array([1.0], np.float32)


STEPS = [
    Denoiser("median"),
    Denoiser("gaussian"),
    Denoiser("bilateral"),
    Denoiser("nlmeans"),
    Equalizer("clahe"),
    FaceCropper(Box(), size=16),
    FaceAligner(Box(), size=16),
    GaborBank(grid=(3, 3), orientations=(0.0, 45.0)),
    GaborBank(grid=(3, 3), orientations=2),
    HOGDescriptor(),
    LBPHistogram(grid=(3, 3)),
    LBPHistogram(grid=(3, 3), radius=(1.0, 2.0)),
    DenseSIFT(),
    DenseSIFT(bins=(1, 1)),
    PatchDictionary(n_atoms=4, grid=(1, 1), random_state=0),
    BagOfVisualWords(n_words=4, n_components=4, grids=((1, 1),), random_state=0),
    FisherVectors(n_words=2, n_components=4, grids=((1, 1),), random_state=0),
    HaarDetector(shorter_side=100),
    PyramidDetector(),
]


def settings(step):
    """Yield each number of a step as ``name, value``, with the others as they are."""
    for name, usual in step.get_params(deep=False).items():
        if name == "random_state":
            continue
        place = usual
        while isinstance(place, tuple):
            place = place[0]
        if isinstance(place, bool) or not isinstance(place, Real):
            continue
        kind = Integral if isinstance(place, Integral) and name not in FLOATS else Real
        for value in VALUES[kind]:
            yield name, _with_first(usual, value)


def _with_first(usual, value):
    """Replace the first number of a tuple, however deep."""
    return (_with_first(usual[0], value), *usual[1:]) if isinstance(usual, tuple) else value


def outcome(step):
    """What comes of a step: None if it works or is refused, else a description."""
    images = np.random.default_rng(0).integers(0, 256, (2, 40, 48), dtype=np.uint8)
    signal.alarm(SECONDS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.simplefilter("ignore", NotFoundWarning)
            found = (
                step.fit_transform(images) if hasattr(step, "fit") else step.detect(images[0])[1]
            )
    except ValueError:
        return None
    except Exception as error:  # whatever it is, users should not see it
        return f"{type(error).__name__}: {error}"
    finally:
        signal.alarm(0)
    return None if np.isfinite(found).all() else "values that are not finite"


def main():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    n_tried = n_failed = 0
    for step in STEPS:
        for name, value in settings(step):
            n_tried += 1
            # Seen if the time runs out in compiled code, which ends the process.
            print(f"{step!r}, {name}={str(value)[:60]}", file=sys.stderr, flush=True)
            problem = outcome(clone(step).set_params(**{name: value}))
            if problem:
                n_failed += 1
                print(f"{step!r}, {name}={str(value)[:60]}: {problem}")
    print(f"{n_tried} tried, {n_failed} failed")
    return n_failed > 0


if __name__ == "__main__":
    sys.exit(main())
