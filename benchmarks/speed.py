"""Time the library against what people would use instead: ``python -m benchmarks.speed``.

Ours and theirs take turns in one run, on the same faces and on one thread, since the speed of a
machine drifts; what counts is the ratio. The rows go to ``speed.jsonl``, one JSON object a line,
and the table to ``speed.md``.
"""

import argparse
import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
from skimage.feature import hog, local_binary_pattern
from skimage.filters import gabor
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from benchmarks._text import markdown_table, text_table
from fer_classic.datasets import load_drawn_faces
from fer_classic.emotions import decode
from fer_classic.features import GaborBank, HOGDescriptor, LBPHistogram
from fer_classic.recipes import make_recipe
from fer_classic.utils import atomic_path, machine, versions

__all__ = ["main"]

_WAVELENGTHS = (4, 6, 8, 12, 16)


@dataclass(frozen=True)
class Row:
    """One comparison.

    Parameters
    ----------
    part, subject, against : str
        What was timed, and against what.
    unit : str
        What the seconds are for.
    seconds, seconds_against : float
        Medians.
    spread, spread_against : float
        Slowest over fastest repetition.
    shape, shape_against : list of int
        Of the images that went in; empty where there are none.
    """

    part: str
    subject: str
    against: str
    unit: str
    seconds: float
    seconds_against: float
    spread: float
    spread_against: float
    shape: list
    shape_against: list

    @property
    def ratio(self):
        """Their time over ours."""
        return self.seconds_against / self.seconds


def _take_turns(ours, theirs, repeats):
    """Time two functions in turn; returns the seconds of each, one for each repetition."""
    ours(), theirs()
    seconds = []
    for _ in range(repeats):
        for function in (ours, theirs):
            start = perf_counter()
            function()
            seconds.append(perf_counter() - start)
    return seconds[::2], seconds[1::2]


def _row(part, subject, against, unit, pair, shapes=((), ())):
    sizes = [shape[0] if shape else 1 for shape in shapes]
    ours, theirs = ([s / size for s in run] for run, size in zip(pair, sizes, strict=True))
    return Row(
        part,
        subject,
        against,
        unit,
        median(ours),
        median(theirs),
        max(ours) / min(ours),
        max(theirs) / min(theirs),
        *map(list, shapes),
    )


def _lbp_of_scikit_image(face):
    codes = local_binary_pattern(face, 8, 1, method="nri_uniform")
    cells = [cell for band in np.array_split(codes, 7) for cell in np.array_split(band, 7, axis=1)]
    return [np.histogram(cell, bins=59, range=(0, 59))[0] / cell.size for cell in cells]


def _gabor_of_scikit_image(face):
    return [
        np.hypot(*gabor(face, 1 / wavelength, theta=np.pi * k / 8))
        for wavelength in _WAVELENGTHS
        for k in range(8)
    ]


def _hog_of_scikit_image(face):
    return hog(face, orientations=8, pixels_per_cell=(8, 8), cells_per_block=(2, 2))


# How many faces the loop gets: enough to time it, few enough to wait for it.
_FEATURES = {
    "lbp": (LBPHistogram(), _lbp_of_scikit_image, 64),
    "gabor": (GaborBank(wavelengths=_WAVELENGTHS), _gabor_of_scikit_image, 1),
    "hog": (HOGDescriptor(), _hog_of_scikit_image, 64),
}


def time_features(repeats):
    """Time each descriptor on a batch against a loop over scikit-image's function."""
    faces = load_drawn_faces(n_subjects=8, n_per_class=4).images
    for subject, (step, one, n_theirs) in _FEATURES.items():
        step, few = clone(step).fit(faces), faces[:n_theirs]
        with threadpool_limits(1):
            pair = _take_turns(
                lambda step=step: step.transform(faces),
                lambda one=one, few=few: [one(face) for face in few],
                repeats,
            )
        yield _row("features", subject, "skimage", "face", pair, (faces.shape, few.shape))


def time_import(repeats):
    """Time a cold start against that of a bare interpreter."""

    def run(*arguments):
        return lambda: subprocess.run([sys.executable, *arguments], check=True, capture_output=True)

    for subject, command in {
        "import fer_classic": ("-c", "import fer_classic"),
        "fer-classic --help": ("-m", "fer_classic", "--help"),
    }.items():
        pair = _take_turns(run(*command), run("-c", "pass"), 3 * repeats)
        yield _row("import", subject, "bare interpreter", "process", pair)


