"""Fitting the networks, and finding the windows on which they are still wrong."""

import math
import time

import torch
from torch.nn.functional import binary_cross_entropy_with_logits, smooth_l1_loss

from benchmarks.detector.windows import face_windows, other_windows

__all__ = ["fit", "standardize"]


def standardize(images, floor=4.0):
    """Bring each window to mean 0 and deviation 1; ``floor`` is added to the variance."""
    mean = images.mean((2, 3), keepdim=True)
    variance = images.var((2, 3), keepdim=True, unbiased=False)
    return (images - mean) / (variance + floor).sqrt()


def _loss(output, windows, weight):
    logits, places = output[:, 0], output[:, 1:]
    names = binary_cross_entropy_with_logits(
        logits, windows.is_face, pos_weight=torch.tensor(weight), reduction="none"
    )
    # The clearest half of the windows says nothing new.
    kept = names.topk(max(1, int(0.6 * len(names)))).values
    faces = windows.is_face > 0
    boxes = smooth_l1_loss(places[faces], windows.places[faces], beta=0.1)
    return kept.mean() + 2.0 * boxes


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
    minutes,
    learning_rate=2e-3,
    positive_weight=1.0,
    say=print,
):
    """Fit a network to faces, parts of faces and other windows until the time is over.

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
    minutes : float
        The learning rate goes down to 0 in this time.
    learning_rate, positive_weight : float
    say : callable
        Takes a line about the progress.
    """
    optimizer = torch.optim.AdamW(network.parameters(), lr=learning_rate, weight_decay=1e-3)
    network.train()
    start, step, mean = time.monotonic(), 0, 0.0
    while (passed := (time.monotonic() - start) / (60 * minutes)) < 1:
        for group in optimizer.param_groups:
            warm = min(1.0, (step + 1) / 100)
            group["lr"] = learning_rate * warm * (0.5 + 0.5 * math.cos(math.pi * passed))
        windows = face_windows(
            _take(faces, 192), _take(others, 192), side=network.side, context=context
        )
        n_hard = 0 if hard is None else 128
        windows += other_windows(_take(others, 192 - n_hard), side=network.side, context=context)
        if n_hard:
            windows += other_windows(
                _take(hard, n_hard), side=network.side, context=context, turned=False
            )
        output = network(prepare(windows.images)).flatten(1)
        loss = _loss(output, windows, positive_weight)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        mean += (loss.item() - mean) * 0.02
        step += 1
        if step % 500 == 0:
            say(f"{step} steps, {passed:.0%} of the time, loss {mean:.4f}")
    network.eval()
    say(f"{step} steps, loss {mean:.4f}")
