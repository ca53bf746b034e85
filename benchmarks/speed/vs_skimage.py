"""The descriptors against loops over scikit-image's functions."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from skimage.feature import hog, local_binary_pattern
from skimage.filters import gabor
from sklearn.base import BaseEstimator, clone
from threadpoolctl import threadpool_limits

from benchmarks.speed.timings import Row, take_turns, timing_of
from fer_classic.datasets import load_drawn_faces
from fer_classic.features import GaborBank, HOGDescriptor, LBPHistogram

__all__ = ["Descriptor", "time_features"]

_WAVELENGTHS = (4, 6, 8, 12, 16)


def _lbp_of_scikit_image(face):
    codes = local_binary_pattern(face, 8, 1, method="nri_uniform")
    cells = [cell for band in np.array_split(codes, 7) for cell in np.array_split(band, 7, axis=1)]
    return [np.histogram(cell, bins=59, range=(0, 59))[0] / cell.size for cell in cells]


def _gabor_of_scikit_image(face):
    return [
        np.hypot(*gabor(face, 1 / wavelength, theta=np.pi * k / 8))
        for wavelength in _WAVELENGTHS
        for k in range(8)
    ]


def _hog_of_scikit_image(face):
    return hog(face, orientations=8, pixels_per_cell=(8, 8), cells_per_block=(2, 2))


@dataclass(frozen=True, eq=False)
class Descriptor:
    """A descriptor, and what it is timed against.

    Parameters
    ----------
    step : estimator
        Ours, for a batch.
    one : callable
        Theirs, for one face.
    n_theirs : int
        How many faces the loop gets: enough to time it, few enough to wait for it.
    """

    step: BaseEstimator
    one: Callable
    n_theirs: int


DESCRIPTORS = {
    "lbp": Descriptor(LBPHistogram(), _lbp_of_scikit_image, 64),
    "gabor": Descriptor(GaborBank(wavelengths=_WAVELENGTHS), _gabor_of_scikit_image, 1),
    "hog": Descriptor(HOGDescriptor(), _hog_of_scikit_image, 64),
}


def time_features(repeats, *, descriptors=DESCRIPTORS):
    """Time each descriptor on a batch against a loop over scikit-image's function."""
    faces = load_drawn_faces(n_subjects=8, n_per_class=4).images
    for subject, compared in descriptors.items():
        step, few = clone(compared.step).fit(faces), faces[: compared.n_theirs]

        def ours(step=step):
            return step.transform(faces)

        def theirs(one=compared.one, few=few):
            return [one(face) for face in few]

        with threadpool_limits(1):
            our_seconds, their_seconds = take_turns(ours, theirs, repeats)
        yield Row(
            part="features",
            subject=subject,
            against="skimage",
            unit="face",
            ours=timing_of(our_seconds, n_units=len(faces), shape=faces.shape, bytes=ours().nbytes),
            theirs=timing_of(
                their_seconds,
                n_units=len(few),
                shape=few.shape,
                bytes=np.asarray(theirs()).nbytes,
            ),
        )
