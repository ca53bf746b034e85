"""What comes before the first epoch: seed, validation part, network, and what was saved."""

from typing import NamedTuple

import numpy as np
import torch
from sklearn.utils import check_random_state
from sklearn.utils.class_weight import compute_class_weight

from fer_classic.neural._checkpoint import Checkpoint, training_digest
from fer_classic.neural._images import Images
from fer_classic.neural._parts import validation_part
from fer_classic.neural._targets import check_soft_labels
from fer_classic.neural._training import Trainer, shapes

__all__ = ["FirstWeights", "prepare"]


class FirstWeights(NamedTuple):
    """What a training begins with: weights, or fresh ones if there is no state."""

    state: dict | None = None
    """Weights by name."""
    classes: np.ndarray | None = None
    """Classes that their network tells apart."""


def prepare(
    settings,
    images,
    labels,
    groups,
    *,
    make,
    device,
    first,
    unfinished=None,
    soft_labels=None,
):
    """Make ready for training, or for going on with a training that was stopped.

    Parameters
    ----------
    settings : namespace
        The parameters of the classifier.
    images : ndarray of shape (n, h, w)
    labels : ndarray of shape (n,)
    groups : ndarray of shape (n,), int
    make : callable
        ``make(n_classes, image_shape)`` gives a network with fresh weights.
    device : torch.device
    first : FirstWeights
        What to begin with.
    unfinished : FirstWeights, optional
        What an earlier training began with that was not finished. It takes the place of ``first``
        if an epoch of this very training was saved.
    soft_labels : array-like of shape (n, n_classes), optional
        Distributions over the sorted classes, to be learned in place of the labels.

    Returns
    -------
    trainer : Trainer
    checkpoint : Checkpoint or None
        Where its epochs are saved.
    first : FirstWeights
        What the training began with.
    """
    seed = int(check_random_state(settings.random_state).randint(np.iinfo(np.int32).max))
    checkpoint = saved = None
    classes, codes = np.unique(labels, return_inverse=True)
    soft_labels = check_soft_labels(soft_labels, len(images), classes)
    if settings.checkpoint_dir is not None:
        fixed_seed = None if settings.random_state is None else seed
        layers = repr(make(len(classes), images.shape[1:]))
        arrays = [images, labels, groups, *([] if soft_labels is None else [soft_labels])]

        def checkpoint_of(begun_with):
            state = begun_with.state or {}
            weights = [state[name] for name in sorted(state)]
            digest = training_digest(vars(settings), fixed_seed, layers, *arrays, *weights)
            return Checkpoint(settings.checkpoint_dir, digest)

        checkpoint = checkpoint_of(first)
        earlier = None if unfinished is None else checkpoint_of(unfinished)
        if earlier is not None and earlier.path.exists():
            checkpoint, first = earlier, unfinished
        saved = checkpoint.load()
        seed = seed if saved is None else saved["seed"]
    weights = _class_weights(settings.class_weight, classes, labels)
    part = np.zeros(len(images), dtype=bool)
    if settings.validation_fraction is not None:
        rng = np.random.default_rng(seed)
        part = validation_part(codes, groups, settings.validation_fraction, rng)
    torch.manual_seed(seed)
    trainer = Trainer(
        make(len(classes), images.shape[1:]),
        _as_input(images, np.flatnonzero(~part), settings.standardize),
        codes,
        part,
        settings,
        n_classes=len(classes),
        class_weights=weights,
        soft_labels=soft_labels,
        seed=seed,
        device=device,
    )
    if saved is not None:
        try:
            trainer.restore(saved)
        except ValueError as error:
            checkpoint.reject(error)
            saved = None
    if first.state is not None and saved is None:
        same = np.array_equal(classes, first.classes)
        leaving = () if same else _of_classes(make, len(classes), images.shape[1:])
        trainer.begin_with(first.state, leaving=leaving)
    return trainer, checkpoint, first


def _of_classes(make, n_classes, image_shape):
    """Names of the weights that belong to classes: their shapes change with the number."""
    own = shapes(make(n_classes, image_shape).state_dict())
    try:
        more = shapes(make(n_classes + 1, image_shape).state_dict())
    except Exception:  # a function of the user's may be made for this number alone
        layer = list(own)[-1].rpartition(".")[0] + "."
        return {name for name in own if name.startswith(layer)}
    return {name for name, shape in own.items() if more.get(name) != shape}


def _as_input(images, positions, standardize):
    if standardize == "image":
        return Images(images)
    return Images.of_training(images, positions)


def _class_weights(setting, classes, labels):
    if setting is None:
        return None
    weights = compute_class_weight(setting, classes=classes, y=labels)
    if weights.min() <= 0:
        raise ValueError(
            f"CNNClassifier: class weights must be above 0, got {setting!r}; leave out the images "
            "of a class that shall not count."
        )
    return weights
