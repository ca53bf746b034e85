"""Hostile model files: what is forged by hand, and mutations by the thousand.

``python -m tests.persistence.hostile --mutations 5000`` tries so many files of each model in a
process of its own and prints what became of them; the tests try fewer.
"""

import argparse
import copy
import hashlib
import json
import signal
import sys
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    GradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

from fer_classic.classifiers import AdaptedClassifier, LeastSquaresSVC
from fer_classic.exceptions import FerClassicError
from fer_classic.faces import FaceCropper
from fer_classic.features import Flatten, HOGDescriptor, LBPHistogram
from fer_classic.persistence import load_model, save_model
from fer_classic.utils import class_scores

START = 56
NAMES = np.array(["sad", "happy", "fear"] * 10)


def make_images(seed=0):
    return np.random.default_rng(seed).integers(0, 256, (len(NAMES), 16, 16), dtype=np.uint8)


def make_models():
    """Small fitted models, one of each kind that is stored in a way of its own."""
    boosting = GradientBoostingClassifier(n_estimators=3, max_depth=2, random_state=0)
    logistic = LogisticRegression(max_iter=20, tol=1.0)
    tails = {
        "rows": [LeastSquaresSVC()],
        "bytes": [PCA(5, random_state=0), LeastSquaresSVC(precision="uint8")],
        "svc": [StandardScaler(), SVC()],
        "linear": [LinearSVC(random_state=0)],
        "adapted": [AdaptedClassifier(LinearSVC(random_state=0))],
        "forest": [RandomForestClassifier(3, random_state=0)],
        "boosting": [boosting],
        "neighbours": [KNeighborsClassifier(3, algorithm="kd_tree")],
        "calibrated": [CalibratedClassifierCV(LinearSVC(random_state=0), cv=2, method="isotonic")],
        "stacking": [StackingClassifier([("svc", SVC()), ("b", logistic)], logistic, cv=2)],
        "perceptron": [MLPClassifier((4,), max_iter=300, tol=1.0, random_state=0)],
        "search": [GridSearchCV(SVC(), {"C": [1, 2]}, cv=2)],
    }
    heads = {"rows": [LBPHistogram(grid=(2, 2))], "bytes": [HOGDescriptor(pixels_per_cell=(4, 4))]}
    images = make_images()
    for name, tail in tails.items():
        head = heads.get(name, [Flatten()])
        yield name, make_pipeline(FaceCropper(size=16), *head, *tail).fit(images, NAMES)


def unpack(data):
    """Give the JSON text of a model file, parsed, and the bytes behind it."""
    length = int.from_bytes(data[48:START], "little")
    end = START + length
    return json.loads(data[START:end]), bytearray(data[end + -end % 64 :])


def pack(content, arrays, *, header=None):
    """Forge a model file: its checksum is right, whatever it holds."""
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    end = START + len(text)
    body = len(text).to_bytes(8, "little") + text + bytes(-end % 64) + bytes(arrays)
    return (header or b"FERMODEL\x02" + bytes(7)) + hashlib.sha256(body).digest() + body


def _containers(node, found):
    if isinstance(node, dict | list):
        found.append(node)
        for child in node.values() if isinstance(node, dict) else node:
            _containers(child, found)
    return found


_ATOMS = [
    None, True, False, 0, 1, -1, 2, 7, 2**31, 2**63, 10**12, 10**400, -(10**9), 0.5, -1e308, 1e-300,
    "", "x", "nan", "predict", "tofile", "fit", "__class__", "os.system", "../../x", "<f8", "|O",
    [], {}, [[]], {"tuple": []}, {"float": "nan"}, {"float": "inf"}, {"dict": [["a", 1]]}, "\x00",
]  # fmt: skip


