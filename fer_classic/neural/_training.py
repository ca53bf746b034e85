"""The training of a network: epochs, validation, the best weights."""

import math
import warnings
from functools import partial
from time import perf_counter

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from torch.nn import functional

from fer_classic.neural._augment import augment, check_augmentation, degrade, degrades, mix_up
from fer_classic.neural._device import autocast, training_dtype
from fer_classic.neural._optimisation import Average, make_optimizer, make_schedule
from fer_classic.neural._parts import epoch_order, split_batches
from fer_classic.neural._progress import Progress
from fer_classic.neural._resizing import Resizing
from fer_classic.neural._targets import Targets
from fer_classic.utils._temperature import fit_temperature

__all__ = ["COLUMNS", "Trainer", "shapes"]

COLUMNS = (
    "epoch",
    "learning_rate",
    "loss",
    "accuracy",
    "validation_loss",
    "validation_accuracy",
    "seconds",
)
# Bounds of a batch, and of the number of batches in an epoch, where the size is not set by hand.
_MAX_BATCH_SIZE, _MIN_BATCH_SIZE, _MIN_BATCHES = 128, 16, 16
# Images that determine a temperature; of fewer, all may be right by chance. The bounds keep
# probabilities away from 0 and 1 where all of many are right.
_ENOUGH_TO_CALIBRATE, _TEMPERATURES = 100, (0.1, 10.0)


