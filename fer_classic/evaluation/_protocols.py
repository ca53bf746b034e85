"""Protocols: the assignment of images to folds."""

from dataclasses import dataclass, field

import numpy as np

from fer_classic.evaluation._splits import split_groups, split_items
from fer_classic.evaluation._units import independent_units
from fer_classic.exceptions import ProtocolError, UnknownNameError
from fer_classic.expressions import decode

__all__ = [
    "PROTOCOLS",
    "Fold",
    "Subset",
    "cross_fold",
    "default_protocol",
    "make_folds",
]

PROTOCOLS = ("cross", "group-kfold", "kfold", "loso", "official")
"""Names of the protocols, see :func:`make_folds` and :func:`cross_fold`."""

_TRAINING = "Training"
# Images that a message names.
_SHOWN = 4
# Name of a subset of the test part, and the correlation from which images are excluded.
_NEAR_TWINS = (("no-near-twins-0.99", 0.99), ("no-near-twins", 0.9))


@dataclass(frozen=True, eq=False)
class Subset:
    """A part of the test images of a fold, scored separately.

    Parameters
    ----------
    kept : ndarray of bool
        For each test image of the fold, whether it belongs to the subset.
    note : str
        What was left out, for people.
    """

    kept: np.ndarray
    note: str = ""


@dataclass(frozen=True, eq=False)
class Fold:
    """Training and test part of a data set.

    Parameters
    ----------
    name : int or str
        Number of the fold, or the name of the official test part.
    train, test : ndarray of int64
        Indices of the images, ascending.
    note : str
        Remark about the fold, such as the number of excluded images.
    subsets : dict of str to Subset
        Parts of the test part that are scored separately, by name.
    """

    name: int | str
    train: np.ndarray
    test: np.ndarray
    note: str = ""
    subsets: dict[str, Subset] = field(default_factory=dict)


def default_protocol(dataset_name):
    """Return the protocol that is usually used for a data set.

    Parameters
    ----------
    dataset_name : str
        The ``name`` of a data set.

    Returns
    -------
    protocol : str
        ``"official"`` for FER2013, which has an official split; otherwise ``"group-kfold"``.
    """
    return "official" if dataset_name == "fer2013" else "group-kfold"


def make_folds(bunch, protocol, *, n_folds=5, seed=0, twin_correlation=None):
    """Split a data set by a protocol.

    Parameters
    ----------
    bunch : Bunch
        The data set.
    protocol : {"group-kfold", "kfold", "loso", "official"}
        - ``"group-kfold"``: shuffled, stratified folds that keep independent units whole.
        - ``"kfold"``: shuffled, stratified folds of single images, as in much of the literature.
          Subjects, sequences and duplicates occur in both parts; :func:`count_leaks` counts them.
        - ``"loso"``: leave one subject out; each subject in turn is the test part. Images of other
          subjects that are linked to it (by identical pixels) are excluded from the training part;
          if none are left, the data set cannot be split in this way.
        - ``"official"``: fit on the split ``Training``; each other split is a fold. Its subset
          ``no-twins`` excludes duplicates of training images. With ``twin_correlation`` there are
          two more subsets without near duplicates, i.e. images whose correlation with a training
          image is at least 0.99 (``no-near-twins-0.99``) or 0.9 (``no-near-twins``). Subsets
          without images are skipped.
    n_folds : int, default=5
        Number of folds of the two k-fold protocols.
    seed : int, default=0
        Seed of the shuffle of the two k-fold protocols.
    twin_correlation : array-like of shape (n,), optional
        For the protocol ``"official"``: the highest correlation of each image with a training
        image, 0 if below 0.9, as returned by :func:`fer_classic.datasets.near_twins`.

    Returns
    -------
    folds : list of Fold

    Raises
    ------
    UnknownNameError
        If there is no such protocol.
    ProtocolError
        If the data set cannot be split in this way: no subjects, subjects that are all linked to
        each other, no official split, fewer images or units than folds.
    ValueError
        If ``twin_correlation`` does not have one value for each image.
    """
    makers = {
        "group-kfold": lambda: _group_kfold(bunch, n_folds, seed),
        "kfold": lambda: _kfold(bunch, n_folds, seed),
        "loso": lambda: _loso(bunch),
        "official": lambda: _official(bunch, twin_correlation),
    }
    if protocol == "cross":
        raise ProtocolError("the protocol 'cross' requires two data sets; see cross_fold.")
    if protocol not in makers:
        raise UnknownNameError("protocol", protocol, PROTOCOLS)
    return makers[protocol]()


def cross_fold(train_bunch, test_bunch):
    """Create the single fold of the protocol ``cross``: fit on one data set, test on another.

    Parameters
    ----------
    train_bunch, test_bunch : Bunch
        The two data sets. Only images of expressions that occur in both are used, and training
        images that are identical to a test image are excluded.

    Returns
    -------
    fold : Fold
        ``train`` are indices of ``train_bunch``, ``test`` indices of ``test_bunch``.

    Raises
    ------
    ProtocolError
        If the data sets share fewer than two expressions.
    """
    train_names, test_names = (
        decode(bunch.target, bunch.target_names) for bunch in (train_bunch, test_bunch)
    )
    shared = np.intersect1d(train_names, test_names)
    if len(shared) < 2:
        raise ProtocolError(
            f"{train_bunch.name} and {test_bunch.name} share {len(shared)} expressions; "
            "fitting on one and testing on the other requires at least 2."
        )
    test = np.flatnonzero(np.isin(test_names, shared))
    seen = {_fingerprint(test_bunch.images[i]) for i in test}
    candidates = np.flatnonzero(np.isin(train_names, shared))
    train = np.array(
        [i for i in candidates if _fingerprint(train_bunch.images[i]) not in seen], dtype=np.int64
    )
    if len(np.unique(train_names[train])) < 2:
        raise ProtocolError(
            f"nearly all images of {train_bunch.name} are also in {test_bunch.name}; "
            "choose two different data sets."
        )
    note = f"on {', '.join(shared)}"
    if len(train) < len(candidates):
        note += f"; training images left out for a twin in the test: {len(candidates) - len(train)}"
    return Fold(0, train, test, note)


