"""Records: one JSON object a line, one line a fold, at ``<output>/<dataset>/<recipe>.jsonl``.

Fields
------
dataset, digest, size
    Name of the tested data set, fingerprint of its content, number of its images.
recipe, settings, parameters
    Name of the recipe, what was set by hand, and every parameter as it took effect.
protocol, n_folds, fold, seed, note
    How the data was split, into how many parts, and which part this is.
n_items
    Of the protocol ``development``: number of training images that it works on; else null.
train_digest
    Fingerprint of the data set that was fitted on, where it is another one (``cross``).
permuted
    Seed by which the labels were permuted, for the chance level (``--permute``); null for real
    labels. Records of permuted labels lie in the folder ``permuted``.
status, reason
    ``ok``, ``skipped`` (a package is missing) or ``error``, and why. Lists are empty unless ``ok``.
n_train, test_index, units, y_true, y_pred
    Size of the training part; of each test item position, independent unit, true and predicted
    name. A prediction is null where an older search has recorded only that it was wrong.
classes, class_scores, score_kind
    Classes of the model and their scores, to four decimals: ``probability``, ``decision`` or null.
metrics, leaks, unseen
    Scores with intervals; test items with a link into the training part, by kind, null where the
    data set does not know such links (``subject``: nobody can keep its people apart); classes that
    are in the test part only.
subsets
    By name, such as ``no-twins``, parts of the test part that are scored separately: ``left_out``
    (rows of the lists above that do not belong to it), ``note``, ``metrics``, ``leaks``.
no_face
    Images in which no face was found, of those of the tested data set that take part.
training
    Of a network: ``n_parameters``, ``epochs`` it was trained, ``best_epoch``, ``seconds_per_epoch``
    and ``seconds`` for all.
threads, deterministic
    Largest number of threads of a numerical library during the fit; and whether runs with other
    numbers of threads and jobs give the same predictions, and scores within 1e-6. So it is for
    small training parts, which are fitted on one thread in any case, but for networks. Otherwise
    only runs with the same number of threads agree.
feature_seconds, fit_seconds, predict_seconds
    Steps that learn nothing run once for the whole data set; their time is scaled to the training
    part. Then the fit of the other steps. Then the way from image to name for the test part, the
    scaled time of the shared steps included.
peak_memory
    Bytes: the largest resident memory of the process that did the work, the data set included.
model_bytes
    Size of what was fitted, as a pickle.
versions, machine, commit, finished
    What ran, where, and when (UTC).

With more than 2,000 test items ``class_scores`` is the name of a compressed side file in
``scores/``, and ``units`` that of a side file with the unit of every image of the data set.
``y_true`` and ``y_pred`` then have one character for each item, see
:func:`benchmarks.records.packing.pack`; :func:`read_records` gives lists of names.
"""

import json
import os
from pathlib import Path

import numpy as np

from benchmarks.records.packing import pack, unpack
from fer_classic.exceptions import DataFormatError
from fer_classic.utils._files import append_whole, naming

try:
    import fcntl
except ImportError:  # not on Windows, where two runs should not share a file
    fcntl = None

__all__ = [
    "append_record",
    "latest",
    "read_records",
    "record_key",
    "record_path",
    "subset_record",
]

_KEY = (
    "digest",
    "train_digest",
    "recipe",
    "parameters",
    "protocol",
    "n_items",
    "n_folds",
    "fold",
    "seed",
)
_FIELDS = (*_KEY, "status", "subsets")
# Lists with an entry for each test item; "units" may be the name of a file instead.
_PER_ITEM = ("test_index", "y_true", "y_pred")


def record_path(output, record):
    """Say where a record lies: those of ``development`` and of permuted labels in their own folder.

    Parameters
    ----------
    output : path-like
        Where all records are.
    record : dict
        ``dataset``, ``recipe`` and ``protocol`` of it, and ``permuted`` where there is one.

    Returns
    -------
    path : pathlib.Path
    """
    folder = Path(output) / record["dataset"]
    if record.get("permuted") is not None:
        folder /= "permuted"
    elif record["protocol"] == "development":
        folder /= "search"
    return folder / f"{record['recipe']}.jsonl"


