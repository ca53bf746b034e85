"""What the network is trained towards: labels, or distributions over the classes."""

import numpy as np
import torch
from torch.nn import functional

__all__ = ["Targets", "check_soft_labels"]

# Share of the averaged answers that an epoch keeps.
_KEPT = 0.9
# By how much the sum of a row of probabilities in float32 may differ from 1.
_TOLERANCE = 1e-3


def check_soft_labels(values, n_images, classes):
    """Check that there is a distribution over the classes for each image, or raise ValueError.

    Parameters
    ----------
    values : array-like of shape (n_images, n_classes) or None
    n_images : int
    classes : ndarray of shape (n_classes,)

    Returns
    -------
    values : ndarray of shape (n_images, n_classes), float32, or None
    """
    if values is None:
        return None
    values = np.asarray(values, dtype=np.float32)
    expected = (n_images, len(classes))
    if values.shape != expected:
        raise ValueError(
            f"soft_labels must have shape {expected}, a row for each image and a column for each "
            f"of the classes {', '.join(map(str, classes))}; got {values.shape}."
        )
    if not (values >= 0).all() or (abs(values.sum(axis=1) - 1) > _TOLERANCE).any():
        raise ValueError(
            "soft_labels must be probabilities: 0 or more, and each row with a sum of 1; got "
            f"values from {values.min():g} to {values.max():g} and sums from "
            f"{values.sum(axis=1).min():g} to {values.sum(axis=1).max():g}."
        )
    return values


class Targets:
    """The targets of the training images, by position.

    Parameters
    ----------
    codes : ndarray of shape (n,), int
        Classes.
    n_classes : int
    soft_labels : ndarray of shape (n, n_classes), float32, or None
        Distributions in place of the classes.
    refinement : float
        Share of a target that comes from the answers of the network in earlier epochs.
    device : torch.device
    """

    def __init__(self, codes, n_classes, *, soft_labels, refinement, device):
        self.codes = torch.from_numpy(codes).to(device)
        self.refinement = refinement
        self.given = self.answers = None
        if soft_labels is not None:
            self.given = torch.from_numpy(soft_labels).to(device)
        elif refinement:
            self.given = functional.one_hot(self.codes, n_classes).float()
        if refinement:
            self.answers = self.given.clone()

    def batch(self, positions):
        """Give the targets of a batch, as the cross-entropy takes them.

        Parameters
        ----------
        positions : ndarray of shape (m,), int

        Returns
        -------
        targets : tensor of shape (m,), int64, or (m, n_classes), float32
            Classes, or distributions where there are soft labels or refinement.
        """
        if self.given is None:
            return self.codes[positions]
        if self.answers is None:
            return self.given[positions]
        return torch.lerp(self.given[positions], self.answers[positions], self.refinement)

    def learn(self, positions, scores):
        """Take in what the network answered for a batch.

        Parameters
        ----------
        positions : ndarray of shape (m,), int
        scores : tensor of shape (m, n_classes), float32
        """
        if self.answers is not None:
            now = scores.detach().softmax(dim=1)
            self.answers[positions] = torch.lerp(now, self.answers[positions], _KEPT)
