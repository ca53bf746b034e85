"""What there is to do: one job for each fit, with the folds that it serves."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchmarks.experiments.data import Data
from benchmarks.experiments.development import DEVELOPMENT, development_folds
from benchmarks.records.folds import record_key
from fer_classic.evaluation import (
    Fold,
    check_fold,
    check_split,
    count_leaks,
    cross_fold,
    default_protocol,
    make_folds,
)
from fer_classic.exceptions import LeakageError
from fer_classic.recipes import list_recipes, pretrained_on

__all__ = ["Job", "Parts", "Split", "default_protocols", "make_jobs", "split_data"]

# Protocols whose test images may depend on training images; their results are marked.
_LEAKY = ("kfold", "official")


@dataclass(frozen=True)
class Split:
    """How the protocols that draw lots split a data set.

    Parameters
    ----------
    n_folds : int, default=5
        Folds of the k-fold protocols and of ``development``.
    seed : int, default=0
        Seed of the shuffle.
    n_items : int or None, default=8000
        About so many training images are taken for ``development``; None takes all.
    """

    n_folds: int = 5
    seed: int = 0
    n_items: int | None = 8000


@dataclass(eq=False)
class Parts:
    """The folds of a protocol.

    Parameters
    ----------
    folds : list of Fold
    train, test : Data
        What the positions in the folds refer to.
    fields : dict
        What the records of all folds share.
    """

    folds: list[Fold]
    train: Data
    test: Data
    fields: dict


@dataclass(eq=False)
class Job:
    """One fit, and the folds that are scored with it.

    Parameters
    ----------
    base : dict
        The fields that the records of all its folds share.
    model : estimator or None
        Unfitted; None if it cannot be made.
    folds : list of Fold
        Folds with one training part.
    train, test : Data
        What the positions in the folds refer to.
    problem : str
        Why there is no model.
    """

    base: dict
    model: Any
    folds: list[Fold]
    train: Data
    test: Data
    problem: str = ""

    def key(self, fold):
        """Give the key of the record of a fold."""
        return record_key(self.base | {"fold": fold.name})

    def count_leaks(self, fold):
        """Count the test items that depend on the training part."""
        if self.train.bunch is not self.test.bunch:
            return {"subject": None, "sequence": None, "duplicate": 0}
        return count_leaks(self.test.bunch, fold)


def default_protocols(dataset):
    """Name the protocols of a run that names none."""
    # The drawn faces are there to show what the leaky protocol does, at no cost to anyone.
    return ["group-kfold", "kfold"] if dataset == "drawn" else [default_protocol(dataset)]


def split_data(protocol, tested, trained=None, split=None):
    """Split the data by a protocol.

    Parameters
    ----------
    protocol : str
        ``"development"``, or one of ``fer_classic.evaluation.PROTOCOLS``.
    tested : Data
        The data set that is scored.
    trained : Data, optional
        The data set that is fitted on under the protocol ``cross``.
    split : Split, optional
        How it is split where the protocol does not say.

    Returns
    -------
    parts : Parts

    Raises
    ------
    ProtocolError
        If the data set cannot be split so.
    UnknownNameError
        If there is no such protocol.
    LeakageError
        If the training and the test part of a fold are not independent, and the protocol promises
        it.
    """
    split = split or Split()
    train, label, n_items = tested, protocol, None
    if protocol == "cross":
        train, label = trained, f"cross:{trained.name}"
        folds = [cross_fold(trained.bunch, tested.bunch)]
    elif protocol == DEVELOPMENT:
        folds, tested = development_folds(
            tested, n_items=split.n_items, n_folds=split.n_folds, seed=split.seed
        )
        train, n_items = tested, sum(len(fold.test) for fold in folds)
    else:
        # Only the official protocol asks, and the search takes seconds.
        twins = tested.twin_correlation if protocol == "official" else None
        folds = make_folds(
            tested.bunch, protocol, n_folds=split.n_folds, seed=split.seed, twin_correlation=twins
        )
    fields = {
        "dataset": tested.name,
        "digest": tested.digest,
        "size": len(tested),
        "train_digest": None if train is tested else train.digest,
        "protocol": label,
        "n_items": n_items,
        "n_folds": len(folds),
        "seed": split.seed,
        "permuted": tested.permuted,
    }
    for fold in folds:
        _check_fold(fold, protocol, train, tested)
    return Parts(folds, train, tested, fields)


def _check_fold(fold, protocol, train, tested):
    """Raise LeakageError if a fold has dependent images on both sides, and its protocol none."""
    if train is not tested:
        _check_images(fold, train.bunch, tested.bunch)
        return
    check_fold(tested.bunch, fold, leaky=protocol in _LEAKY)
    if protocol not in _LEAKY:
        # These may hold more together, such as nearly identical images.
        check_split(fold.train, fold.test, tested.units, what=f"fold {fold.name} of {protocol}")
    for name, subset in fold.subsets.items():
        kept = replace(fold, test=fold.test[subset.kept])
        count = count_leaks(tested.bunch, kept)["duplicate"]
        if count:
            raise LeakageError(
                f"the subset {name} of {fold.name}: {count:,} of {len(kept.test):,} test images "
                "are also in the training part."
            )


def _check_images(fold, train, tested):
    """Raise LeakageError if an image is in both of two data sets, and on both sides of the fold."""
    seen = {(image.shape, image.tobytes()) for image in train.images[fold.train]}
    count = sum((image.shape, image.tobytes()) in seen for image in tested.images[fold.test])
    if count:
        raise LeakageError(
            f"{count:,} of {len(fold.test):,} test images of {tested.name} are also in the "
            f"training part, from {train.name}."
        )


def make_jobs(candidate, parts):
    """Lay out the fits of a model on the folds of protocols.

    Parameters
    ----------
    candidate : Candidate
        The model.
    parts : list of Parts
        What it is fitted and scored on.

    Returns
    -------
    jobs : list of Job
    """
    return [
        Job(
            part.fields | candidate.fields,
            candidate.model,
            folds,
            part.train,
            part.test,
            candidate.problem or _seen(candidate.recipe, part),
        )
        for part in parts
        for folds in _with_one_training_part(part.folds)
    ]


def _seen(recipe, part):
    """Say why a recipe cannot be scored on a part, if a frozen step has seen its test images."""
    dataset, known = part.fields["dataset"], recipe in list_recipes()
    if not known or pretrained_on(recipe) != dataset or part.fields["protocol"] == "official":
        return ""
    return (
        f"a frozen step of {recipe} was fitted on the training part of {dataset}: only the "
        "protocol official tests on images that it has not seen"
    )


def _with_one_training_part(folds):
    groups = []
    for fold in folds:
        if groups and np.array_equal(groups[-1][0].train, fold.train):
            groups[-1].append(fold)
        else:
            groups.append([fold])
    return groups
