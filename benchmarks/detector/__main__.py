"""Fit the networks of the pyramid detector: ``python -m benchmarks.detector --backgrounds DIR``.

Faces come from FER2013's Training images, what is no face from pictures without people, such as the
unpacked packages of desktop wallpapers and game textures. A tenth of the faces and a sixth of the
pictures are held out; at the end, scenes made of them show how many faces are found. Nothing else
is looked at: PublicTest stays unseen.

In each round both networks are fitted for some minutes, and what they then take for faces in
pictures without people, or next to the faces of made scenes, joins the examples of the next round.
"""

import argparse
import hashlib
import sys
from pathlib import Path

import numpy as np
import torch

from benchmarks._cli import at_least, check_writable, seed
from benchmarks._format import text_table
from benchmarks.detector.export import export
from benchmarks.detector.fit import fit, standardize
from benchmarks.detector.mining import mine
from benchmarks.detector.networks import CheckNetwork, LocalContrast, ProposalNetwork
from benchmarks.detector.pictures import cut_patches, read_pictures
from benchmarks.detector.scenes import count_found, make_scenes
from fer_classic.datasets import load_fer2013
from fer_classic.exceptions import FerClassicError
from fer_classic.faces import PyramidDetector

__all__ = ["main"]

SIDE = 48  # pixels of all windows that are kept
CONDITIONS = {
    "upright": {},
    "turned by up to 30 degrees": {"angle": 30},
    "at 15 % of the light": {"gain": 0.15},
    "at 10 % of the light": {"gain": 0.1},
}


def read_faces(data_dir):
    """Faces to fit on and faces that are held out, twins on one side; ``(n, 48, 48)`` each."""
    bunch = load_fer2013(data_dir, split="Training")
    blank = bunch.images.reshape(len(bunch.images), -1).std(axis=1) < 5
    held_out = bunch.duplicates % 10 == 0
    return bunch.images[~blank & ~held_out], bunch.images[~blank & held_out]


def _fit_round(networks, faces, others, hard, minutes, first):
    proposals, check = networks
    rate = 2e-3 if first else 1e-3
    windows, surroundings = hard
    print("fitting the network that proposes", flush=True)
    contrast = LocalContrast(25)
    fit(
        proposals, contrast, faces, others, surroundings,
        context=2, minutes=minutes, learning_rate=rate,
    )  # fmt: skip
    print("fitting the network that checks", flush=True)
    fit(
        check, standardize, faces, others, windows,
        context=1, minutes=minutes, learning_rate=rate,
    )  # fmt: skip


def _joined(old, new):
    return new if old is None else torch.cat([old, new])


def measure(detector, faces, pictures, *, n):
    """Count what is found in scenes of held-out faces, and in pictures without any.

    Parameters
    ----------
    detector : Detector
    faces : ndarray of shape (m, h, h), uint8
    pictures : list of ndarray of shape (h, w), uint8
    n : int
        Number of scenes of each kind.

    Returns
    -------
    rows : list of tuple of str
        Condition, share of the faces that are found, false boxes.
    """
    rows = []
    for name, condition in CONDITIONS.items():
        scenes = make_scenes(faces, pictures, n, **condition)
        found, false = count_found(detector, scenes)
        total = sum(len(scene.boxes) for scene in scenes)
        rows.append((name, f"{found} of {total}", f"{false} in {n}"))
    false = sum(len(detector.detect(picture)[0]) for picture in pictures)
    rows.append(("without faces", "", f"{false} in {len(pictures)}"))
    return rows


def parse(arguments):
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.detector", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--backgrounds", nargs="+", required=True, metavar="DIR", type=Path)
    parser.add_argument("--data-dir", metavar="DIR", help="folder of FER2013")
    parser.add_argument(
        "--output", type=Path, default=Path("detector"), metavar="DIR",
        help="folder for the two networks of each round (default: detector)",
    )  # fmt: skip
    parser.add_argument("--rounds", type=at_least(1), default=3)
    parser.add_argument(
        "--minutes", type=at_least(1), default=10, help="of fitting, a network and round"
    )
    parser.add_argument("--scenes", type=at_least(1), default=300, help="of each kind, to measure")
    parser.add_argument("--seed", type=seed, default=0)
    return parser.parse_args(arguments)


def run(options):
    """Fit, mine, write and measure."""
    check_writable(options.output)
    torch.manual_seed(options.seed)
    rng = np.random.default_rng(options.seed)
    faces, held_out = read_faces(options.data_dir)
    pictures = read_pictures(options.backgrounds)
    seen = [picture for index, picture in enumerate(pictures) if index % 6]
    others = cut_patches(seen, 100_000, side=SIDE, rng=rng)
    windows = torch.from_numpy(faces[:, None].copy())
    networks, hard = (ProposalNetwork(), CheckNetwork()), (None, None)
    detector = None
    for number in range(options.rounds):
        if number:
            print("looking for false alarms", flush=True)
            found = mine(detector, faces, seen, minutes=options.minutes / 4, rng=rng, side=SIDE)
            hard = tuple(map(_joined, hard, found))
        _fit_round(networks, windows, others, hard, options.minutes, not number)
        # A network is loaded once from its place, so that each round has its own.
        folder = options.output / f"round_{number}"
        export(*networks, folder)
        detector = PyramidDetector(model=folder)
    rows = measure(detector, held_out, pictures[::6], n=options.scenes)
    print(text_table(("scenes", "found", "false"), rows))
    for path in sorted(folder.glob("*.onnx")):
        print(path.name, hashlib.sha256(path.read_bytes()).hexdigest())


def main(arguments=None):
    """Run the program; 1 after an error that a person can mend."""
    try:
        run(parse(arguments))
    except FerClassicError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
