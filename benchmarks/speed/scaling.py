"""Time and memory against the number of faces."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from joblib import parallel_config
from joblib.externals.loky import get_reusable_executor

from benchmarks.experiments.stateless import split_model
from benchmarks.speed.isolated import Measured, call_alone
from benchmarks.speed.timings import Row, take_turns, timing_of
from benchmarks.speed.vs_svc import PLAIN_SVM
from fer_classic.datasets import load_drawn_faces
from fer_classic.expressions import decode
from fer_classic.features import extract_features
from fer_classic.recipes import make_recipe
from fer_classic.utils._scores import in_blocks

__all__ = ["BLOCK_COUNTS", "COUNTS", "Scale", "time_blocks", "time_scale"]

COUNTS = (1_000, 3_000, 10_000, 30_000, 100_000)
"""Numbers of faces that can be measured."""

BLOCK_COUNTS = (10_000, 100_000, 300_000)
"""Numbers of faces that are fitted and predicted block by block."""


@dataclass(frozen=True)
class Scale:
    """What is measured, and up to where.

    Parameters
    ----------
    counts, block_counts : tuple of int
        Numbers of faces, ascending.
    recipe : str
        Its descriptor learns nothing, so that extraction and fit are timed separately.
    features_memory : float
        Bytes of features; more go to a file.
    most_fitted : int
        Faces of the largest fit.
    blockwise : str
        Recipe that is fitted on any number of faces, block by block.
    fitted_to_predict : int
        Faces that the model is fitted on that predicts.
    most_repeated : int
        Faces for which one process and two take turns.
    """

    counts: tuple = COUNTS
    block_counts: tuple = BLOCK_COUNTS
    recipe: str = "svm_hog"
    features_memory: float = 50e6
    most_fitted: int = 30_000
    blockwise: str = "sgd_lbp"
    fitted_to_predict: int = 1_000
    most_repeated: int = 10_000


def time_scale(repeats, n_max, *, scale=None, call=call_alone):
    """Measure extraction, fit and prediction at each number of faces, each in its own process.

    Parameters
    ----------
    repeats : int
        Turns of one and of two processes, on 10,000 faces at most; all else is measured once.
    n_max : int
        Most faces.
    scale : Scale, optional
    call : callable
        ``call(function, *arguments)`` calls a function, by default in a process of its own.

    Yields
    ------
    row : Row
        Against the smallest number of faces, for each face: a ratio of 1 is linear growth. The last
        is extraction in two processes against one.
    """
    scale = scale or Scale()
    counts = [count for count in scale.counts if count <= n_max]

    def refuse(stage, count):
        too_many = stage == "fit" and count > scale.most_fitted
        return f"the kernel matrix would take {4 * count**2 / 1e9:.2g} GB" if too_many else ""

    with TemporaryDirectory() as folder:
        faces = _Faces(Path(folder), scale)
        faces.save(counts[-1])
        model = call(fit_small_model, faces)
        stages = {"extract": (extract,), "fit": (fit,), "predict": (predict, model)}
        yield from _rows("scale", stages, faces, counts, call=call, refuse=refuse)
        count = min(counts[-1], scale.most_repeated)
        two, one = call(extract_in_turns, faces, count, repeats)
    yield Row(
        part="scale",
        subject="extract in two processes",
        against="in one process",
        unit="face",
        ours=timing_of(two, n_units=count, shape=_shape(count)),
        theirs=timing_of(one, n_units=count, shape=_shape(count)),
    )


def time_blocks(n_max, *, scale=None, call=call_alone):
    """Measure fit and prediction block by block, as :func:`time_scale` does.

    Parameters
    ----------
    n_max : int
        Most faces.
    scale : Scale, optional
    call : callable
        ``call(function, *arguments)`` calls a function, by default in a process of its own.

    Yields
    ------
    row : Row
        Against the smallest number of faces, for each face.
    """
    scale = scale or Scale()
    counts = [count for count in scale.block_counts if count <= n_max]
    with TemporaryDirectory() as folder:
        faces = _Faces(Path(folder), scale)
        faces.save(counts[-1])
        model = call(fit_blockwise, faces, scale.fitted_to_predict)[-1]
        stages = {"fit": (fit_blockwise,), "predict": (predict_blockwise, model)}
        yield from _rows("blocks", stages, faces, counts, call=call)


def _rows(part, stages, faces, counts, *, call, refuse=lambda stage, count: ""):
    """Measure each stage at each number of faces, where it is not refused for a reason."""
    for stage, (function, *more) in stages.items():
        first = None
        for count in counts:
            against = f"{stage}, {first.shape[0] if first else count:,} faces"
            names = {"part": part, "subject": f"{stage}, {count:,} faces", "against": against}
            reason, timing = refuse(stage, count), None
            if not reason:
                try:
                    timing = _timing(count, *call(function, faces, count, *more)[:2])
                except MemoryError as error:
                    reason = str(error)
            first = first or timing
            theirs = None if timing is None else first
            yield Row(**names, unit="face", ours=timing, theirs=theirs, reason=reason)


def _timing(count, seconds, memory):
    return timing_of([seconds], n_units=count, shape=_shape(count), memory=memory)


def _shape(count):
    return [count, 48, 48]


@dataclass(frozen=True)
class _Faces:
    """Faces in a folder, which processes read."""

    folder: Path
    scale: Scale

    def save(self, count):
        """Draw faces and write them."""
        images, names = vary_faces(count)
        np.save(self.folder / "images.npy", images)
        np.save(self.folder / "names.npy", names)

    def load(self, count):
        """Read the first images and names."""
        return [
            np.array(np.load(self.folder / f"{name}.npy", mmap_mode="r")[:count])
            for name in ("images", "names")
        ]

    def stored(self, count):
        """Give the first images, which stay in their file, and their names."""
        images = _StoredImages(self.folder / "images.npy", count)
        return images, np.load(self.folder / "names.npy")[:count]

    def model(self):
        """Make the recipe."""
        return make_recipe(self.scale.recipe, **PLAIN_SVM)

    def prepare(self, count):
        """Give images, names, the steps that learn nothing and those that do."""
        shared, rest = split_model(self.model())
        images, names = self.load(count)
        return images, names, shared.fit(images[:1]), rest

    def extract(self, steps, images, **options):
        """Make features of images."""
        memory = self.scale.features_memory
        return extract_features(steps, images, features_memory=memory, **options)


@dataclass(frozen=True)
class _StoredImages:
    """Images of a file, some of which are read when they are asked for.

    Unlike with a memory map that stays open, what was read does not count as memory for long.
    """

    path: Path
    count: int

    def __len__(self):
        return self.count

    def __getitem__(self, rows):
        return np.array(np.load(self.path, mmap_mode="r")[: self.count][rows])


def vary_faces(count):
    """Draw few faces and vary them: shifted by up to two pixels, with a little noise."""
    data = load_drawn_faces(n_subjects=10, n_per_class=6)
    rng, images = np.random.default_rng(0), []
    for start in range(0, count, len(data.images)):
        part = data.images[: count - start]
        part = np.roll(part, rng.integers(-2, 3, 2), axis=(1, 2)).astype(np.int16)
        part += rng.integers(-4, 5, part.shape, dtype=np.int16)
        images.append(part.clip(0, 255).astype(np.uint8))
    return np.concatenate(images), np.resize(decode(data.target), count)


def extract(faces, count):
    """Give seconds and memory of the extraction of features."""
    images, _, steps, _ = faces.prepare(count)
    steps.transform(images[:1])
    with Measured() as measured:
        faces.extract(steps, images)
    return measured.seconds, measured.memory


def fit(faces, count):
    """Give seconds and memory of the fit of the steps behind the features."""
    images, names, steps, rest = faces.prepare(count)
    values = extract_features(steps, images)
    with Measured() as measured:
        rest.fit(values, names)
    return measured.seconds, measured.memory


def fit_small_model(faces):
    """Fit the model that predicts."""
    return faces.model().fit(*faces.load(faces.scale.fitted_to_predict))


def predict(faces, count, model):
    """Give seconds and memory of the prediction."""
    images, _ = faces.load(count)
    model.predict(images[:1])
    with Measured() as measured:
        model.predict(images)
    return measured.seconds, measured.memory


def fit_blockwise(faces, count):
    """Give seconds and memory of a fit block by block, and the model; images stay in their file."""
    images, names = faces.stored(count)
    model = make_recipe(faces.scale.blockwise)
    with Measured() as measured:
        model.fit(images, names)
    return measured.seconds, measured.memory, model


def predict_blockwise(faces, count, model):
    """Give seconds and memory of a prediction block by block; images stay in their file."""
    images, _ = faces.stored(count)
    model.predict(images[:1])
    with Measured() as measured:
        in_blocks(model.predict, images)
    return measured.seconds, measured.memory


def extract_in_turns(faces, count, repeats):
    """Give the seconds of extraction in two processes and in one, in turn."""
    images, _, steps, _ = faces.prepare(count)
    with parallel_config("loky", inner_max_num_threads=1):
        pair = take_turns(
            lambda: faces.extract(steps, images, n_jobs=2),
            lambda: faces.extract(steps, images, n_jobs=1),
            repeats,
        )
    # They would stay for minutes, and this process with them.
    get_reusable_executor().shutdown()
    return pair