# Whole pipelines, from image to name, against the network in their place; and the network against
# those that people copy.
_PIPELINES = {
    "cnn": ("svm_lbp", "svm_hog", "svm_gabor", "svm_fusion"),
    "cnn_wide": ("cnn",),
    "cnn_elu_vgg": ("cnn",),
    "cnn_conv1x1_prelu": ("cnn",),
    "cnn_plain3": ("cnn",),
    "cnn_four_block": ("cnn",),
}
_BATCHES = (1, 64)


def _fit(recipe, data):
    """Fit a recipe on few faces; a network takes the same time whatever it has learned."""
    settings = {"cnn__epochs": 1} if recipe.startswith("cnn") else {}
    return make_recipe(recipe, **settings).fit(data.images, decode(data.target))


def time_predict(repeats):
    """Time whole pipelines against networks, on single faces and in batches."""
    data = load_drawn_faces(n_subjects=8, n_per_class=4)
    fitted = {}
    for theirs, all_ours in _PIPELINES.items():
        for ours, n_faces in product(all_ours, _BATCHES):
            for name in {ours, theirs} - fitted.keys():
                fitted[name] = _fit(name, data)
            faces = data.images[:n_faces]
            with threadpool_limits(1):
                pair = _take_turns(
                    lambda model=fitted[ours], faces=faces: model.predict(faces),
                    lambda model=fitted[theirs], faces=faces: model.predict(faces),
                    repeats,
                )
            subject, against = (f"{name}, batch of {n_faces}" for name in (ours, theirs))
            yield _row("predict", subject, against, "face", pair, (faces.shape, faces.shape))


_PARTS = {"features": time_features, "predict": time_predict, "import": time_import}


def main(argv=None):
    """Run the program.

    Parameters
    ----------
    argv : list of str, optional
        Arguments; those of the process by default.

    Returns
    -------
    code : int
        0; 1 if the results cannot be written.
    """
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(_PARTS)} (all)")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument("--repeats", type=int, default=7, metavar="N", help="timings of each (7)")
    parser.add_argument("--output", type=Path, default=Path("results"), metavar="DIR")
    args = parser.parse_args(argv)
    unknown = set(args.parts) - set(_PARTS)
    if unknown or args.repeats < 1:
        parser.error(f"unknown part: {', '.join(unknown)}" if unknown else "--repeats is below 1")
    parts = args.parts or list(_PARTS)
    surroundings = {"versions": versions(), "machine": machine()}
    records = [
        asdict(row) | {"ratio": row.ratio} | surroundings
        for part in parts
        for row in _PARTS[part](args.repeats)
    ]
    print("\n".join(map(json.dumps, records)) if args.json else _table(records))
    try:
        _write(args.output, records, parts)
    except OSError as error:
        print(f"benchmarks.speed: cannot write to {args.output}: {error}", file=sys.stderr)
        return 1
    return 0


_HEADER = ["subject", "against", "ours", "theirs", "for a", "theirs / ours", "spread"]


def _cells(record):
    return [
        record["subject"],
        record["against"],
        f"{1000 * record['seconds']:.3f} ms",
        f"{1000 * record['seconds_against']:.3f} ms",
        record["unit"],
        f"{record['ratio']:.2f}",
        f"{record['spread']:.2f}, {record['spread_against']:.2f}",
    ]


def _table(records):
    return text_table(_HEADER, [_cells(record) for record in records])


def _write(output, records, parts):
    """Put the new rows in the place of older ones of the same parts."""
    path = output / "speed.jsonl"
    old = path.read_text("utf-8").splitlines() if path.exists() else []
    kept = [record for record in map(json.loads, old) if record["part"] not in parts]
    records = sorted(kept + records, key=lambda record: list(_PARTS).index(record["part"]))
    with atomic_path(path) as temporary:
        temporary.write_text("".join(json.dumps(r) + "\n" for r in records), "utf-8")
    page = (
        "# Speed\n\n"
        "Made by `python -m benchmarks.speed`: medians, on one thread. Of drawn faces of 48x48 "
        "pixels our\ndescriptors get a batch of 256, a loop over scikit-image the first of them. "
        "Recipes were fitted on\nthose 256 and are timed from image to name; a support vector "
        "machine that was fitted on more takes\nlonger. *Spread* is the slowest over the fastest "
        "repetition, ours and theirs.\n\n"
        + markdown_table(_HEADER, [_cells(record) for record in records])
    )
    with atomic_path(output / "speed.md") as temporary:
        temporary.write_text(page + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