def mutate(content, arrays, rng):
    """Change one thing in the structure of a file, or in a copy of it."""
    content, arrays = copy.deepcopy(content), bytearray(arrays)
    containers = [node for node in _containers(content, []) if node]
    node = containers[rng.integers(len(containers))]
    keys = list(node) if isinstance(node, dict) else list(range(len(node)))
    key = keys[rng.integers(len(keys))]
    choice = rng.integers(7)
    if choice == 0:
        del node[key]
    elif choice == 1:
        node[key] = copy.deepcopy(_ATOMS[rng.integers(len(_ATOMS))])
    elif choice == 2:
        other = containers[rng.integers(len(containers))]
        node[key] = copy.deepcopy(other)
    elif choice == 3:
        kind = ["array", "object", "scalar", "tree", "masked"][rng.integers(5)]
        node[key] = {kind: int(rng.integers(-1, 40))}
    elif choice == 4 and isinstance(node, dict):
        node[_ATOMS[rng.integers(16, 27)]] = node.pop(key)
    elif choice == 5:
        entry = content["arrays"][rng.integers(len(content["arrays"]))]
        name = ["dtype", "shape", "order"][rng.integers(3)]
        new = {
            "dtype": ["<f4", "<f8", "<i8", "|u1", "|b1", "<U1", "|O", "<m8", "<f16"],
            "shape": [[0], [1], [2**62], [-1], [1, 1], entry["shape"][::-1], [2] * 40],
            "order": ["C", "F", "A"],
        }[name]
        entry[name] = new[rng.integers(len(new))]
    else:
        other = containers[rng.integers(len(containers))]
        keys = list(other) if isinstance(other, dict) else list(range(len(other)))
        third = keys[rng.integers(len(keys))]
        node[key], other[third] = copy.deepcopy(other[third]), copy.deepcopy(node[key])
    return pack(content, arrays)


def change_bytes(data, rng):
    """Change one to three bytes or bits, anywhere in the file."""
    data = bytearray(data)
    for position in rng.integers(0, len(data), rng.integers(1, 4)):
        data[position] ^= rng.integers(1, 256)
    return bytes(data)


def classify(path, images, right):
    """Say what became of a file: "refused", "same", or what went wrong."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = load_model(path).model
            scores, _ = class_scores(model, images)
            labels = model.predict(images)
    except FerClassicError:
        return "refused"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    same = np.array_equal(labels, right[1]) and (
        scores is None
        if right[0] is None
        else np.shape(scores) == np.shape(right[0]) and np.allclose(scores, right[0], atol=1e-3)
    )
    return "same" if same else "silent"


def peak_memory():
    """The most memory that this process has held, in MB; None where the system does not say."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return None
    # getrusage may report the memory of the parent process.
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def run(n_mutations, *, seed=0, report=print):
    """Try mutations of every model; give the number of files by outcome, and the slowest."""
    outcomes, slowest = Counter(), 0.0
    images = make_images(1)
    rng = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.joblib"
        for name, model in make_models():
            save_model(model, path)
            data = path.read_bytes()
            content, arrays = unpack(data)
            right = class_scores(model, images)[0], model.predict(images)
            for number in range(n_mutations):
                file = mutate(content, arrays, rng) if number % 2 else change_bytes(data, rng)
                path.write_bytes(file)
                start = time.perf_counter()
                # A file that takes longer is taken for one that never ends.
                signal.alarm(20)
                outcome = classify(path, images, right)
                signal.alarm(0)
                slowest = max(slowest, time.perf_counter() - start)
                kind = "structure" if number % 2 else "bytes"
                outcomes[kind, outcome] += 1
                if outcome not in ("refused", "same"):
                    report(f"{name}, {kind}, mutation {number}: {outcome}")
                    (Path(tempfile.gettempdir()) / f"{outcome[:6]}-{name}.joblib").write_bytes(file)
            report(f"{name}: {n_mutations} files, {len(data):,} bytes")
    return outcomes, slowest


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.persistence.hostile")
    parser.add_argument("--mutations", type=int, default=500, help="of each model (500)")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    outcomes, slowest = run(args.mutations, seed=args.seed)
    for (kind, outcome), count in sorted(outcomes.items()):
        print(f"{kind:10}{outcome:40}{count:8,}")
    print(f"slowest {slowest:.2f} s, peak memory of the process {peak_memory()} MB")
    return int(any(outcome not in ("refused", "same") for _, outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
