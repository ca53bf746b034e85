"""Logarithmic opinion pool: weighted sum of log-probabilities, and the fit of its weights."""

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax

from fer_classic.utils._temperature import log_loss

__all__ = ["fit_pool", "pool"]


def pool(log_probabilities, weights, biases=None):
    """Join the log-probabilities of several classifiers.

    Parameters
    ----------
    log_probabilities : array-like of shape (n_parts, n, n_classes)
    weights : array-like of shape (n_parts,)
    biases : array-like of shape (n_classes,), optional
        Added to the weighted sum; 0 by default.

    Returns
    -------
    pooled : ndarray of shape (n, n_classes), float64
        Log-probabilities.
    """
    return log_softmax(_scores(log_probabilities, weights, biases), axis=1)


def fit_pool(log_probabilities, codes, *, biases=False, penalty=10.0):
    """Find the weights of the lowest log-loss.

    Parameters
    ----------
    log_probabilities : array-like of shape (n_parts, n, n_classes)
        Of samples that the classifiers were not fitted on.
    codes : ndarray of shape (n,), int
        Columns of the true classes.
    biases : bool, default=False
        Whether to fit a bias for each class, too.
    penalty : float, default=10.0
        Half of it times the squared distance of the parameters from those of the geometric mean
        is added to the summed log-loss. It decides where few samples do not.

    Returns
    -------
    weights : ndarray of shape (n_parts,)
        0 or more.
    biases : ndarray of shape (n_classes,), or None
        Their mean is 0.
    """
    logs = np.asarray(log_probabilities, dtype=np.float64)
    n_parts, n, n_classes = logs.shape
    start = np.zeros(n_parts + n_classes * biases)
    start[:n_parts] = 1 / n_parts
    truth = np.zeros((n, n_classes))
    truth[np.arange(n), codes] = 1

    def objective(parameters):
        weights, added = parameters[:n_parts], parameters[n_parts:] if biases else None
        scores = _scores(logs, weights, added)
        surplus = np.exp(log_softmax(scores, axis=1)) - truth
        gradient = np.einsum("ijk,jk->i", logs, surplus)
        if biases:
            gradient = np.concatenate([gradient, surplus.sum(axis=0)])
        moved = parameters - start
        loss = n * log_loss(scores, codes) + penalty / 2 * moved @ moved
        # The mean, since the tolerance of the solver is absolute.
        return loss / n, (gradient + penalty * moved) / n

    bounds = [(0, None)] * n_parts + [(None, None)] * (len(start) - n_parts)
    found = minimize(
        objective, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"gtol": 1e-7}
    ).x
    return found[:n_parts], found[n_parts:] if biases else None


def _scores(log_probabilities, weights, biases):
    scores = np.tensordot(weights, np.asarray(log_probabilities, dtype=np.float64), axes=1)
    return scores if biases is None else scores + biases
