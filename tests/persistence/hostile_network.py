"""Forged networks: mutations of the layers and weights of a model file, by the thousand.

``python -m tests.persistence.hostile_network --mutations 2000`` tries so many files, in batches
that are processes of their own, so that one that is killed is seen; the tests try fewer.
"""

import argparse
import copy
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from fer_classic.neural import _opencv
from fer_classic.neural._layers import _KINDS
from fer_classic.persistence import bundled_path, load_bundled
from fer_classic.utils import class_scores
from tests.persistence.hostile import classify, mutate, pack, unpack

OUTCOMES = {"refused", "same", "other answers", "computed"}
_NUMBERS = [0, 1, 2, 3, 5, 7, 16, 47, 48, 49, 255, 4096, 4097, -1, 2**31, 2**63, 1.5, True, None]
_FACTORS = [0.0, -1.0, 1e-12, 1.0, 999.0, 1001.0, float("1e300"), 1, None, "x"]


def _pairs(node):
    """Give the value of a node of a dictionary by its keys."""
    return {pair[0]: pair for pair in node["dict"]}


def _network(content):
    return next(entry for entry in content["content"]["objects"] if "layers_" in entry["state"])[
        "state"
    ]


def mutate_network(content, arrays, rng):
    """Change something in the layers or in the weights of a network."""
    content, arrays = copy.deepcopy(content), bytearray(arrays)
    state = _network(content)
    layers = state["layers_"]
    for _ in range(rng.integers(1, 3)):
        place = int(rng.integers(len(layers)))
        choice = rng.integers(10)
        if choice == 0:
            del layers[place]
        elif choice == 1:
            layers.insert(int(rng.integers(len(layers))), copy.deepcopy(layers[place]))
        elif choice == 2:
            other = int(rng.integers(len(layers)))
            layers[place], layers[other] = layers[other], layers[place]
        elif choice == 3:
            layers[place:place] = layers[place : place + 1] * int(rng.choice([5, 500, 3000]))
        elif choice == 4:
            size = [int(rng.choice([1, 2, 31, 47, 48, 50, 200, 2048])) for _ in range(2)]
            state["image_shape_"] = {"tuple": size}
        elif choice == 5:
            position = int(rng.integers(len(arrays) // 4)) * 4
            value = rng.choice([np.nan, np.inf, -1.0, 0.0, 1e38, 1e-40])
            arrays[position : position + 4] = np.float32(value).tobytes()
        else:
            _change_layer(layers, place, rng)
    return pack(content, arrays)


def _change_layer(layers, place, rng):
    layer = _pairs(layers[place])
    choice = rng.integers(5)
    if choice == 0:
        layer["kind"][1] = str(rng.choice([*_KINDS, "erf"]))
    elif choice == 1:
        layer["inputs"][1] = [int(k) for k in rng.integers(-1, len(layers) + 2, rng.integers(3))]
    elif choice == 2:
        # That of a nearer value is more often of the right shape.
        layer["inputs"][1] = [
            max(0, place - int(k)) for k in rng.integers(0, 4, rng.integers(1, 3))
        ]
    elif choice == 3:
        names = [p[1] for node in layers for p in _pairs(node)["weights"][1]["dict"]]
        for pair in layer["weights"][1]["dict"]:
            pair[1] = str(rng.choice(names))
    else:
        for pair in layer["settings"][1]["dict"]:
            if isinstance(pair[1], list):
                where = int(rng.integers(len(pair[1])))
                pair[1][where] = _NUMBERS[rng.integers(len(_NUMBERS))]
            else:
                pair[1] = _FACTORS[rng.integers(len(_FACTORS))]


def run(n_mutations, *, seed=0):
    """Try mutations of the bundled network.

    Returns
    -------
    outcomes : dict of str to int
        Number of files by what became of them; "computed" counts those that OpenCV has computed.
    slowest : float
        Seconds that a file took, at most.
    """
    outcomes, slowest = Counter(), 0.0
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (2, 48, 48), dtype=np.uint8)
    model, _ = load_bundled("cnn")
    right = class_scores(model, images)[0], model.predict(images)
    read = _opencv.cv2.dnn.readNetFromONNX

    def count(data):
        outcomes["computed"] += 1
        return read(data)

    _opencv.cv2.dnn.readNetFromONNX = count
    content, arrays = unpack(bundled_path("cnn").read_bytes())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.joblib"
        for number in range(n_mutations):
            change = mutate if number % 8 == 0 else mutate_network
            path.write_bytes(change(content, arrays, rng))
            start = time.perf_counter()
            signal.alarm(60)
            outcome = classify(path, images, right)
            signal.alarm(0)
            # Weights that were changed on purpose need not show in the images of the file.
            outcome = "other answers" if outcome == "silent" else outcome
            slowest = max(slowest, time.perf_counter() - start)
            outcomes[outcome] += 1
    _opencv.cv2.dnn.readNetFromONNX = read
    return outcomes, slowest


_BATCH = """
import json, sys
from tests.persistence.hostile_network import run
from tests.persistence.hostile import peak_memory
outcomes, slowest = run(int(sys.argv[1]), seed=int(sys.argv[2]))
assert "torch" not in sys.modules
print(json.dumps([outcomes, slowest, peak_memory()]))
"""


def run_batch(n_mutations, *, seed):
    """Try mutations in a process of their own; its end is an outcome, too."""
    command = [sys.executable, "-c", _BATCH, str(n_mutations), str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {f"ended with {done.returncode}: {done.stderr[-2000:]}": 1}, 0.0, 0.0
    return json.loads(done.stdout.splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.persistence.hostile_network")
    parser.add_argument("--mutations", type=int, default=2000, help="(2000)")
    parser.add_argument("--batch", type=int, default=100, help="files of one process (100)")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    total, slowest, peak = Counter(), 0.0, 0.0
    for number in range(-(-args.mutations // args.batch)):
        outcomes, seconds, memory = run_batch(args.batch, seed=args.seed + number)
        total.update(outcomes)
        slowest, peak = max(slowest, seconds), max(peak, memory or 0)
    for outcome, count in sorted(total.items()):
        print(f"{outcome:40}{count:8,}")
    print(f"slowest {slowest:.2f} s, peak memory of a process {peak:.0f} MB")
    return int(bool(total.keys() - OUTCOMES))


if __name__ == "__main__":
    sys.exit(main())
