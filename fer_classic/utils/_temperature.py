"""Temperature scaling: scores that become calibrated probabilities."""

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp

__all__ = ["fit_temperature", "log_loss"]


def log_loss(scores, codes, weights=None):
    """Mean of ``-log softmax(scores)`` at the true classes.

    Parameters
    ----------
    scores : ndarray of shape (n, n_classes)
    codes : ndarray of shape (n,), int
        Column of the true class.
    weights : ndarray of shape (n,), optional
        How much each sample counts; all count the same by default.

    Returns
    -------
    loss : float
    """
    losses = logsumexp(scores, axis=1) - scores[np.arange(len(codes)), codes]
    return float(np.average(losses, weights=weights))


def fit_temperature(scores, codes, weights=None, *, bounds=(1e-2, 1e3)):
    """Find ``t`` that makes ``softmax(t * scores)`` most likely to give the classes ``codes``.

    Parameters
    ----------
    scores : ndarray of shape (n, n_classes)
        Scores of samples that the model was not fitted on.
    codes : ndarray of shape (n,), int
        Column of the true class.
    weights : ndarray of shape (n,), optional
        How much each sample counts; all count the same by default.
    bounds : tuple of two float
        Smallest and largest temperature. Where all samples are right, the likelihood has no
        maximum, and the temperature becomes the largest.

    Returns
    -------
    temperature : float

    References
    ----------
    Guo, Pleiss, Sun, Weinberger: On calibration of modern neural networks. ICML 2017.
    """
    scores = np.asarray(scores, dtype=np.float64)

    def loss(log_temperature):
        return log_loss(np.exp(log_temperature) * scores, codes, weights)

    found = minimize_scalar(loss, bounds=tuple(np.log(bounds)), method="bounded")
    return float(np.exp(found.x))
