"""Maps averaged over the faces of a class."""

import numpy as np

from fer_classic.inspection._explanation import explain

__all__ = ["class_average_maps"]


def class_average_maps(model, images, targets, **parameters):
    """Average the maps of the faces of each class, for that class.

    Parameters
    ----------
    model : estimator
        A fitted classifier, as for :func:`explain`.
    images : array-like of shape (n, h, w)
        Crops; an average needs faces that are at the same place.
    targets : array-like of shape (n,)
        The class of each, which can differ from the predicted one.
    **parameters
        Others of :func:`explain`, such as ``method``.

    Returns
    -------
    maps : dict of str to ndarray of shape (h, w), float32
        By class, sorted.

    Raises
    ------
    ValueError
        If there are no images, the numbers of images and classes differ, or the maps of a class
        differ in size.
    UnknownNameError, NoFaceError, PredictionError
        As for :func:`explain`.

    Notes
    -----
    ``method="masks"`` is suited best: covering single patches hardly changes the score of a face
    that the model is sure of, so that such faces would contribute less to the average.

    Examples
    --------
    >>> from fer_classic.datasets import load_drawn_faces
    >>> from fer_classic.inspection import class_average_maps
    >>> from fer_classic.persistence import load_bundled
    >>> images, names = load_drawn_faces(n_subjects=1, n_per_class=1, return_X_y=True)
    >>> maps = class_average_maps(load_bundled("svm_fast").model, images[:2], ["sad", "happy"])
    >>> list(maps)
    ['happy', 'sad']
    """
    targets = [str(target) for target in targets]
    if not len(images) or len(images) != len(targets):
        raise ValueError(
            f"images and targets must have the same length of at least 1, got {len(images)} "
            f"and {len(targets)}."
        )
    maps_by_class = {name: [] for name in sorted(set(targets))}
    for image, name in zip(images, targets, strict=True):
        maps_by_class[name].append(explain(model, image, target=name, **parameters).map)
    for name, maps in maps_by_class.items():
        shapes = sorted({values.shape for values in maps})
        if len(shapes) > 1:
            raise ValueError(
                f"the maps of {name!r} have the shapes {', '.join(map(str, shapes))}, so that they "
                "have no average; give crops of one size."
            )
    return {name: np.mean(maps, axis=0) for name, maps in maps_by_class.items()}
