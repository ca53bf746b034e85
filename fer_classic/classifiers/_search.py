"""Selection of the kernel and the ridge parameter by the out-of-fold log-loss."""

from itertools import product

import numpy as np

from fer_classic.classifiers._all_rows import factor_rows, kernel_rows
from fer_classic.classifiers._cholesky import solve
from fer_classic.classifiers._out_of_fold import oof_residuals
from fer_classic.utils._temperature import fit_temperature, log_loss

__all__ = ["ALPHAS", "search"]

ALPHAS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)


def search(kernels, alphas, X, targets, intercept, codes, weights, groups):
    """Find the kernel and ridge with the lowest log-loss of out-of-fold probabilities.

    Parameters
    ----------
    kernels : dict of str to Kernel
        Candidates, as :func:`kernel_rows` takes them.
    alphas : tuple of float
        Candidates.
    X : ndarray of shape (n, n_features)
    targets : ndarray of shape (n, n_classes)
    intercept : ndarray of shape (n_classes,)
        Subtracted from the targets.
    codes : ndarray of shape (n,), int
        Columns of the true classes.
    weights : ndarray of shape (n,)
        Weights of the rows.
    groups : ndarray of shape (n,), int
        Rows of one group are held out together.

    Returns
    -------
    found : dict of str to list
        ``kernel``, ``alpha`` and ``log_loss`` of each candidate that could be solved, sorted by
        ``log_loss``.
    """
    every, found = np.arange(len(X)), []
    matrices = {name: kernel_rows(kernel, X) for name, kernel in kernels.items()}
    for (name, K), alpha in product(matrices.items(), alphas):
        try:
            factor = factor_rows(K.copy(), alpha / weights)
        except np.linalg.LinAlgError:
            continue
        residuals = oof_residuals(factor, solve(factor, targets - intercept), groups, every)
        scores = targets - residuals
        temperature = fit_temperature(scores, codes, weights)
        found.append((log_loss(temperature * scores, codes, weights), name, alpha))
    found.sort()
    return {
        "kernel": [name for _, name, _ in found],
        "alpha": [alpha for _, _, alpha in found],
        "log_loss": [loss for loss, _, _ in found],
    }
