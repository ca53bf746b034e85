"""Near duplicates of training images among test images."""

import numpy as np

from fer_classic.datasets._near import MIN_CORRELATION, find_blank, is_near, near_pairs

__all__ = ["TRAINING", "near_twins"]

TRAINING = "Training"


def near_twins(bunch, *, correlation=MIN_CORRELATION):
    """Find test images that are near duplicates ("near twins") of training images.

    Parameters
    ----------
    bunch : Bunch
        A data set with an official split, as returned by the loaders.
    correlation : float, default=0.9
        Minimum correlation to report, in 0.9 to 1.

    Returns
    -------
    nearest : ndarray of shape (n,), float64
        For each image outside the split ``Training``, the highest Pearson correlation of its pixels
        with a training image of the same size or its mirror image; 0 if below ``correlation``.
        Training images are 0, as are blank images (standard deviation of the pixels below 2), whose
        correlation is noise.

    Raises
    ------
    ValueError
        If the data set has no official split, or ``correlation`` is not in ``[0.9, 1]``.

    Notes
    -----
    The search is exact, not approximate.

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
        raise ValueError(f"correlation must be in {MIN_CORRELATION} to 1, got {correlation!r}.")
    if bunch.split is None:
        raise ValueError(
            f"{bunch.name} has no official split, so its training images are not known."
        )
    training = np.asarray(bunch.split) == TRAINING
    pairs, correlations = near_pairs(
        bunch.images, correlation=correlation, exclude=find_blank(bunch.images), probes=~training
    )
    nearest = np.zeros(len(training))
    across = training[pairs[:, 1]]
    np.maximum.at(nearest, pairs[across, 0], correlations[across])
    return nearest
