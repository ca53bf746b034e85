"""Feature extraction in blocks, in several processes, in memory or to disk."""

import warnings
import weakref
from contextlib import ExitStack, contextmanager
from numbers import Real
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from time import perf_counter

import numpy as np
from joblib import Parallel, delayed, effective_n_jobs
from sklearn import config_context

from fer_classic.exceptions import NoEyesWarning, NoFaceWarning, NotFoundWarning
from fer_classic.utils._blocks import first_typical, image_blocks
from fer_classic.utils._leftovers import claimed, claimed_prefix, remove_leftovers
from fer_classic.utils._validation import HasMethods, Interval, validate_params

__all__ = ["extract_features"]

# Images per task: enough to outweigh its overhead, few enough to keep several in memory.
_BLOCK = 500
# Begin of the name of the folder that holds the file.
_PREFIX = "fer_classic-"

# What is said once of all blocks.
_NOT_FOUND = {
    NoFaceWarning: "no face was found in {} of {} images; FaceCropper.detect(X) tells which.",
    NoEyesWarning: "no eyes were found in {} of {} images; FaceAligner.find_eyes(X) says which.",
}


@validate_params(
    {
        "step": [HasMethods("transform")],
        "features_memory": [Interval(Real, 0, None, closed="left"), None],
        "gather": ["boolean"],
        "report": [callable, None],
    },
    prefer_skip_nested_validation=True,
)
def extract_features(
    step, images, *, features_memory=None, n_jobs=None, folder=None, gather=False, report=None
):
    """Apply a step to images in blocks, to limit memory or to use several processes.

    Parameters
    ----------
    step : transformer
        A fitted or stateless step, or a pipeline of such steps.
    images : ndarray of shape (n, h, w), or (n,) of 2-D arrays, or list of them
        Images; a memory-mapped array is read block by block.
    features_memory : float, optional
        Maximum memory of the features in bytes; unlimited by default. Larger features are written
        to a file, and a read-only memory map of it is returned.
    n_jobs : int, optional
        Number of processes, as in :class:`joblib.Parallel`; by default that of
        :func:`joblib.parallel_config`, or 1. Several processes always write to a file, since
        sending features between processes may take longer than computing them; see ``gather``.
    folder : path-like, optional
        Folder of the file. By default the system's folder for temporary files, which is kept in
        memory on some systems; set the environment variable TMPDIR to change it.
    gather : bool, default=False
        Send the features of each block to this process, which puts them together. Workers on other
        computers need this, since they cannot write to the file.
    report : callable, optional
        ``report(n_images, seconds)`` is called after each block, with its number of images and the
        computation time of the step, such as for a progress bar or for the total time.

    Returns
    -------
    features : ndarray of shape (n, ...), or memmap
        Result of ``step.transform(images)``, with its dtype. The file of a memory map is removed
        when no array uses it any more.

    Raises
    ------
    ValueError
        If there are no images, or the results of the step differ in shape.
    OSError
        If the file cannot be created or written; the message gives the folder and the size.

    Warns
    -----
    NoFaceWarning, NoEyesWarning
        Once, with the total count.

    See Also
    --------
    joblib.parallel_config : other backends for parallel tasks.

    Examples
    --------
    >>> import numpy as np
    >>> from fer_classic.features import LBPHistogram, extract_features
    >>> faces = np.random.default_rng(0).integers(0, 256, (3, 48, 48), dtype=np.uint8)
    >>> extract_features(LBPHistogram(), faces, features_memory=1e9).shape
    (3, 2891)
    """
    if len(images) == 0:
        raise ValueError("extract_features expects at least one image, got none.")
    parallel = Parallel(n_jobs, return_as="generator")
    shape, dtype = _shape_and_dtype(step, images)
    fits = features_memory is None or np.prod(shape) * dtype.itemsize <= features_memory
    if fits and (gather or effective_n_jobs(parallel.n_jobs) == 1):
        target = _Array(shape, dtype)
        _run(parallel, step, images, target, gather, report)
        return target.features
    folder = Path(gettempdir() if folder is None else folder)
    remove_leftovers(folder, _PREFIX)
    with _explained(folder, shape, dtype):
        place = TemporaryDirectory(
            prefix=claimed_prefix(_PREFIX), dir=folder, ignore_cleanup_errors=True
        )
    hold = ExitStack()
    hold.enter_context(claimed(place.name))
    hold.callback(place.cleanup)
    try:
        target = _File(Path(place.name) / "features", shape, dtype)
        _run(parallel, step, images, target, gather, report)
        features = np.memmap(target.path, dtype, mode="r", shape=shape)
    except BaseException:
        hold.close()
        raise
    # When the map is deleted: slices and views refer to it, not to the returned array.
    weakref.finalize(features.base, hold.close)
    return features


