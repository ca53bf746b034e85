"""Optimisers, learning-rate schedules and averaged weights: torch's, with our settings."""

import math

import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

__all__ = ["Average", "make_optimizer", "make_schedule"]

# Kinds of devices for which every torch that is supported has fused steps.
_FUSED = ("cpu", "cuda")


def make_optimizer(module, settings):
    """Make the optimiser; biases and the weights of normalisations do not decay."""
    decaying = [p for p in module.parameters() if p.ndim > 1]
    others = [p for p in module.parameters() if p.ndim <= 1]
    groups = [
        {"params": decaying, "weight_decay": settings.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    # A fused step passes over the weights once, torch's default on a CPU several times. That shows
    # in networks with millions of weights and batches of few images.
    fused = all(p.is_floating_point() and p.device.type in _FUSED for p in module.parameters())
    options = {"lr": settings.learning_rate, "fused": fused}
    if settings.optimizer == "sgd":
        return torch.optim.SGD(groups, momentum=0.9, nesterov=True, **options)
    kind = torch.optim.Adam if settings.optimizer == "adam" else torch.optim.AdamW
    return kind(groups, **options)


def make_schedule(optimizer, settings, n_steps):
    """Make the schedule of the learning rate.

    Parameters
    ----------
    optimizer : torch.optim.Optimizer
    settings : namespace
        ``schedule``, ``warmup``, ``plateau_factor`` and ``plateau_patience``.
    n_steps : int
        Number of batches of the whole training.

    Returns
    -------
    schedule : torch.optim.lr_scheduler.LRScheduler
        ``ReduceLROnPlateau`` takes the validation loss after each epoch, all others take a
        step after each batch.
    """
    schedulers = torch.optim.lr_scheduler
    if settings.schedule == "plateau":
        return schedulers.ReduceLROnPlateau(
            optimizer, factor=settings.plateau_factor, patience=settings.plateau_patience
        )
    if settings.schedule == "constant":
        return schedulers.LambdaLR(optimizer, lambda step: 1.0)
    n_warm = round(settings.warmup * n_steps)

    def factor(step):
        if step < n_warm:
            return (step + 1) / (n_warm + 1)
        progress = (step - n_warm) / max(n_steps - n_warm, 1)
        return 0.5 * (1 + math.cos(math.pi * min(progress, 1.0)))

    return schedulers.LambdaLR(optimizer, factor)


class Average(AveragedModel):
    """Exponential moving average of the weights, that forgets faster in the first steps.

    Parameters
    ----------
    module : torch.nn.Module
        The network that is trained.
    decay : float
        Share of the old average that a step keeps, once the training is long enough for it.
    """

    def __init__(self, module, decay):
        self._n_steps = 0

        def average(averages, weights, n_averaged):
            # With the full decay from the start, a short training would end with weights that are
            # mostly those of its first steps.
            start = (1 + self._n_steps) / (10 + self._n_steps)
            get_ema_multi_avg_fn(min(decay, start))(averages, weights, n_averaged)

        super().__init__(module, multi_avg_fn=average, use_buffers=True)

    def update_parameters(self, module):
        """Take in the weights after a step."""
        super().update_parameters(module)
        self._n_steps += 1

    def load_state_dict(self, state, *args, **kwargs):
        """Go on from a saved average."""
        result = super().load_state_dict(state, *args, **kwargs)
        self._n_steps = int(self.n_averaged)
        return result
