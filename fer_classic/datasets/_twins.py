"""Test images that are nearly the same as a training image."""

import numpy as np

from fer_classic.datasets._near import LEAST_CORRELATION, find_blank, is_near, near_pairs

__all__ = ["TRAINING", "near_twins"]

TRAINING = "Training"


def near_twins(bunch, *, correlation=LEAST_CORRELATION):
    """Tell how near each test image comes to the training images.

    Parameters
    ----------
    bunch : Bunch
        A data set with an official split, as the loaders give it.
    correlation : float, default=0.9
        Correlations are told from here on; 0.9 to 1.

    Returns
    -------
    nearest : ndarray of shape (n,), float64
        For each image outside the split ``Training``, the highest Pearson correlation of its pixels
        with those of a training image of the same size or of the mirror image of one; 0 where it is
        under ``correlation``. Training images and blank ones (standard deviation of the pixels
        under 2), whose correlation is noise, have 0.

    Raises
    ------
    ValueError
        If the data set has no official split, or ``correlation`` is not in ``[0.9, 1]``.

    Notes
    -----
    The result is exact: no pair is lost to an approximate search.

    Examples
    --------
    >>> import numpy as np
    >>> from fer_classic.datasets import load_drawn_faces, near_twins
    >>> faces = load_drawn_faces(n_subjects=2, n_per_class=1)
    >>> faces.split = np.repeat(["Training", "PublicTest"], 8)
    >>> faces.images[8] = faces.images[0, :, ::-1]  # the mirror image of a training image
    >>> float(near_twins(faces)[8])
    1.0
    """
    if not is_near(correlation):
        raise ValueError(f"correlation must be from {LEAST_CORRELATION} to 1, got {correlation!r}.")
    if bunch.split is None:
        raise ValueError(
            f"{bunch.name} has no official split, so no image is known to be a training image."
        )
    training = np.asarray(bunch.split) == TRAINING
    pairs, correlations = near_pairs(
        bunch.images, correlation=correlation, exclude=find_blank(bunch.images), probes=~training
    )
    nearest = np.zeros(len(training))
    across = training[pairs[:, 1]]
    np.maximum.at(nearest, pairs[across, 0], correlations[across])
    return nearest
