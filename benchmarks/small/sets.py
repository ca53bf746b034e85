"""Small sets, cut out of the drawn faces and of FER2013."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import affine_transform

from fer_classic.datasets import dataset_digest, load_drawn_faces, load_fer2013, make_drawn_faces
from fer_classic.evaluation import Fold, independent_units, make_folds
from fer_classic.exceptions import DataFormatError
from fer_classic.expressions import decode
from fer_classic.persistence import load_bundled

__all__ = ["SETS", "SmallSet", "draw_set"]

_N_PER_CLASS = 3
_PORTRAIT = (256, 256)
# Images of FER2013 that are fitted on; the others are tested.
_N_TRAIN = 200


@dataclass(frozen=True, eq=False)
class SmallSet:
    """One draw of a small set.

    Parameters
    ----------
    digest : str
        Fingerprint of the data that it was drawn from.
    images : ndarray of shape (n, h, w), uint8
    labels : ndarray of shape (n,), str
        Class names.
    groups : ndarray of shape (n,)
        People, or independent images: left out together.
    folds : list of Fold
        Parts to fit and to test, as positions in the set.
    """

    digest: str
    images: np.ndarray
    labels: np.ndarray
    groups: np.ndarray
    folds: list[Fold]


def draw_set(name, draw, *, data_dir=None):
    """Draw a small set.

    Parameters
    ----------
    name : str
        One of :data:`SETS`.
    draw : int
        Number of the draw, from 0; it fixes what is drawn.
    data_dir : path-like, optional
        Where FER2013 is.

    Returns
    -------
    drawn : SmallSet

    Raises
    ------
    DataNotFoundError, DataFormatError
        If FER2013 is not found, or is not what the bundled network was fitted on.
    """
    return SETS[name](draw, data_dir)


def _drawn(draw, data_dir, *, n_subjects):
    """Three faces of each expression of a few of the drawn people."""
    rng = np.random.default_rng(draw)
    bunch = load_drawn_faces()
    people = rng.choice(np.unique(bunch.subjects), n_subjects, replace=False)
    taken = [
        rng.permutation(np.flatnonzero((bunch.subjects == person) & (bunch.target == code)))
        for person in people
        for code in np.unique(bunch.target)
    ]
    taken = np.sort(np.concatenate([found[:_N_PER_CLASS] for found in taken]))
    return _people(bunch, taken)


def _portraits(draw, data_dir):
    """Portraits of ten people who are drawn anew; faces are found by a detector."""
    bunch = make_drawn_faces(
        n_subjects=10, n_per_class=_N_PER_CLASS, shape=_PORTRAIT, seed=1000 + draw
    )
    # People of different draws are not the same.
    bunch.subjects = np.char.add(bunch.subjects, f" of {draw}")
    return _people(bunch, np.arange(len(bunch.target)))


def _people(bunch, taken):
    """Leave out one person after the other."""
    part = type(bunch)(**bunch)
    for name in ("images", "target", "subjects", "duplicates"):
        part[name] = bunch[name][taken]
    return SmallSet(
        digest=dataset_digest(bunch),
        images=part.images,
        labels=decode(part.target, part.target_names),
        groups=np.asarray(part.subjects),
        folds=make_folds(part, "loso"),
    )


def _fer2013(draw, data_dir, *, moved=False):
    """Fit on 200 of the Training images that the bundled network has not seen, test the others."""
    rows = load_bundled("cnn").model["cnn"].validation_index_
    bunch = load_fer2013(data_dir, split="Training")
    if rows.max() >= len(bunch.target):
        raise DataFormatError("the bundled network was not fitted on this Training part.")
    groups = independent_units(bunch)[rows]
    images = bunch.images[rows]
    rng = np.random.default_rng(draw)
    fitted = np.isin(groups, rng.permutation(np.unique(groups))[:_N_TRAIN])
    if moved:
        images = np.stack([_move(image, rng) for image in images])
    return SmallSet(
        digest=dataset_digest(bunch),
        images=images,
        labels=decode(bunch.target[rows], bunch.target_names),
        groups=groups,
        folds=[Fold(0, np.flatnonzero(fitted), np.flatnonzero(~fitted))],
    )


def _move(image, rng):
    """Shift, scale and turn a crop, as a detector does that frames faces inexactly."""
    angle, scale = np.deg2rad(rng.uniform(-6, 6)), np.exp(rng.uniform(-0.08, 0.08))
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = (np.array(image.shape) - 1) / 2
    offset = middle - turn @ middle + rng.uniform(-2.5, 2.5, 2)
    moved = affine_transform(image.astype(np.float32), turn, offset, order=1, mode="nearest")
    return np.uint8(np.clip(np.rint(moved), 0, 255))


SETS = {
    "drawn, 4 people": lambda draw, data_dir: _drawn(draw, data_dir, n_subjects=4),
    "drawn, 10 people": lambda draw, data_dir: _drawn(draw, data_dir, n_subjects=10),
    "portraits, 10 people": _portraits,
    "fer2013, 200 images": _fer2013,
    "fer2013, 200 moved": lambda draw, data_dir: _fer2013(draw, data_dir, moved=True),
}
"""Functions of a draw, by name of the set."""
