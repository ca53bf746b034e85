"""Time and memory against the number of faces."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from joblib import parallel_config
from joblib.externals.loky import get_reusable_executor

from benchmarks.experiments.stateless import split_model
from benchmarks.speed.isolated import Measured, call_alone
from benchmarks.speed.timings import make_row, skipped_row, take_turns
from benchmarks.speed.vs_svc import PLAIN_MACHINE
from fer_classic.datasets import load_drawn_faces
from fer_classic.expressions import decode
from fer_classic.features import extract_features
from fer_classic.recipes import make_recipe

__all__ = ["COUNTS", "time_scale"]

COUNTS = (1_000, 3_000, 10_000, 30_000, 100_000)

# Its descriptor learns nothing, so that extraction and fit can be told apart.
_RECIPE = "svm_hog"
# Features that take more go to a file.
_FEATURES_MEMORY = 50e6
_MOST_FITTED = 30_000
_FITTED_TO_PREDICT = 1_000
_MOST_REPEATED = 10_000


def time_scale(repeats, n_max):
    """Measure extraction, fit and prediction at each number of faces, each in its own process.

    Parameters
    ----------
    repeats : int
        Turns of one and of two processes, on 10,000 faces at most; all else is measured once.
    n_max : int
        Most faces.

    Yields
    ------
    row : Row
        Against the smallest number of faces, for each face: a ratio of 1 is linear growth. The last
        is extraction in two processes against one.
    """
    counts = [count for count in COUNTS if count <= n_max]
    with TemporaryDirectory() as folder:
        folder = Path(folder)
        images, names = _faces(counts[-1])
        np.save(folder / "images.npy", images)
        np.save(folder / "names.npy", names)
        del images
        model = call_alone(_small_model, folder)
        for function, *more in ((_extract,), (_fit,), (_predict, model)):
            first = None
            for count in counts:
                row = _measure(function, count, first, folder, *more)
                first = first or (None if row.reason else row)
                yield row
        count = min(counts[-1], _MOST_REPEATED)
        pair = call_alone(_one_and_two_processes, folder, count, repeats)
    shapes = (_shape(count),) * 2
    yield make_row("scale", "extract in two processes", "in one process", "face", pair, shapes)


def _measure(function, count, first, folder, *more):
    stage = function.__name__.strip("_")
    subject = f"{stage}, {count:,} faces"
    against = f"{stage}, {first.shape[0] if first else count:,} faces"
    if function is _fit and count > _MOST_FITTED:
        reason = f"the kernel matrix would take {4 * count**2 / 1e9:.2g} GB"
        return skipped_row("scale", subject, against, "face", reason)
    try:
        seconds, memory = call_alone(function, folder, count, *more)
    except MemoryError as error:
        return skipped_row("scale", subject, against, "face", str(error))
    theirs = first.seconds * first.shape[0] if first else seconds
    return make_row(
        "scale",
        subject,
        against,
        "face",
        ([seconds], [theirs]),
        (_shape(count), first.shape if first else _shape(count)),
        memory=memory,
        memory_against=first.memory if first else memory,
    )


def _shape(count):
    return [count, 48, 48]


def _faces(count):
    """Draw few faces and vary them: shifted by up to two pixels, with a little noise."""
    data = load_drawn_faces(n_subjects=10, n_per_class=6)
    rng, images = np.random.default_rng(0), []
    for start in range(0, count, len(data.images)):
        part = data.images[: count - start]
        part = np.roll(part, rng.integers(-2, 3, 2), axis=(1, 2)).astype(np.int16)
        part += rng.integers(-4, 5, part.shape, dtype=np.int16)
        images.append(part.clip(0, 255).astype(np.uint8))
    return np.concatenate(images), np.resize(decode(data.target), count)


def _load(folder, count):
    return [
        np.array(np.load(folder / f"{name}.npy", mmap_mode="r")[:count])
        for name in ("images", "names")
    ]


def _model():
    return make_recipe(_RECIPE, **PLAIN_MACHINE)


def _prepare(folder, count):
    """Faces, names, the steps that learn nothing and those that do."""
    shared, rest = split_model(_model())
    images, names = _load(folder, count)
    return images, names, shared.fit(images[:1]), rest


def _extract(folder, count):
    images, _, steps, _ = _prepare(folder, count)
    steps.transform(images[:1])
    with Measured() as measured:
        extract_features(steps, images, features_memory=_FEATURES_MEMORY)
    return measured.seconds, measured.memory


def _fit(folder, count):
    images, names, steps, rest = _prepare(folder, count)
    values = extract_features(steps, images)
    with Measured() as measured:
        rest.fit(values, names)
    return measured.seconds, measured.memory


def _small_model(folder):
    return _model().fit(*_load(folder, _FITTED_TO_PREDICT))


def _predict(folder, count, model):
    images, _ = _load(folder, count)
    model.predict(images[:1])
    with Measured() as measured:
        model.predict(images)
    return measured.seconds, measured.memory


def _one_and_two_processes(folder, count, repeats):
    images, _, steps, _ = _prepare(folder, count)

    def extract(n_jobs):
        return lambda: extract_features(
            steps, images, features_memory=_FEATURES_MEMORY, n_jobs=n_jobs
        )

    with parallel_config("loky", inner_max_num_threads=1):
        pair = take_turns(extract(2), extract(1), repeats)
    # They would stay for minutes, and this process with them.
    get_reusable_executor().shutdown()
    return pair