class _Array:
    """Features in memory."""

    def __init__(self, shape, dtype):
        self.shape, self.features = shape, np.empty(shape, dtype)

    def put(self, start, rows):
        self.features[start : start + len(rows)] = rows


class _File:
    """Features in a file that several processes write to."""

    def __init__(self, path, shape, dtype):
        self.path, self.shape, self.dtype = path, shape, dtype
        with self._explained():
            path.touch()

    def put(self, start, rows):
        # Written instead of assigned to a memory map: mapped pages count as memory of the process,
        # and a full disk would kill it.
        row_bytes = int(np.prod(self.shape[1:])) * self.dtype.itemsize
        left = memoryview(np.ascontiguousarray(rows, self.dtype)).cast("B")
        with self._explained(), self.path.open("r+b", buffering=0) as file:
            file.seek(start * row_bytes)
            while left:
                left = left[file.write(left) :]

    def _explained(self):
        return _explained(self.path.parents[1], self.shape, self.dtype)


@contextmanager
def _explained(folder, shape, dtype):
    """Add the size and the folder to the error if writing fails."""
    try:
        yield
    except OSError as error:
        raise OSError(
            error.errno,
            f"cannot write {np.prod(shape) * dtype.itemsize / 1e9:.2g} GB of features to {folder} "
            f"({error.strerror}); pass another folder, or set TMPDIR if you passed none",
        ) from error


def _shape_and_dtype(step, images):
    """Return the output shape and dtype, determined from one image."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        place = first_typical(images)
        first = _features_of(step, images[place : place + 1])
    return (len(images), *first.shape[1:]), first.dtype


def _features_of(step, images):
    # Tables would need the names of features, which a stateless step has only after a fit.
    with config_context(transform_output="default"):
        return np.asarray(step.transform(images))


def _run(parallel, step, images, target, gather, report):
    blocks = image_blocks(images, _BLOCK)
    work = _transform if gather else _transform_and_put
    rest = (target.shape,) if gather else (target,)
    tasks = (delayed(work)(step, images[block], block.start, *rest) for block in blocks)
    caught = []
    for start, rows, n_images, seconds, block_warnings in parallel(tasks):
        if gather:
            target.put(start, rows)
        caught += block_warnings
        if report is not None:
            report(n_images, seconds)
    _warn_again(caught, len(images))


def _transform_and_put(step, images, start, target):
    """Write the features of one block to the target; return the rest of what is known of it."""
    start, rows, *rest = _transform(step, images, start, target.shape)
    target.put(start, rows)
    return start, None, *rest


def _transform(step, images, start, shape):
    """Return the place of a block, its features, size, seconds and warnings."""
    with warnings.catch_warnings(record=True) as caught:
        # They are issued again in the calling process, under its own filters.
        warnings.simplefilter("always")
        begin = perf_counter()
        rows = _features_of(step, images)
        seconds = perf_counter() - begin
    if rows.shape[1:] != shape[1:]:
        # Image sizes can differ between blocks even if they agree within each.
        raise ValueError(
            f"results of the step have shapes {shape[1:]} and {rows.shape[1:]}; crop the "
            "images to one size first (FaceCropper)."
        )
    return start, rows, len(rows), seconds, [warning.message for warning in caught]


def _warn_again(caught, n_images):
    """Issue the warnings of all blocks, each once."""
    for kind, message in _NOT_FOUND.items():
        n_missing = sum(w.n_missing for w in caught if isinstance(w, kind))
        if n_missing:
            warnings.warn(kind(message.format(n_missing, n_images), n_missing), stacklevel=5)
    others = {(type(w), str(w)): w for w in caught if not isinstance(w, NotFoundWarning)}
    for warning in others.values():
        warnings.warn(warning, stacklevel=5)