class Trainer:
    """A network in training.

    Parameters
    ----------
    module : torch.nn.Module
        The network, on the device that computes.
    images : Images
        All images.
    codes : ndarray of shape (n,), int
        Their classes.
    part : ndarray of shape (n,), bool
        True for the images that are kept for validation.
    settings : namespace
        The parameters of the classifier.
    n_classes : int
    class_weights : ndarray of shape (n_classes,) or None
        Weights of the classes in the loss.
    soft_labels : ndarray of shape (n, n_classes), float32, or None
        Distributions over the classes in place of the classes.
    seed : int
        All randomness of an epoch comes from this and the number of the epoch.
    device : torch.device
    """

    def __init__(
        self,
        module,
        images,
        codes,
        part,
        settings,
        *,
        n_classes,
        class_weights,
        soft_labels,
        seed,
        device,
    ):
        self.module = module.to(device, memory_format=torch.channels_last)
        self.images, self.codes = images, codes
        self.train, self.validation = np.flatnonzero(~part), np.flatnonzero(part)
        self.settings, self.seed, self.device = settings, seed, device
        self.strengths = check_augmentation(settings.augment)
        self.resizing = Resizing(
            settings.progressive_resizing, images.values.shape[1:], settings.epochs
        )
        self.resizing.check(self.module, device)
        self.dtype = training_dtype(settings.precision, device)
        self.loss = self._make_loss(class_weights)
        self.targets = Targets(
            codes,
            n_classes,
            soft_labels=soft_labels,
            refinement=settings.label_refinement,
            device=device,
        )
        self.optimizer = make_optimizer(module, settings)
        self.n_steps = len(self._batches(np.random.default_rng(seed)))
        self.schedule = make_schedule(self.optimizer, settings, settings.epochs * self.n_steps)
        self.average = Average(module, settings.averaging) if settings.averaging else None
        # A network of the user's may hold infinite constants, such as a mask.
        state = self.scored.state_dict()
        self.finite_names = [name for name in state if _is_finite(state[name])]
        self.history = {name: [] for name in COLUMNS}
        self.best_epoch, self.best_score, self.best_state = 0, None, None

    def _make_loss(self, weights):
        smoothing = self.settings.label_smoothing
        if weights is not None:
            weights = weights / weights[self.codes[self.train]].mean()
            weights = torch.tensor(weights, dtype=torch.float32, device=self.device)
        loss = torch.nn.CrossEntropyLoss(weights, label_smoothing=smoothing, reduction="sum")
        # Torch's own mean divides by the weights in the batch, so that a rare class would count no
        # more than others in the batches that hold none of the frequent ones.
        return lambda scores, targets: loss(scores, targets) / len(targets)

    @property
    def scored(self):
        """The network whose weights are validated and kept."""
        return self.module if self.average is None else self.average.module

    @property
    def n_done(self):
        """Number of finished epochs."""
        return len(self.history["epoch"])

    def run(self, checkpoint=None):
        """Train until all epochs are done, or the validation part has not gained for long."""
        with Progress(
            self.settings.verbose,
            n_epochs=self.settings.epochs,
            n_steps=self.n_steps,
            done=self.n_done,
        ) as progress:
            self._run(progress, checkpoint)

    def _run(self, progress, checkpoint):
        while self.n_done < self.settings.epochs and not self._exhausted():
            row = self._epoch(progress)
            problem = self._problem(row)
            if problem:
                self._diverged(problem)
                return
            for name in COLUMNS:
                self.history[name].append(row[name])
            self._keep_best(row)
            progress.epoch(row)
            if checkpoint is not None:
                checkpoint.save(self.state(), self.n_done)

    def _exhausted(self):
        patience = self.settings.patience
        watched = len(self.validation) > 0 and patience is not None
        return watched and self.n_done - max(self.best_epoch, self.resizing.n_smaller) >= patience

    def _problem(self, row):
        """Say what is not finite after an epoch; "" if all is.

        The training loss alone does not tell: it is measured before each step. And large weights
        are finite where the scores that they give are not.
        """
        epoch = row["epoch"]
        if not math.isfinite(row["loss"]):
            return f"the training loss of epoch {epoch} is not a finite number"
        state = self.scored.state_dict()
        if not all(_is_finite(state[name]) for name in self.finite_names):
            return f"the weights of epoch {epoch} are not finite numbers"
        if not len(self.validation):
            return "" if self._answers(epoch) else f"the scores of epoch {epoch} are not finite"
        if not math.isfinite(row["validation_loss"]):
            return f"the validation loss of epoch {epoch} is not a finite number"
        return ""

    @torch.inference_mode()
    def _answers(self, epoch):
        """Whether the scores of a few training images are finite."""
        self.scored.eval()
        # Always the same ones, chosen without the random numbers of the epochs.
        step = max(len(self.train) // _MIN_BATCH_SIZE, 1)
        images = self.images.batch(self.train[::step][:_MIN_BATCH_SIZE], self.device)
        return _is_finite(self.scored(self.resizing.apply(images, epoch)))

    def _diverged(self, problem):
        advice = (
            f"{problem}; use a smaller learning_rate than {self.settings.learning_rate:g}, or "
            "max_norm"
        )
        if self.best_state is None:
            raise ValueError(f"CNNClassifier: {advice}.")
        warnings.warn(
            f"{advice}. The weights of epoch {self.best_epoch} are kept.",
            ConvergenceWarning,
            stacklevel=4,
        )

    def _batches(self, rng):
        order = epoch_order(self.codes[self.train], rng, oversample=self.settings.oversample)
        size = self.settings.batch_size
        if size == "auto":
            size = min(_MAX_BATCH_SIZE, max(_MIN_BATCH_SIZE, len(order) // _MIN_BATCHES))
        return split_batches(self.train[order], size)

    def _epoch(self, progress):
        start, epoch = perf_counter(), self.n_done + 1
        rng = np.random.default_rng([self.seed, epoch])
        torch.manual_seed(int(rng.integers(2**63)))
        rate = self.optimizer.param_groups[0]["lr"]
        self.module.train()
        sums, n_seen = torch.zeros(2, device=self.device), 0
        for positions in self._batches(rng):
            sums += self._step(positions, epoch, rng)
            n_seen += len(positions)
            progress.step(epoch, sums[0] / n_seen, sums[1] / n_seen)
        loss, accuracy = (sums / n_seen).tolist()
        loss_there, accuracy_there = self._validate(epoch)
        if self.settings.schedule == "plateau":
            self.schedule.step(loss if math.isnan(loss_there) else loss_there)
        seconds = perf_counter() - start
        values = (epoch, rate, loss, accuracy, loss_there, accuracy_there, seconds)
        return dict(zip(COLUMNS, values, strict=True))

    def _step(self, positions, epoch, rng):
        """Learn from a batch; returns the sums of loss and of right answers."""
        images = self.images.batch(
            positions, self.device, lambda pixels: degrade(pixels, self.strengths, rng)
        )
        images = self.resizing.apply(augment(images, self.strengths, rng), epoch)
        targets = self.targets.batch(positions)
        partners, share = None, 1.0
        if self.settings.mixup:
            images, partners, share = mix_up(images, self.settings.mixup, rng)
        with autocast(self.device, self.dtype):
            scores = self.module(images)
        scores = scores.float()
        loss = self.loss(scores, targets)
        if partners is not None:
            loss = share * loss + (1 - share) * self.loss(scores, targets[partners])
        else:
            self.targets.learn(positions, scores)
        self.optimizer.zero_grad()
        loss.backward()
        if self.settings.max_norm is not None:
            torch.nn.utils.clip_grad_norm_(self.module.parameters(), self.settings.max_norm)
        self.optimizer.step()
        if self.settings.schedule != "plateau":
            self.schedule.step()
        if self.average is not None:
            self.average.update_parameters(self.module)
        right = (scores.detach().argmax(dim=1) == self.targets.codes[positions]).sum()
        return torch.stack([loss.detach() * len(positions), right])

    @torch.inference_mode()
    def _validate(self, epoch):
        """Mean log-loss and accuracy on the validation part; two nan without one.

        Its images have the size of those that the epoch has trained on.
        """
        if not len(self.validation):
            return math.nan, math.nan
        self.scored.eval()
        loss, right, done = 0.0, 0, 0
        for images in self.images.blocks(self.validation, self.device):
            codes = self.codes[self.validation[done : done + len(images)]]
            codes = torch.from_numpy(codes).to(self.device)
            with autocast(self.device, self.dtype):
                scores = self.scored(self.resizing.apply(images, epoch))
            loss += float(functional.cross_entropy(scores.float(), codes, reduction="sum"))
            right += int((scores.argmax(dim=1) == codes).sum())
            done += len(images)
        return loss / done, right / done

    def _keep_best(self, row):
        loss, accuracy = row["validation_loss"], row["validation_accuracy"]
        score = [-loss] if self.settings.monitor == "loss" else [accuracy, -loss]
        if not self.resizing.is_full(row["epoch"]):
            return
        # Without a validation part the last epoch is the best.
        if not len(self.validation) or self.best_score is None or score > self.best_score:
            self.best_epoch, self.best_score = row["epoch"], score
            self.best_state = _copy(self.scored.state_dict())

    def begin_with(self, state, *, leaving=()):
        """Begin with the weights of another training, those whose shape is the same.

        Parameters
        ----------
        state : dict of str to ndarray
            Weights by name, as :meth:`result` gives them.
        leaving : collection of str, default=()
            Names of weights that are not taken.
        """
        own = self.module.state_dict()
        fitting = {
            name: torch.from_numpy(np.array(array))
            for name, array in state.items()
            if name in own and own[name].shape == array.shape and name not in leaving
        }
        for module in (self.module, self.average):
            if module is not None:
                target = module if module is self.module else module.module
                target.load_state_dict(fitting, strict=False)

    def result(self):
        """Give the best weights; those of the moment, if no epoch of full size was finished."""
        return self.best_state or _copy(self.scored.state_dict())

    @torch.inference_mode()
    def temperature(self):
        """Fit what the scores of the best weights are multiplied by to give probabilities.

        It is fitted on the validation part as it is and, where training images are degraded as by a
        camera, once more on its images changed like those. Without a validation part, or with a
        small one, it is 1.
        """
        if len(self.validation) < _ENOUGH_TO_CALIBRATE:
            return 1.0
        self.scored.load_state_dict(self.result())
        self.scored.eval()
        rng = np.random.default_rng([self.seed, 0])
        rounds = [{}, self.strengths] if degrades(self.strengths) else [{}]
        scores = [
            self.scored(augment(images, strengths, rng)).float().cpu().numpy()
            for strengths in rounds
            for images in self.images.blocks(
                self.validation, self.device, partial(degrade, strengths=strengths, rng=rng)
            )
        ]
        codes = np.tile(self.codes[self.validation], len(rounds))
        return fit_temperature(np.concatenate(scores), codes, bounds=_TEMPERATURES)

    def state(self):
        """Give all that is needed to go on after the last epoch."""
        return {
            "seed": self.seed,
            "module": self.module.state_dict(),
            "average": None if self.average is None else self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "answers": self.targets.answers,
            "history": self.history,
            "best": [self.best_epoch, self.best_score, self.best_state],
        }

    def restore(self, state):
        """Go on from what :meth:`state` gave.

        Raises
        ------
        ValueError
            If it is the state of another network; nothing is changed then.
        """
        if shapes(state["module"]) != shapes(self.module.state_dict()):
            raise ValueError("its weights do not fit this network")
        self.module.load_state_dict(state["module"])
        if self.average is not None:
            self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        answers = state["answers"]
        self.targets.answers = None if answers is None else answers.to(self.device)
        self.history = state["history"]
        self.best_epoch, self.best_score, self.best_state = state["best"]


def _is_finite(tensor):
    return bool(torch.isfinite(tensor).all())


def _copy(state):
    return {name: tensor.detach().to("cpu", copy=True) for name, tensor in state.items()}


def shapes(state):
    """Give the shape of each weight of a state by its name."""
    return {name: tuple(tensor.shape) for name, tensor in state.items()}
