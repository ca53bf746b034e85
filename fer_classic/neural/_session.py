"""What comes before the first epoch: seed, validation part, network, and what was saved."""

import numpy as np
import torch
from sklearn.utils import check_random_state
from sklearn.utils.class_weight import compute_class_weight

from fer_classic.neural._checkpoint import Checkpoint, training_digest
from fer_classic.neural._images import Images
from fer_classic.neural._parts import validation_part
from fer_classic.neural._targets import check_soft_labels
from fer_classic.neural._training import Trainer

__all__ = ["prepare"]


def prepare(
    settings,
    images,
    labels,
    groups,
    *,
    make,
    device,
    state=None,
    state_classes=None,
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
    state : dict of str to ndarray, optional
        Weights to begin with.
    state_classes : ndarray, optional
        Classes of these weights.
    soft_labels : array-like of shape (n, n_classes), optional
        Distributions over the sorted classes, to be learned in place of the labels.

    Returns
    -------
    trainer : Trainer
    checkpoint : Checkpoint or None
        Where its epochs are saved.
    """
    seed = int(check_random_state(settings.random_state).randint(np.iinfo(np.int32).max))
    checkpoint = saved = None
    classes, codes = np.unique(labels, return_inverse=True)
    soft_labels = check_soft_labels(soft_labels, len(images), classes)
    if settings.checkpoint_dir is not None:
        fixed_seed = None if settings.random_state is None else seed
        layers = repr(make(len(classes), images.shape[1:]))
        first = [] if state is None else [state[name] for name in sorted(state)]
        arrays = [images, labels, groups, *first, *([] if soft_labels is None else [soft_labels])]
        digest = training_digest(vars(settings), fixed_seed, layers, *arrays)
        checkpoint = Checkpoint(settings.checkpoint_dir, digest)
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
    if state is not None and saved is None:
        trainer.begin_with(state, same_classes=np.array_equal(classes, state_classes))
    if saved is not None:
        try:
            trainer.restore(saved)
        except ValueError as error:
            checkpoint.reject(error)
    return trainer, checkpoint


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
