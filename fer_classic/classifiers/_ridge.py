"""Ridge regression on class indicators, and what it says of each group without that group."""

import numpy as np
from scipy.linalg import cho_factor, cho_solve

__all__ = ["fit_ridge"]


def fit_ridge(rows, codes, groups, *, alpha):
    """Fit a ridge regression on class indicators.

    Parameters
    ----------
    rows : ndarray of shape (n, n_features)
        Standardised features.
    codes : ndarray of shape (n,), int
        Classes, from 0 up, each at least once; all classes weigh alike.
    groups : ndarray of shape (n,), int
        Groups, from 0 up.
    alpha : float
        Penalty.

    Returns
    -------
    coef : ndarray of shape (n_features, n_classes)
    intercept : ndarray of shape (n_classes,)
        Penalised like a coefficient.
    left_out : ndarray of shape (n, n_classes)
        Scores of each row by the regression on the rows of all other groups.

    Notes
    -----
    With the hat matrix H, the residuals r of a group that is left out follow from those of the fit
    on all rows: (I - H_gg) r_g = (y - Hy)_g.
    """
    n, n_features = rows.shape
    counts = np.bincount(codes)
    targets = np.eye(len(counts))[codes] - 1 / len(counts)
    # Least squares with weights is least squares on rows that are scaled by their roots.
    roots = np.sqrt(n / (len(counts) * counts[codes]))[:, np.newaxis]
    inputs = roots * np.column_stack([rows / np.sqrt(n_features), np.ones(n)])
    gram = inputs @ inputs.T
    factor = cho_factor(gram + alpha * np.eye(n))
    dual = cho_solve(factor, roots * targets)
    hat = cho_solve(factor, gram)
    residuals = roots * targets - gram @ dual
    left_out = np.empty_like(targets)
    for group in np.unique(groups):
        of = np.flatnonzero(groups == group)
        alone = np.linalg.solve(np.eye(len(of)) - hat[np.ix_(of, of)], residuals[of])
        left_out[of] = targets[of] - alone / roots[of]
    coef = inputs.T @ dual
    return coef[:-1] / np.sqrt(n_features), coef[-1], left_out
