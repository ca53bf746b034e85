"""The descriptors against loops over scikit-image's functions."""

import numpy as np
from skimage.feature import hog, local_binary_pattern
from skimage.filters import gabor
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from benchmarks.speed.timings import make_row, take_turns
from fer_classic.datasets import load_drawn_faces
from fer_classic.features import GaborBank, HOGDescriptor, LBPHistogram

__all__ = ["time_features"]

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


# How many faces the loop gets: enough to time it, few enough to wait for it.
_FEATURES = {
    "lbp": (LBPHistogram(), _lbp_of_scikit_image, 64),
    "gabor": (GaborBank(wavelengths=_WAVELENGTHS), _gabor_of_scikit_image, 1),
    "hog": (HOGDescriptor(), _hog_of_scikit_image, 64),
}


def time_features(repeats):
    """Time each descriptor on a batch against a loop over scikit-image's function."""
    faces = load_drawn_faces(n_subjects=8, n_per_class=4).images
    for subject, (step, one, n_theirs) in _FEATURES.items():
        step, few = clone(step).fit(faces), faces[:n_theirs]

        def ours(step=step):
            return step.transform(faces)

        def theirs(one=one, few=few):
            return [one(face) for face in few]

        with threadpool_limits(1):
            pair = take_turns(ours, theirs, repeats)
        yield make_row(
            "features",
            subject,
            "skimage",
            "face",
            pair,
            (faces.shape, few.shape),
            bytes=ours().nbytes,
            bytes_against=np.asarray(theirs()).nbytes,
        )
