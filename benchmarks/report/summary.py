"""From records to rows: the folds of a protocol pooled, and scored."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks._format import with_settings
from benchmarks.records.folds import latest, read_records, subset_record
from benchmarks.records.side_files import load_units
from fer_classic.evaluation import score

__all__ = [
    "RATES",
    "Row",
    "current_records",
    "marked_titles",
    "newest_digest",
    "permuted_records",
    "recipe_label",
    "summarise",
]

RATES = ("accuracy", "balanced_accuracy", "macro_f1")
_USUAL_FOLDS = 5
# Subsets of a test part of which the scores alone are shown: others have nearly the same images.
_IN_BRIEF = ("no-near-twins-0.99", "no-near-twins")
# Fields of a record without which there is no row.
_FIELDS = (
    *("digest", "train_digest", "recipe", "settings", "parameters", "protocol", "n_folds"),
    *("fold", "seed", "status", "reason", "finished", "size", "versions", "machine", "commit"),
    *("note", "unseen", "leaks", "no_face", "test_index", "units", "y_true", "y_pred", "classes"),
    *("metrics", "subsets", "n_items", "feature_seconds", "fit_seconds", "predict_seconds"),
)


@dataclass(eq=False)
class Row:
    """One recipe under one protocol, on one official test part or on a subset of it.

    Parameters
    ----------
    recipe, protocol, part, subset : str
        Recipe with what was set by hand, protocol, test part ("" for pooled folds) and subset of
        it ("" for the whole).
    records : list of dict
        The finished folds.
    n_folds : int
        Folds that belong to the row.
    problems : list of str
        What happened to folds that are not finished.
    test_index, units, y_true, y_pred : ndarray of shape (n,)
        The items of all finished folds.
    scores : dict or None
        What :func:`fer_classic.evaluation.score` gives; None without a finished fold.
    """

    recipe: str
    protocol: str
    part: str
    subset: str
    records: list
    n_folds: int
    problems: list = field(default_factory=list)
    test_index: np.ndarray = None
    units: np.ndarray = None
    y_true: np.ndarray = None
    y_pred: np.ndarray = None
    scores: dict = None

    @property
    def part_title(self):
        """Part and subset."""
        return f"{self.part}:{self.subset}" if self.subset else self.part

    @property
    def title(self):
        """Protocol, part and subset."""
        return f"{self.protocol}, {self.part_title}" if self.part else self.protocol

    @property
    def in_brief(self):
        """Whether the report shows the scores only."""
        return self.subset in _IN_BRIEF

    @property
    def digest(self):
        """Fingerprint of the data set that the finished folds are of; None without any."""
        return self.records[0]["digest"] if self.records else None

    @property
    def leaks(self):
        """Test items that depend on the training part, by kind of link; only what occurs."""
        kinds = ("subject", "sequence", "duplicate")
        sums = {kind: sum(record["leaks"][kind] or 0 for record in self.records) for kind in kinds}
        return {kind: count for kind, count in sums.items() if count}

    @property
    def people_unknown(self):
        """Whether the data set does not say who is seen, so that people can be on both sides."""
        # Of two data sets it is not asked.
        crossed = self.protocol.startswith("cross:")
        return not crossed and any(record["leaks"]["subject"] is None for record in self.records)

    @property
    def mark(self):
        """What every table and picture says of the row next to its title; "" for an honest one."""
        return "leaky" if self.leaks else "persons unknown" if self.people_unknown else ""

    def mean(self, field):
        """Mean of a field over the folds, None if a fold has none."""
        values = [record[field] for record in self.records]
        return None if not values or None in values else sum(values) / len(values)

    @property
    def ms_per_face(self):
        """Milliseconds from image to name, for one face of many."""
        if not self.records:
            return None
        return 1000 * sum(record["predict_seconds"] for record in self.records) / len(self.y_true)

    @property
    def training(self):
        """How a network was trained, means over the folds; None for other models."""
        # Records that were made before this was recorded do not have the field.
        found = [record.get("training") for record in self.records]
        if not found or None in found:
            return None
        return {name: sum(fold[name] for fold in found) / len(found) for name in found[0]}

    @property
    def no_face(self):
        """Images of the data set in which no face was found."""
        return self.records[0]["no_face"] if self.records else None

    @property
    def peak_memory(self):
        """Bytes, the most of all folds."""
        return self._most("peak_memory")

    @property
    def model_bytes(self):
        """Size of a stored model, the most of all folds."""
        return self._most("model_bytes")

    def _most(self, field):
        # Records that were made before a field was recorded do not have it.
        values = [record.get(field) for record in self.records]
        return None if not values or None in values else max(values)


def current_records(output, dataset):
    """Read the records of a data set, of each row those of the newest version that it has.

    That is the version of the newest record; a row without a finished fold on it keeps the finished
    folds of the version before.

    Parameters
    ----------
    output : path-like
        Where the records are.
    dataset : str
        Name of the data set.

    Returns
    -------
    records : list of dict
        The last record of each key, or the last finished one.
    n_others : int
        Records of other versions of the data set.

    Raises
    ------
    DataFormatError
        If a line lacks what a report needs of it.
    """
    folder = Path(output) / dataset
    paths = sorted(folder.glob("*.jsonl"))
    records = [record for path in paths for record in read_records(path, _FIELDS)]
    if not records:
        return [], 0
    newest = newest_digest(records)
    kept = []
    for group in _by_identity(records).values():
        done = [record for record in group if record["status"] == "ok"]
        digests = {record["digest"] for record in done}
        digest = newest if newest in digests or not done else newest_digest(done)
        kept += [record for record in group if record["digest"] == digest]
    finished = latest(record for record in kept if record["status"] == "ok")
    return list((latest(kept) | finished).values()), len(records) - len(kept)


def permuted_records(output, dataset):
    """Read the records of a data set that were made with permuted labels; see ``current_records``.

    Parameters
    ----------
    output : path-like
        Where the records are.
    dataset : str
        Name of the data set.

    Returns
    -------
    records : list of dict
        The last record of each key.
    """
    paths = sorted((Path(output) / dataset / "permuted").glob("*.jsonl"))
    return list(latest(r for path in paths for r in read_records(path, _FIELDS)).values())


def marked_titles(rows):
    """Give the title of each protocol and part with its mark, such as ``kfold (leaky)``.

    Parameters
    ----------
    rows : list of Row

    Returns
    -------
    titles : dict of str to str
        By title.
    """
    marks = dict.fromkeys((row.title for row in rows), "")
    for mark in ("persons unknown", "leaky"):  # the second is the worse one
        marks |= {row.title: mark for row in rows if row.mark == mark}
    return {title: f"{title} ({mark})" if mark else title for title, mark in marks.items()}


def newest_digest(records):
    """Give the fingerprint of the data set that the newest record is of."""
    return max(records, key=lambda record: record["finished"])["digest"]


def summarise(records, folder):
    """Pool the folds of each recipe and protocol; official test parts, and subsets, stay apart.

    Parameters
    ----------
    records : list of dict
        Records of one data set, each key once.
    folder : path-like
        Where they lie.

    Returns
    -------
    rows : list of Row
        By protocol, test part and accuracy.
    """
    rows = []
    for identity, group in _by_identity(records).items():
        rows += _rows(identity, group, folder)
    parts = list(dict.fromkeys(row.part for row in rows))
    subsets = list(dict.fromkeys(row.subset for row in rows))
    return sorted(
        rows,
        key=lambda row: (
            row.protocol,
            parts.index(row.part),
            subsets.index(row.subset),
            row.scores["accuracy"]["value"] if row.scores else -1.0,
        ),
    )


def _by_identity(records):
    """Group records by recipe, protocol and test part."""
    groups = {}
    for record in records:
        # Folds with names are test parts of their own, numbered ones are parts of a whole.
        part = record["fold"] if isinstance(record["fold"], str) else ""
        identity = (recipe_label(record), _protocol_label(record), part)
        groups.setdefault(identity, []).append(record)
    return groups


def recipe_label(record):
    """Name the recipe of a record, with what was set by hand."""
    return with_settings(record["recipe"], record["settings"])


def _protocol_label(record):
    label = record["protocol"]
    if label.endswith("kfold") and record["n_folds"] != _USUAL_FOLDS:
        label += f", {record['n_folds']} folds"
    label = f"{label}, seed {record['seed']}" if record["seed"] else label
    # Part of the identity of a row, so that it is pooled and compared with nothing else.
    permuted = record.get("permuted")
    return label if permuted is None else f"{label}, labels permuted (seed {permuted})"


def _rows(identity, records, folder):
    """Make the row of a recipe on a test part, and a row for each subset of that part."""
    recipe, protocol, part = identity
    # What was made with other defaults, or fitted on another version of a data set, is out of date.
    # A run that has failed since then has nothing to put in its place.
    newest = max(records, key=lambda record: (record["status"] == "ok", record["finished"]))
    fields = ("parameters", "train_digest", "n_folds")
    records.sort(key=lambda record: record["fold"])
    alike = [record for record in records if all(record[f] == newest[f] for f in fields)]
    done = [record for record in alike if record["status"] == "ok"]
    failed = [r for r in records if r in alike or r["finished"] >= newest["finished"]]
    n_folds = 1 if part else newest["n_folds"]
    rows = [Row(recipe, protocol, part, "", done, n_folds, _problems(failed))]
    for name in newest["subsets"]:
        of_subset = [subset_record(record, name) for record in done if name in record["subsets"]]
        rows.append(Row(recipe, protocol, part, name, of_subset, n_folds))
    for row in rows:
        _pool(row, folder)
    return rows


def _pool(row, folder):
    """Put the items of the finished folds together, and score them."""
    done = row.records
    if not done:
        return
    for name in ("test_index", "y_true", "y_pred"):
        setattr(row, name, np.concatenate([record[name] for record in done]))
    row.units = np.concatenate([load_units(record, folder) for record in done])
    row.scores = done[0]["metrics"] if len(done) == 1 else _pooled_scores(row)


def _problems(records):
    """Say once for each reason which folds it kept from being finished."""
    folds = {}
    for record in records:
        if record["status"] != "ok":
            reason = f"{record['status']}: {record['reason']}"
            folds.setdefault(reason, []).append(str(record["fold"]))
    return [f"fold {', '.join(names)}: {reason}" for reason, names in folds.items()]


def _pooled_scores(row):
    classes = sorted({name for record in row.records for name in record["classes"]})
    scores = score(row.y_true, row.y_pred, classes=classes, units=row.units)
    weights = [len(record["test_index"]) for record in row.records]
    for name in ("log_loss", "calibration_error"):
        values = [record["metrics"][name] for record in row.records]
        if None not in values:
            scores[name] = float(np.average(values, weights=weights))
    return scores
