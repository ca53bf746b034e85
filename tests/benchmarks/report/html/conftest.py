"""Records with known numbers: two people, four faces each, and what two recipes said of them."""

import json

import pytest

from benchmarks.report.highlights import highlights
from benchmarks.report.html.section import Section
from benchmarks.report.results import read_results
from fer_classic.evaluation import score

TRUE = ["angry", "angry", "fear", "fear"] * 2
CLASSES = ["angry", "fear"]

# Scores of "fear": "good" is wrong in 2 faces of 8, "weak" in 5.
LOSO = {
    "good": [0.1, 0.2, 0.04, 0.9, 0.1, 0.2, 0.9, 0.4],
    "weak": [0.9, 0.2, 0.3, 0.9, 0.8, 0.7, 0.9, 0.4],
}
KFOLD = {"good": [0.1, 0.2, 0.8, 0.9] * 2}


def record(recipe, protocol, fold, fear, *, leaky=0, **fields):
    """Give the record of the fold of four faces that are the first or the last ones."""
    rows = range(4 * fold, 4 * fold + 4)
    y_true = [TRUE[row] for row in rows]
    y_pred = ["fear" if value > 0.5 else "angry" for value in fear]
    scores = [[round(1 - value, 4), value] for value in fear]
    metrics = score(
        y_true,
        y_pred,
        classes=CLASSES,
        class_scores=scores,
        score_kind="probability",
        units=[0, 0, 1, 1],
    )
    base = {
        "dataset": "jaffe",
        "digest": "d1",
        "train_digest": None,
        "size": 8,
        "note": None,
        "recipe": recipe,
        "settings": {},
        "parameters": {},
        "protocol": protocol,
        "n_folds": 2,
        "fold": fold,
        "seed": 0,
        "status": "ok",
        "reason": None,
        "finished": "2026-01-02T03:04:05+00:00",
        "versions": {},
        "commit": "c0ffee",
        "machine": {"system": "Linux", "processor": "x86", "cores": 2},
        "unseen": [],
        "leaks": {"subject": leaky, "sequence": None, "duplicate": 0},
        "no_face": 0,
        "n_items": None,
        "n_train": 4,
        "subsets": {},
        "classes": CLASSES,
        "test_index": list(rows),
        "units": [2 * fold] * 2 + [2 * fold + 1] * 2,
        "y_true": y_true,
        "y_pred": y_pred,
        "class_scores": scores,
        "score_kind": "probability",
        "metrics": metrics,
        "feature_seconds": 0.25,
        "fit_seconds": 1.5,
        "predict_seconds": 0.009,
        "peak_memory": 123_000_000,
        "model_bytes": 4_500_000,
    }
    return base | fields


def write_records(folder, records):
    """Write records to the files in which they belong."""
    for one in records:
        path = folder / one["dataset"] / f"{one['recipe'].replace('/', '')}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps(one) + "\n")


def made_records(**fields):
    """Give records of two recipes, honest ones and leaky ones."""
    honest = [
        record(recipe, "loso", fold, fear[4 * fold : 4 * fold + 4], **fields)
        for recipe, fear in LOSO.items()
        for fold in range(2)
    ]
    leaky = [
        record(recipe, "kfold", fold, fear[4 * fold : 4 * fold + 4], leaky=4, **fields)
        for recipe, fear in KFOLD.items()
        for fold in range(2)
    ]
    return honest + leaky


@pytest.fixture
def output(tmp_path):
    """A folder of results."""
    write_records(tmp_path / "out", made_records())
    return tmp_path / "out"


@pytest.fixture
def section(output):
    results = read_results(output, "jaffe")
    return Section(results, highlights(results.rows))
