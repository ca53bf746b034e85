"""Construction of the ``Bunch`` of a data set, its duplicate clusters and its digest."""

import hashlib
from importlib import resources

import numpy as np
from sklearn.utils import Bunch

from fer_classic.expressions import EXPRESSIONS, decode

__all__ = ["dataset_digest", "duplicate_clusters", "images_and_names", "make_bunch"]


def make_bunch(
    *,
    name,
    images,
    target,
    descr,
    target_names=EXPRESSIONS,
    subjects=None,
    sequences=None,
    split=None,
    filenames=None,
):
    """Create the Bunch of a data set.

    Parameters
    ----------
    name : str
        Name of the data set in :func:`~fer_classic.datasets.load_dataset`.
    images : ndarray of shape (n, h, w), uint8, or sequence of n arrays of shape (h, w), uint8
        Grey images. Stacked if all have the same size.
    target : array-like of shape (n,), int
        Indices into ``target_names``.
    descr : str
        File name, without suffix, of the description in the folder ``descr``.
    target_names : sequence of str, default=EXPRESSIONS
        Class names; pass other names for a data set with custom classes.
    subjects, sequences, split, filenames : array-like of shape (n,), str, or None
        Person, recording, official part and file name of each image.

    Returns
    -------
    bunch : Bunch
        With the fields ``images``, ``data``, ``target``, ``target_names`` (an array, so that
        ``bunch.target_names[bunch.target]`` names each image), ``subjects``, ``sequences``,
        ``split``, ``duplicates``, ``filenames``, ``name`` and ``DESCR``.
    """
    images = _stack(images)
    ragged = images.dtype == object
    return Bunch(
        images=images,
        data=None if ragged else images.reshape(len(images), -1),
        target=np.asarray(target, dtype=np.int64),
        target_names=np.array(target_names),
        subjects=_texts(subjects),
        sequences=_texts(sequences),
        split=_texts(split),
        duplicates=duplicate_clusters(images),
        filenames=_texts(filenames),
        name=name,
        DESCR=resources.files(__package__).joinpath("descr", f"{descr}.rst").read_text("utf-8"),
    )


def images_and_names(bunch):
    """Return images and names, for ``return_X_y=True``.

    Parameters
    ----------
    bunch : Bunch
        As returned by :func:`make_bunch`.

    Returns
    -------
    images : ndarray
        ``bunch.images``.
    names : ndarray of shape (n,), str
        Expression name of each image.
    """
    return bunch.images, decode(bunch.target, bunch.target_names)


def duplicate_clusters(images):
    """Cluster byte-identical images.

    Parameters
    ----------
    images : iterable of n arrays of shape (h, w), uint8
        The images.

    Returns
    -------
    clusters : ndarray of shape (n,), int64
        Cluster ids from 0 in the order of first occurrence.
    """
    first = {}
    keys = ((image.shape, hashlib.blake2b(image.tobytes()).digest()) for image in images)
    return np.array([first.setdefault(key, len(first)) for key in keys], dtype=np.int64)


def dataset_digest(bunch):
    """Compute the digest of the content of a data set, for records of experiments.

    Parameters
    ----------
    bunch : Bunch
        A data set of this package.

    Returns
    -------
    digest : str of 16 hexadecimal digits
        Depends on all pixels, labels, subjects, sequences and splits, and on their order, but not
        on file names, the description or the location.

    Examples
    --------
    >>> from fer_classic.datasets import dataset_digest, load_drawn_faces
    >>> dataset_digest(load_drawn_faces())
    '0fa9fd73a6b1a8ed'
    """
    fingerprint = hashlib.sha256()
    for image in bunch.images:
        fingerprint.update(f"{image.shape}".encode())
        fingerprint.update(image.tobytes())
    fingerprint.update(np.asarray(bunch.target, dtype="<i8").tobytes())
    columns = [bunch.subjects, bunch.sequences, bunch.split]
    # The codes of custom classes are meaningless without their names.
    if tuple(bunch.target_names) != EXPRESSIONS:
        columns.append(np.asarray(bunch.target_names))
    for column in columns:
        # Lengths distinguish ("ab", "c") from ("a", "bc"); bars separate the columns.
        texts = [] if column is None else column.tolist()
        joined = "".join(f"{len(text)}:{text}" for text in texts)
        # A part of a file name need not be text.
        fingerprint.update(joined.encode("utf-8", "surrogatepass") + b"|")
    return fingerprint.hexdigest()[:16]


def _texts(column):
    return None if column is None else np.asarray(column, dtype=str)


def _stack(images):
    if isinstance(images, np.ndarray) and images.dtype != object:
        return np.ascontiguousarray(images)
    images = list(images)
    if len({image.shape for image in images}) == 1:
        return np.stack(images)
    ragged = np.empty(len(images), dtype=object)
    ragged[:] = images
    return ragged