def _fingerprint(image):
    return image.shape, image.tobytes()


def _group_kfold(bunch, n_folds, seed):
    units = independent_units(bunch)
    parts = split_groups(bunch.target, units, n_folds=n_folds, seed=seed, of=bunch.name)
    return _numbered(parts)


def _kfold(bunch, n_folds, seed):
    return _numbered(split_items(bunch.target, n_folds=n_folds, seed=seed, of=bunch.name))


def _numbered(parts):
    return [Fold(number, train, test) for number, (train, test) in enumerate(parts)]


def _loso(bunch):
    if bunch.subjects is None:
        raise ProtocolError(
            f"the protocol 'loso' leaves one subject out, but the subjects of {bunch.name} are not "
            "known; use 'group-kfold', or load it with its subjects (subject_pattern)."
        )
    subjects = np.asarray(bunch.subjects, dtype=str)
    names = np.unique(subjects)
    if "" in names or len(names) < 2:
        raise ProtocolError(
            "the protocol 'loso' requires at least 2 subjects and a subject for every image; "
            f"{bunch.name} has {len(names[names != ''])} subjects and "
            f"{np.count_nonzero(subjects == '')} images without one."
        )
    units = independent_units(bunch)
    folds = []
    for number, name in enumerate(names):
        test = np.flatnonzero(subjects == name)
        train = np.flatnonzero(~np.isin(units, units[test]))
        if not len(train):
            raise ProtocolError(
                f"the protocol 'loso' leaves no image of {bunch.name} to train on without subject "
                f"{name}, to whom all others are linked: {_shared(bunch, subjects)}."
            )
        folds.append(Fold(number, train, test, f"subject {name} left out"))
    return folds


def _shared(bunch, subjects):
    """Describe what links subjects, and what to do."""
    images = _of_several(bunch.duplicates, subjects)
    if not len(images):
        return (
            "their sequences have images of several subjects; correct the names of one of the two"
        )
    names = bunch.get("filenames")
    some = [str(names[k]) if names is not None else f"number {k}" for k in images[:_SHOWN]]
    return (
        f"{len(images):,} images have identical pixels under different subjects, such as "
        f"{', '.join(some)}; remove these copies, or correct their subjects"
    )


def _of_several(clusters, subjects):
    """Return the images whose cluster has images of several subjects, cluster by cluster."""
    clusters = np.unique(clusters, return_inverse=True)[1]
    pairs = np.unique(np.stack([clusters, np.unique(subjects, return_inverse=True)[1]]), axis=1)
    images = np.flatnonzero(np.bincount(pairs[0])[clusters] > 1)
    return images[np.argsort(clusters[images], kind="stable")]


def _official(bunch, twin_correlation):
    if bunch.split is None:
        raise ProtocolError(
            f"{bunch.name} has no official split; use 'group-kfold', 'kfold' or 'loso'."
        )
    split = np.asarray(bunch.split, dtype=str)
    train = np.flatnonzero(split == _TRAINING)
    # PublicTest before PrivateTest, as usual.
    tests = sorted(set(split.tolist()) - {_TRAINING}, reverse=True)
    if not len(train) or not tests:
        raise ProtocolError(
            f"the protocol 'official' requires the split {_TRAINING} and a test split; "
            f"{bunch.name} has: {', '.join(sorted(set(split.tolist())))}."
        )
    without = _without_twins(bunch, train, twin_correlation)
    folds = []
    for name in tests:
        test = np.flatnonzero(split == name)
        subsets = {}
        for subset, is_twin, what in without:
            kept = ~is_twin[test]
            if kept.any():
                note = f"images left out that {what}: {np.count_nonzero(~kept)}"
                subsets[subset] = Subset(kept, note)
        folds.append(Fold(name, train, test, subsets=subsets))
    return folds


def _without_twins(bunch, train, twin_correlation):
    """Return name, images to exclude and the reason, for each subset of a test part."""
    identical = np.isin(bunch.duplicates, bunch.duplicates[train])
    subsets = [("no-twins", identical, f"are also in {_TRAINING}")]
    if twin_correlation is None:
        return subsets
    correlation = np.asarray(twin_correlation)
    if correlation.shape != identical.shape:
        raise ValueError(
            f"twin_correlation must have one value for each of the {len(identical):,} images, "
            f"got shape {correlation.shape}."
        )
    for name, threshold in _NEAR_TWINS:
        # Identical images without contrast have no correlation.
        is_twin = identical | (correlation >= threshold)
        what = f"correlate from {threshold} on with one in {_TRAINING} or its mirror image"
        subsets.append((name, is_twin, what))
    return subsets