def record_key(record):
    """Give the text by which records of the same work are known."""
    values = {field: record[field] for field in _KEY}
    if isinstance(record["fold"], str):
        # A fold with a name is a whole of its own, however many others there are.
        del values["n_folds"]
    # Records that were made before there were permuted labels do not have the field.
    if record.get("permuted") is not None:
        values["permuted"] = record["permuted"]
    return json.dumps(list(values.values()), sort_keys=True)


def latest(records):
    """Map each key to its last record."""
    return {record_key(record): record for record in records}


def subset_record(record, name):
    """Give the record of a subset of the test part, as if it had been tested alone.

    Parameters
    ----------
    record : dict
        The record of a finished fold.
    name : str
        Which of its ``subsets``.

    Returns
    -------
    record : dict
        Without class scores and further subsets.
    """
    subset = record["subsets"][name]
    kept = np.ones(len(record["test_index"]), bool)
    kept[subset["left_out"]] = False
    rows = np.flatnonzero(kept).tolist()
    lists = {field: [record[field][row] for row in rows] for field in _PER_ITEM}
    if isinstance(record["units"], list):
        lists["units"] = [record["units"][row] for row in rows]
    share = len(rows) / len(kept)
    return (
        record
        | lists
        | {
            **{field: subset[field] for field in ("note", "metrics", "leaks")},
            "unseen": sorted(set(lists["y_true"]) - set(record["classes"])),
            "predict_seconds": record["predict_seconds"] * share,
            "class_scores": None,
            "subsets": {},
        }
    )


def read_records(path, fields=_FIELDS):
    """Read a file of records; a torn last line, left by a killed run, is passed over.

    Parameters
    ----------
    path : path-like
        The file; one that does not exist holds no records.
    fields : sequence of str, optional
        Fields without which a line is no record.

    Returns
    -------
    records : list of dict

    Raises
    ------
    DataFormatError
        If another line than the last is damaged, or a record is one of an older version of this
        program.
    """
    path = Path(path)
    if not path.exists():
        return []
    *lines, tail = path.read_bytes().split(b"\n")
    records = []
    for number, line in enumerate(lines, start=1):
        record = _parse(line, fields)
        if record is None:
            raise DataFormatError(_problem(path, number, line))
        records.append(record)
    torn = _parse(tail, fields)
    return records if torn is None else [*records, torn]


def _parse(line, fields):
    try:
        record = json.loads(line)
    except ValueError:
        return None
    complete = isinstance(record, dict) and all(field in record for field in fields)
    if not complete:
        return None
    try:
        return unpack(record)
    except (DataFormatError, TypeError):
        return None


def _problem(path, number, line):
    older = _parse(line, ("digest", "recipe", "parameters", "seed"))
    if older is not None and "subsets" not in older:
        return (
            f"{path}, line {number} is a record of an older version, without 'subsets'; move the "
            "file away, or name another --output, and run the benchmark again."
        )
    return f"{path}, line {number} is not a record; remove that line and run again."


def append_record(path, record):
    """Add a record at the end of a file, and do not return before it is on the disk."""
    line = json.dumps(pack(record), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+b", buffering=0) as file, naming(path):
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        _mend_tail(file)
        append_whole(file, line.encode() + b"\n", sync=True)


def _mend_tail(file):
    """End the file with a whole line, so that the next one does not continue a torn one."""
    if file.seek(0, os.SEEK_END) == 0:
        return
    file.seek(-1, os.SEEK_END)
    if file.read() == b"\n":
        return
    file.seek(0)
    content = file.read()
    start = content.rfind(b"\n") + 1
    if _parse(content[start:], _FIELDS) is None:
        file.truncate(start)
    else:
        file.write(b"\n")
