"""Fit the weights of the eye finder: ``python -m benchmarks.eyes --data-dir DIR``.

OpenCV's eye cascades mark the eyes of FER2013's Training images where two of them agree. A first
cascade of regressions is fitted on those faces and marks the others, closed eyes included, where it
agrees with itself over several views; the second is fitted on all. What is no eye comes from the
sample pictures of scikit-image that show no people.
"""

import hashlib
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks._cli import check_writable, make_parser, seed
from benchmarks._pictures import sample_pictures
from benchmarks._threads import one_thread
from benchmarks.eyes.fit import fit_eye_finder
from benchmarks.eyes.marks import mark_eyes
from fer_classic.datasets import load_fer2013
from fer_classic.exceptions import FerClassicError
from fer_classic.utils._files import atomic_path, describe_error
from fer_classic.utils._opencv import cv2

__all__ = ["main"]

_LONGEST = 900  # larger pictures are halved
_QUICK = 600  # faces of a trial


def _halved(picture):
    if max(picture.shape) <= _LONGEST:
        return picture
    return cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)


def write_weights(finder, path):
    """Write the weights into a file.

    Parameters
    ----------
    finder : EyeFinder
    path : path-like
    """
    # Half precision moves an eye by less than a hundredth of a pixel.
    arrays = {name: getattr(finder, name).astype(np.float16) for name in ("stages", "check")}
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **arrays)


def parse(arguments):
    """Read the command line."""
    parser = make_parser("benchmarks.eyes", __doc__)
    add = parser.add_argument
    add("--data-dir", metavar="DIR", help="folder of FER2013")
    add("--output", type=Path, default=Path("eyes.npz"), metavar="FILE", help="(eyes.npz)")
    add("--quick", action="store_true", help=f"a trial with {_QUICK} faces and one view of each")
    add("--seed", type=seed, default=0)
    return parser.parse_args(arguments)


def run(options, faces):
    """Mark, fit and write."""
    start = time.monotonic()
    faces = faces[:_QUICK] if options.quick else faces
    marks = mark_eyes(faces)
    print(f"marked {np.isfinite(marks).all(axis=1).sum()} of {len(faces)}", flush=True)
    finder = fit_eye_finder(
        faces,
        marks,
        [_halved(picture) for picture in sample_pictures()],
        n_views=1 if options.quick else 2,
        n_windows=10 if options.quick else 400,
        random_state=options.seed,
    )
    write_weights(finder, options.output)
    digest = hashlib.sha256(options.output.read_bytes()).hexdigest()
    print(f"{options.output.name} {digest}, {time.monotonic() - start:.0f} s")


def main(arguments=None, *, load=load_fer2013):
    """Run the program; 1 if the data cannot be read or the output cannot be written."""
    options = parse(arguments)
    try:
        check_writable(options.output.parent)
        with one_thread():
            run(options, load(options.data_dir, split="Training").images)
    except (FerClassicError, OSError) as error:
        print(f"benchmarks.eyes: {describe_error(error)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
