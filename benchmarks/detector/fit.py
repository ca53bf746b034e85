"""Fitting the networks, and finding the windows on which they are still wrong."""

import math

import torch
from torch.nn.functional import binary_cross_entropy_with_logits, smooth_l1_loss

from benchmarks.detector.windows import face_windows, other_windows

__all__ = ["fit", "standardize"]

# Windows of a step: made of faces, without faces, and of the latter those that were mined.
_N_FACES, _N_OTHERS, _N_HARD = 128, 144, 88
# Added to the variance, in squared grey levels.
_FLOOR = 4.0


def standardize(images):
    """Bring each window to mean 0 and deviation 1, as the detector does."""
    mean = images.mean((2, 3), keepdim=True)
    variance = images.var((2, 3), keepdim=True, unbiased=False)
    return (images - mean) / (variance + _FLOOR).sqrt()


def _hardest(network, images, is_face):
    """Numbers of the half of the windows about which the network is most wrong."""
    with torch.no_grad():
        logits = network(images).flatten(1)[:, 0]
    losses = binary_cross_entropy_with_logits(logits, is_face, reduction="none")
    return losses.topk(len(losses) // 2).indices


def _loss(output, is_face, places):
    faces = is_face > 0
    loss = binary_cross_entropy_with_logits(output[:, 0], is_face)
    if faces.any():
        loss = loss + 2.0 * smooth_l1_loss(output[faces, 1:], places[faces], beta=0.1)
    return loss


def _take(pool, n):
    return pool[torch.randint(len(pool), (n,))].float()


def fit(
    network,
    prepare,
    faces,
    others,
    hard=None,
    *,
    context,
    steps,
    learning_rate=2e-3,
    say=print,
):
    """Fit a network to faces, parts of faces and other windows.

    Parameters
    ----------
    network : torch.nn.Module
        Changed in place.
    prepare : callable
        From images ``(n, 1, p, p)`` to what the network takes.
    faces, others : tensor of shape (n, 1, p, p), uint8
    hard : tensor of shape (n, 1, p, p), uint8, optional
        Windows that an earlier network took for faces.
    context : float
        Side of the pictures over that of the window.
    steps : int
        The learning rate goes down to 0 in so many steps.
    learning_rate : float, default=2e-3
    say : callable
        Takes a line about the progress.
    """
    optimizer = torch.optim.AdamW(network.parameters(), lr=learning_rate, weight_decay=1e-3)
    network.train()
    n_hard = 0 if hard is None or not len(hard) else _N_HARD
    mean = 0.0
    for step in range(1, steps + 1):
        for group in optimizer.param_groups:
            falling = 0.5 + 0.5 * math.cos(math.pi * step / steps)
            group["lr"] = learning_rate * min(1.0, step / 100) * falling
        windows = face_windows(
            _take(faces, _N_FACES), _take(others, _N_FACES), side=network.side, context=context
        )
        windows += other_windows(
            _take(others, _N_OTHERS - n_hard), side=network.side, context=context
        )
        if n_hard:
            windows += other_windows(
                _take(hard, n_hard), side=network.side, context=context, turned=False
            )
        images = prepare(windows.images)
        kept = _hardest(network, images, windows.is_face)
        output = network(images[kept]).flatten(1)
        loss = _loss(output, windows.is_face[kept], windows.places[kept])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        mean += (loss.item() - mean) * max(0.02, 1 / step)
        if step % 500 == 0:
            say(f"{step} of {steps} steps, loss {mean:.4f}")
    network.eval()
