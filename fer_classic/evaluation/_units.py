"""Independent units of a data set."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from fer_classic.exceptions import LeakageError
from fer_classic.utils._splits import check_split

__all__ = ["check_fold", "count_leaks", "independent_units"]


def independent_units(bunch):
    """Group images that depend on each other.

    Units are the connected components of a graph in which two images are linked if they share a
    subject or a sequence, or have identical pixels.

    Parameters
    ----------
    bunch : Bunch
        A data set with ``target``, ``subjects``, ``sequences`` and ``duplicates``. Subjects and
        sequences may be None; an empty name means "unknown" and creates no link.

    Returns
    -------
    units : ndarray of shape (n,), int64
        Unit of each image, numbered from 0 in the order of first occurrence.
    """
    n_images = len(bunch.target)
    images, nodes, n_nodes = [], [], n_images
    for ids in _links(bunch).values():
        if ids is None:
            continue
        known = np.flatnonzero(ids >= 0)
        images.append(known)
        nodes.append(ids[known] + n_nodes)
        n_nodes += ids.max(initial=-1) + 1
    rows = np.concatenate([*images, np.empty(0, np.int64)])
    columns = np.concatenate([*nodes, np.empty(0, np.int64)])
    graph = coo_array((np.ones(len(rows), np.int8), (rows, columns)), shape=(n_nodes, n_nodes))
    _, component = connected_components(graph, directed=False)
    _, first, units = np.unique(component[:n_images], return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[units].astype(np.int64)


def count_leaks(bunch, fold):
    """Count the test images that are not independent of the training set.

    Parameters
    ----------
    bunch : Bunch
        The data set.
    fold : Fold
        A fold of it.

    Returns
    -------
    leaks : dict
        Keys ``"subject"``, ``"sequence"`` and ``"duplicate"``: the number of test images that share
        one with the training set, or None if the data set does not provide them.
    """
    counts = {}
    for link, ids in _links(bunch).items():
        if ids is None:
            counts[link] = None
            continue
        test = ids[fold.test]
        counts[link] = int(np.count_nonzero(np.isin(test, ids[fold.train]) & (test >= 0)))
    return counts


def check_fold(bunch, fold, *, leaky=False):
    """Raise LeakageError if the parts of a fold are not independent.

    Parameters
    ----------
    bunch : Bunch
        The data set.
    fold : Fold
        A fold of it.
    leaky : bool, default=False
        Whether the protocol allows dependent images, such as the random folds of ``"kfold"``. An
        image cannot be on both sides in any protocol.

    Raises
    ------
    LeakageError
        With the kind of link, and the number of test images that have it.
    """
    what = f"fold {fold.name} of {bunch.name}"
    check_split(fold.train, fold.test, np.arange(len(bunch.target)), what=what)
    if leaky:
        return
    for kind, count in count_leaks(bunch, fold).items():
        if count:
            raise LeakageError(
                f"{what}: {count:,} of {len(fold.test):,} test images share a {kind} with the "
                "training part."
            )
    # Units may be joined by a chain of links over images of neither part.
    check_split(fold.train, fold.test, independent_units(bunch), what=what)


def _links(bunch):
    """Return an id per image (-1 if unknown) for each kind of link, or None if not provided."""
    links = {}
    for link, field in (("subject", "subjects"), ("sequence", "sequences")):
        names = bunch[field]
        if names is None:
            links[link] = None
            continue
        names = np.asarray(names, dtype=str)
        links[link] = np.unique(names, return_inverse=True)[1].astype(np.int64)
        links[link][names == ""] = -1
    return links | {"duplicate": np.asarray(bunch.duplicates, dtype=np.int64)}
