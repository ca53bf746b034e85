"""A convolutional network that is a scikit-learn classifier."""

from numbers import Integral, Real
from os import PathLike
from types import SimpleNamespace

import numpy as np
from sklearn.utils import check_consistent_length
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from fer_classic.neural._build import import_torch
from fer_classic.neural._fitted import FittedNetwork
from fer_classic.units import check_unit
from fer_classic.utils._groups import check_groups
from fer_classic.utils._validation import Interval, StrOptions

__all__ = ["CNNClassifier"]


class CNNClassifier(FittedNetwork):
    """Convolutional network: images in; class names, probabilities or an embedding out.

    Training needs torch (``pip install "fer-classic[cnn]"``). A fitted network answers without it,
    through OpenCV.

    The defaults train the network ``"compact"`` well on some ten thousand faces; on a few hundred
    they do no harm.

    Parameters
    ----------
    network : str or callable, default="compact"
        One of :data:`~fer_classic.neural.NETWORKS`, or ``function(n_classes, image_shape)`` that
        returns a ``torch.nn.Module``, see :func:`~fer_classic.neural.make_network`. To be stored,
        the function must be importable.
    image_shape : tuple of two int, optional
        ``(h, w)`` of the images in flat rows; None takes batches ``(n, h, w)``.
    epochs : int, default=60
        How often the network sees the training images, at most.
    batch_size : "auto" or int, default="auto"
        Images that are taken for one step, 2 or more. "auto" is 128, and less where an epoch would
        have fewer than 16 steps, but not below 16: a network needs some hundred steps to learn.
    optimizer : {"sgd", "adam", "adamw"}, default="sgd"
        "sgd" is with Nesterov momentum of 0.9.
    learning_rate : float, default=0.1
        Largest learning rate.
    weight_decay : float, default=5e-4
        Decay of the weights; biases and normalisations do not decay.
    schedule : {"cosine", "plateau", "constant"}, default="cosine"
        "cosine" rises over the warm-up and then falls to 0 along half a cosine; "plateau"
        multiplies by ``plateau_factor`` whenever the validation loss (without a validation part,
        the training loss) has not fallen for more than ``plateau_patience`` epochs.
    warmup : float, default=0.05
        Share of the training that the cosine rises, below 1.
    plateau_factor : float, default=0.1
        For the schedule "plateau".
    plateau_patience : int, default=2
        For the schedule "plateau".
    augment : {"full", "flip", "camera"}, dict or None, default="full"
        Random changes of the training images. "flip" mirrors every second image. "full" is
        ``{"flip": 0.5, "shift": 0.1, "rotation": 15, "scale": 0.1, "brightness": 0.2,
        "contrast": 0.2, "erasing": 0.5}``: probability of mirroring, largest shift as a share of
        the side, largest angle in degrees, largest changes of size, brightness (in standard
        deviations of the data) and contrast, probability that a rectangle is erased. "camera"
        turns and scales more and adds what poor cameras do, each with a probability and of random
        strength: ``"darkness": 0.2, "noise": 0.15, "blur": 0.15, "resolution": 0.2,
        "compression": 0.2``, see :func:`~fer_classic.utils.disturb`. A dictionary gives the
        strength of each change. Nothing is changed at prediction.
    progressive_resizing : tuple of float or None, default=None
        Sizes of the training images as shares of the full side, each for an equal part of the
        epochs, such as ``(0.5, 0.75, 1)``; the last one is 1. These three take about a third less
        time [4]_. Only epochs of full size can be the best. The network must take images of all
        these sizes, as "compact", "narrow" and "wide" do. On a GPU, runs with equal seeds then
        differ.
    mixup : float, default=0.0
        Parameter of the beta distribution by which pairs of images are blended; 0 is off.
    label_smoothing : float, default=0.1
        Share of the target that is spread over all classes.
    label_refinement : float, default=0.0
        Share of the target that comes from the network's own answers, averaged over the epochs,
        below 1 [1]_. It makes wrong labels count less. Answers are not collected with ``mixup``.
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes in the loss. "balanced" weighs by
        ``n / (n_classes * n_in_class)``.
    oversample : bool, default=False
        Whether an epoch repeats the images of smaller classes until all are equally large. The
        validation part is taken away before.
    averaging : float or None, default=0.999
        Decay of the moving average of the weights, by which the network is validated and kept;
        it is lower in the first steps. None keeps the weights themselves.
    max_norm : float or None, default=5.0
        Gradients longer than this are shortened to it.
    validation_fraction : float or None, default=0.1
        Share of the images that is not learned from but chooses the best epoch; whole groups.
        None learns from all images and keeps the last epoch.
    monitor : {"accuracy", "loss"}, default="accuracy"
        What makes an epoch the best: accuracy on the validation part, loss where that is equal;
        or its loss alone.
    patience : int or None, default=20
        After how many epochs that were not the best the training ends; None never.
    standardize : {"data", "image"}, default="data"
        Whether images are standardised by mean and standard deviation of all training pixels, or
        each by its own, which makes the answer independent of brightness and contrast.
    warm_start : bool, default=False
        Whether ``fit`` begins with the weights of the previous ``fit``, where their shapes are the
        same; for a new set of classes, layers that depend on the number of classes are new.
    precision : {"auto", "float32", "bfloat16"}, default="auto"
        Of the convolutions during training; "auto" is bfloat16 where the processor computes in it,
        else float32. Predictions are always made in float32.
    device : str, default="auto"
        Where the network is trained: "auto" is the first GPU, or else the CPU; or the name of a
        device, such as "cuda:1". Predictions are made by OpenCV on the CPU, unless a GPU is named
        and is there; then torch makes them on it.
    checkpoint_dir : str, path-like or None, default=None
        Folder in which each finished epoch is saved. ``fit`` goes on from there if it was stopped
        with the same parameters, images, labels, groups and seed, and removes its file when it
        ends. After an interrupt, a warm start goes on only in the same object.
    verbose : bool, default=False
        Whether to show a progress bar, or where there is no terminal a line for each epoch.
    random_state : int, RandomState instance or None, default=None
        Fixes first weights, validation part, order and changes of the images. Equal seeds give
        equal models on one machine with the same number of threads.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels, sorted.
    state_ : dict of str to ndarray
        Weights and running statistics of the best epoch.
    layers_ : list of dict or None
        What the network computes, layer by layer, with the names of the weights in ``state_``.
        None if OpenCV cannot compute it; predictions need torch then.
    n_parameters_ : int
        Number of weights that are learned.
    mean_, scale_ : float or None
        Mean and standard deviation of the training pixels, where white is 1, by
        which images are standardised; None if each image is by its own.
    history_ : dict of str to list
        A table with a row for each epoch: ``epoch``, ``learning_rate`` at its begin, ``loss`` and
        ``accuracy`` (on training images as changed, while the weights changed),
        ``validation_loss`` and ``validation_accuracy`` (nan without a validation part),
        ``seconds``.
    best_epoch_ : int
        The epoch, counted from 1, whose weights were kept; 0 if ``fit`` was interrupted in the
        first of full size, or before.
    validation_index_ : ndarray of int
        The images of ``fit`` that were kept for validation.
    temperature_ : float
        What scores are multiplied by before the softmax, fitted on the validation part so that
        probabilities are calibrated [3]_; 0.1 to 10, and 1 where there are fewer than 100
        validation images. With degraded training images ("camera") the validation images count
        twice, as they are and changed in the same way.
    image_shape_ : tuple of two int
        Size of the images seen in ``fit``.
    n_features_in_ : int
        Pixels of one image.

    Notes
    -----
    Ctrl-C ends ``fit`` with ``KeyboardInterrupt``, as it should, but the estimator is fitted, with
    the best weights so far.

    Soft labels that a better model has given are known as distillation [2]_.

    Images stay in their own dtype until a batch needs them, so that memory hardly grows with their
    number.

    References
    ----------
    .. [1] S. Laine, T. Aila, "Temporal ensembling for semi-supervised learning", ICLR 2017.
    .. [2] G. Hinton, O. Vinyals, J. Dean, "Distilling the knowledge in a neural network", 2015.
    .. [3] C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, "On calibration of modern neural networks",
       ICML 2017.
    .. [4] M. Tan, Q. V. Le, "EfficientNetV2: smaller models and faster training", ICML 2021.

    Examples
    --------
    >>> from fer_classic.datasets import load_drawn_faces
    >>> from fer_classic.neural import CNNClassifier
    >>> images, names = load_drawn_faces(n_subjects=2, n_per_class=1, return_X_y=True)
    >>> model = CNNClassifier(epochs=1, random_state=0).fit(images, names)
    >>> model.predict_proba(images).shape
    (16, 8)
    """

    _parameter_constraints = {
        "network": [str, callable],
        "image_shape": [tuple, list, None],
        "epochs": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [StrOptions({"auto"}), Interval(Integral, 2, None, closed="left")],
        "optimizer": [StrOptions({"sgd", "adam", "adamw"})],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "schedule": [StrOptions({"cosine", "plateau", "constant"})],
        "warmup": [Interval(Real, 0, 1, closed="left")],
        "plateau_factor": [Interval(Real, 0, 1, closed="neither")],
        "plateau_patience": [Interval(Integral, 0, None, closed="left")],
        "augment": [StrOptions({"full", "flip", "camera"}), dict, None],
        "progressive_resizing": [tuple, list, None],
        "mixup": [Interval(Real, 0, None, closed="left")],
        "label_smoothing": [Interval(Real, 0, 1, closed="left")],
        "label_refinement": [Interval(Real, 0, 1, closed="left")],
        "class_weight": [StrOptions({"balanced"}), dict, None],
        "oversample": ["boolean"],
        "averaging": [Interval(Real, 0, 1, closed="neither"), None],
        "max_norm": [Interval(Real, 0, None, closed="neither"), None],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither"), None],
        "monitor": [StrOptions({"accuracy", "loss"})],
        "patience": [Interval(Integral, 1, None, closed="left"), None],
        "standardize": [StrOptions({"data", "image"})],
        "warm_start": ["boolean"],
        "precision": [StrOptions({"auto", "float32", "bfloat16"})],
        "device": [str],
        "checkpoint_dir": [str, PathLike, None],
        "verbose": ["boolean"],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        network="compact",
        *,
        image_shape=None,
        epochs=60,
        batch_size="auto",
        optimizer="sgd",
        learning_rate=0.1,
        weight_decay=5e-4,
        schedule="cosine",
        warmup=0.05,
        plateau_factor=0.1,
        plateau_patience=2,
        augment="full",
        progressive_resizing=None,
        mixup=0.0,
        label_smoothing=0.1,
        label_refinement=0.0,
        class_weight=None,
        oversample=False,
        averaging=0.999,
        max_norm=5.0,
        validation_fraction=0.1,
        monitor="accuracy",
        patience=20,
        standardize="data",
        warm_start=False,
        precision="auto",
        device="auto",
        checkpoint_dir=None,
        verbose=False,
        random_state=None,
    ):
        self.network = network
        self.image_shape = image_shape
        self.epochs = epochs
        self.batch_size = batch_size
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.schedule = schedule
        self.warmup = warmup
        self.plateau_factor = plateau_factor
        self.plateau_patience = plateau_patience
        self.augment = augment
        self.progressive_resizing = progressive_resizing
        self.mixup = mixup
        self.label_smoothing = label_smoothing
        self.label_refinement = label_refinement
        self.class_weight = class_weight
        self.oversample = oversample
        self.averaging = averaging
        self.max_norm = max_norm
        self.validation_fraction = validation_fraction
        self.monitor = monitor
        self.patience = patience
        self.standardize = standardize
        self.warm_start = warm_start
        self.precision = precision
        self.device = device
        self.checkpoint_dir = checkpoint_dir
        self.verbose = verbose
        self.random_state = random_state

    def fit(self, X, y, groups=None, soft_labels=None):
        """Train the network.

        Parameters
        ----------
        X : array-like of shape (n, h, w), or (n, p) with ``image_shape``
            Images; ``uint8`` in 0-255 or floating in 0-1.
        y : array-like of shape (n,)
            Labels; two classes or more.
        groups : array-like of shape (n,), optional
            Images of one group (a subject, a sequence, copies of an image) are kept for validation
            together or not at all. By default byte-identical images form a group.
        soft_labels : array-like of shape (n, n_classes), optional
            Probabilities of the sorted classes, which the network learns in place of ``y``: several
            people's votes, or what a better model answers (distillation). Validation is by ``y``.

        Returns
        -------
        self : object

        Raises
        ------
        MissingDependencyError
            If torch is not installed.
        UnknownNameError
            If there is no network of that name.
        ValueError
            If a parameter, the images, the labels, the groups or the soft labels are not as
            described, or the training diverges before an epoch of full size was finished.

        Warns
        -----
        FerClassicWarning
            If an epoch cannot be saved, or what was saved cannot be used; the training goes on.
        ConvergenceWarning
            If the training diverges after that; the best epoch is kept.
        FerClassicWarning
            If the network has a layer that OpenCV does not compute, so that predictions, too, need
            torch.
        """
        import_torch()
        from fer_classic.neural._device import choose_device, isolated
        from fer_classic.neural._session import FirstWeights, prepare

        self._validate_params()
        images, y = self._validate_training(X, y)
        groups = check_groups(groups, images, held_out=self.validation_fraction is not None)
        settings = SimpleNamespace(**self.get_params(deep=False))
        device = choose_device(self.device, fallback=False)
        first = FirstWeights()
        if self.warm_start and hasattr(self, "state_"):
            first = FirstWeights(self.state_, self.classes_)
        with isolated(device):
            trainer, checkpoint, first = prepare(
                settings,
                images,
                y,
                groups,
                make=self._make_network,
                device=device,
                first=first,
                unfinished=getattr(self, "_unfinished", None),
                soft_labels=soft_labels,
            )
            if checkpoint is not None:
                # However the training ends, its file is found by what it began with.
                self._unfinished = first
            try:
                trainer.run(checkpoint)
            except KeyboardInterrupt:
                # Hours of training are not thrown away.
                self._keep(trainer, np.unique(y))
                raise
        self._keep(trainer, np.unique(y))
        if checkpoint is not None:
            checkpoint.remove()
        vars(self).pop("_unfinished", None)
        return self

    def _validate_images(self, X, *, reset):
        """As its base class does; pixels of a picture must be in their unit, too."""
        images = super()._validate_images(X, reset=reset)
        if not self._takes_lines:
            check_unit(images)
        return images

    def _validate_training(self, X, y):
        y = validate_data(self, y=y)
        images = self._validate_images(X, reset=True)
        check_consistent_length(images, y)
        check_classification_targets(y)
        if (y == y[0]).all():
            raise ValueError(
                "CNNClassifier needs images of at least two classes, got one class: "
                f"{y[:1].tolist()[0]!r}."
            )
        return images, y

    def _keep(self, trainer, classes):
        self.classes_ = classes
        self.image_shape_ = trainer.images.values.shape[1:]
        self.state_ = {name: tensor.numpy() for name, tensor in trainer.result().items()}
        self.mean_, self.scale_ = trainer.images.mean, trainer.images.scale
        self.history_, self.best_epoch_ = trainer.history, trainer.best_epoch
        self.validation_index_ = trainer.validation
        self.temperature_ = trainer.temperature()
        module = self._load_module()
        self.n_parameters_ = sum(weights.numel() for weights in module.parameters())
        self._loaded = {}
        self._describe(module)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags
