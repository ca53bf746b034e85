"""Fit the networks of the pyramid detector: ``python -m benchmarks.detector --backgrounds DIR``.

Faces come from FER2013's Training images, what is no face from pictures without people, such as the
unpacked packages of desktop wallpapers and game textures. A tenth of the faces and a sixth of the
pictures are held out; at the end, scenes made of them show how many faces are found. Nothing else
is looked at: PublicTest stays unseen.

In each round both networks are fitted, and what they then take for faces in pictures without
people, or next to the faces of made scenes, joins the examples of the next round. All runs on
one thread: with the same files and versions, on one kind of processor, the networks come out the
same to the bit.
"""

import hashlib
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from benchmarks._cli import check_writable, make_parser, seed, whole_number
from benchmarks._format import text_table
from benchmarks._pictures import sample_pictures
from benchmarks._threads import one_thread
from benchmarks.detector.export import export
from benchmarks.detector.fit import fit, standardize
from benchmarks.detector.measure import measure
from benchmarks.detector.mining import mine
from benchmarks.detector.networks import CheckNetwork, LocalContrast, ProposalNetwork
from benchmarks.detector.pictures import cut_patches, read_pictures
from fer_classic.datasets import load_fer2013
from fer_classic.exceptions import FerClassicError
from fer_classic.faces import PyramidDetector
from fer_classic.utils._files import describe_error

__all__ = ["main"]

SIDE = 48  # pixels of all windows that are kept
THRESHOLDS = (0.5, 0.8, 0.9, 0.95, 0.98, 0.99)


@dataclass(frozen=True)
class Round:
    """Pictures that are searched for false alarms, and steps of fitting the networks after that."""

    mined: int
    proposals: int
    check: int


ROUNDS = (Round(0, 1500, 1200), Round(500, 2000, 2500), Round(1500, 4000, 6000))
QUICK = (Round(0, 2, 2), Round(2, 2, 2))


def split_faces(bunch):
    """Faces to fit on and faces that are held out, twins on one side; ``(n, 48, 48)`` each."""
    blank = bunch.images.reshape(len(bunch.images), -1).std(axis=1) < 5
    held_out = bunch.duplicates % 10 == 0
    return bunch.images[~blank & ~held_out], bunch.images[~blank & held_out]


def _fit_round(networks, faces, others, hard, steps, first):
    proposals, check = networks
    rate = 2e-3 if first else 1.5e-3
    windows, surroundings = hard
    print("fitting the network that proposes", flush=True)
    fit(
        proposals, LocalContrast(25), faces, others, surroundings,
        context=2, steps=steps.proposals, learning_rate=rate, say=_say,
    )  # fmt: skip
    print("fitting the network that checks", flush=True)
    fit(
        check, standardize, faces, others, windows,
        context=1, steps=steps.check, learning_rate=rate, say=_say,
    )  # fmt: skip


def _say(line):
    print(line, flush=True)


def _joined(old, new):
    return new if old is None else torch.cat([old, new])


def parse(arguments):
    """Read the command line."""
    parser = make_parser("benchmarks.detector", __doc__)
    add = parser.add_argument
    add(
        "--backgrounds", nargs="+", default=[], metavar="DIR", type=Path,
        help="folders of pictures without people; some come with scikit-image",
    )  # fmt: skip
    add("--data-dir", metavar="DIR", help="folder of FER2013")
    add(
        "--output", type=Path, default=Path("detector"), metavar="DIR",
        help="folder for the two networks of each round (default: detector)",
    )  # fmt: skip
    add("--quick", action="store_true", help="a trial of few steps, whose networks are of no use")
    add("--scenes", type=whole_number(1), default=100, help="of each kind, to measure (100)")
    add("--seed", type=seed, default=0)
    return parser.parse_args(arguments)


def run(options, bunch):
    """Fit, mine, write and measure."""
    start = time.monotonic()
    torch.manual_seed(options.seed)
    rng = np.random.default_rng(options.seed)
    faces, held_out = split_faces(bunch)
    pictures = sample_pictures()
    if options.backgrounds:
        pictures += read_pictures(options.backgrounds)
    seen = [picture for index, picture in enumerate(pictures) if index % 6]
    print(f"{len(faces)} faces, {len(seen)} pictures", flush=True)
    others = cut_patches(seen, 1_000 if options.quick else 100_000, side=SIDE, rng=rng)
    windows = torch.from_numpy(faces[:, None].copy())
    networks, hard = (ProposalNetwork(), CheckNetwork()), (None, None)
    detector = None
    for number, steps in enumerate(QUICK if options.quick else ROUNDS):
        if number:
            print("looking for false alarms", flush=True)
            found = mine(detector, faces, seen, n=steps.mined, rng=rng, side=SIDE)
            hard = tuple(map(_joined, hard, found))
            print(f"{len(hard[0])} windows, {len(hard[1])} with surroundings", flush=True)
        _fit_round(networks, windows, others, hard, steps, not number)
        # A network is loaded once from its place, so that each round has its own.
        folder = options.output / f"round_{number}"
        export(*networks, folder)
        detector = PyramidDetector(model=folder, score_threshold=0.3)
    for path in sorted(folder.glob("*.onnx")):
        print(path.name, hashlib.sha256(path.read_bytes()).hexdigest())
    print(f"{time.monotonic() - start:.0f} s", flush=True)
    table = measure(detector, held_out, pictures[::6], n=options.scenes, thresholds=THRESHOLDS)
    print("percentage of faces found / false boxes in a hundred images, from a score on")
    print(text_table(*table))


def main(arguments=None, *, load=load_fer2013):
    """Run the program; 1 if the data cannot be read or the output cannot be written."""
    options = parse(arguments)
    try:
        check_writable(options.output)
        with one_thread():
            run(options, load(options.data_dir, split="Training"))
    except (FerClassicError, OSError) as error:
        print(f"benchmarks.detector: {describe_error(error)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
