"""Records: one JSON object a line, one line a fold, at ``<output>/<dataset>/<recipe>.jsonl``.

Fields
------
dataset, digest, size
    Name of the tested data set, fingerprint of its content, number of its images.
recipe, settings, parameters
    Name of the recipe, what was set by hand, and every parameter as it took effect.
protocol, n_folds, fold, seed, note
    How the data was split, into how many parts, and which part this is.
train_digest
    Fingerprint of the data set that was fitted on, where it is another one (``cross``).
status, reason
    ``ok``, ``skipped`` (a package is missing) or ``error``, and why. Lists are empty unless ``ok``.
n_train, test_index, units, y_true, y_pred
    Size of the training part; of each test item position, independent unit, true and predicted
    name.
classes, class_scores, score_kind
    Classes of the model and their scores, to four decimals: ``probability``, ``decision`` or null.
metrics, leaks, unseen
    Scores with intervals; test items with a link into the training part, by kind, null where the
    data set does not know such links (``subject``: nobody can keep its people apart); classes that
    are in the test part only.
no_face
    Images of the tested data set in which no face was found.
training
    Of a network: ``n_parameters``, ``epochs`` it was trained, ``best_epoch``, ``seconds_per_epoch``
    and ``seconds`` for all.
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

A fold whose test items are all in a finished fold of the same fit is not fitted again: its record
repeats what that one tells of the fit, and has scores and ``finished`` of its own.

With more than 2,000 test items ``class_scores`` is the name of a compressed side file in
``scores/``, and ``units`` that of a side file with the unit of every image of the data set.
"""

import hashlib
import json
import os
from pathlib import Path

import numpy as np

from fer_classic.exceptions import DataFormatError
from fer_classic.utils._files import atomic_path

try:
    import fcntl
except ImportError:  # not on Windows, where two runs should not share a file
    fcntl = None

__all__ = [
    "append_record",
    "latest",
    "load_units",
    "read_records",
    "record_key",
    "record_path",
    "store_arrays",
]

INLINE_ITEMS = 2000
_KEY = (
    "digest",
    "train_digest",
    "recipe",
    "parameters",
    "protocol",
    "n_folds",
    "fold",
    "seed",
)
_FIELDS = (*_KEY, "status")


def record_path(output, dataset, recipe):
    """Say where the records of a recipe on a data set lie."""
    return Path(output) / dataset / f"{recipe}.jsonl"


def record_key(record):
    """Give the text by which records of the same work are known."""
    values = {field: record[field] for field in _KEY}
    if isinstance(record["fold"], str):
        # A fold with a name is a whole of its own, however many others there are.
        del values["n_folds"]
    return json.dumps(list(values.values()), sort_keys=True)


def latest(records):
    """Map each key to its last record."""
    return {record_key(record): record for record in records}


def read_records(path, fields=_FIELDS):
    """Read a file of records; a torn last line, left by a killed run, is passed over.

    Parameters
    ----------
    path : path-like
        The file; one that does not exist holds no records.
    fields : sequence of str, optional
        Fields without which a line is no record; those of a fold by default.

    Returns
    -------
    records : list of dict

    Raises
    ------
    DataFormatError
        If another line than the last is damaged.
    """
    path = Path(path)
    if not path.exists():
        return []
    *lines, tail = path.read_bytes().split(b"\n")
    records = []
    for number, line in enumerate(lines, start=1):
        record = _parse(line, fields)
        if record is None:
            raise DataFormatError(
                f"{path}, line {number} is not a record; remove that line and run again."
            )
        records.append(record)
    torn = _parse(tail, fields)
    return records if torn is None else [*records, torn]


def _parse(line, fields):
    try:
        record = json.loads(line)
    except ValueError:
        return None
    complete = isinstance(record, dict) and all(field in record for field in fields)
    return record if complete else None


def append_record(path, record, fields=_FIELDS):
    """Add a record at the end of a file, and do not return before it is on the disk.

    ``fields`` are those of :func:`read_records`; a last line that lacks one is cut off.
    """
    line = json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a+b") as file:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        _mend_tail(file, fields)
        file.write(line.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _mend_tail(file, fields):
    """End the file with a whole line, so that the next one does not continue a torn one."""
    if file.seek(0, os.SEEK_END) == 0:
        return
    file.seek(-1, os.SEEK_END)
    if file.read() == b"\n":
        return
    file.seek(0)
    content = file.read()
    start = content.rfind(b"\n") + 1
    if _parse(content[start:], fields) is None:
        file.truncate(start)
    else:
        file.write(b"\n")


def store_arrays(record, *, class_scores, units, all_units, folder):
    """Put scores and units into a record, or into side files where there are many.

    Parameters
    ----------
    record : dict
        The record; ``class_scores`` and ``units`` are set.
    class_scores : ndarray of shape (n, n_classes), or None
    units : ndarray of shape (n,), int
        Units of the test items.
    all_units : ndarray of int
        Units of the whole data set.
    folder : path-like
        Where the records of the data set lie.
    """
    if class_scores is not None:
        class_scores = np.round(class_scores, 4)
    if len(units) <= INLINE_ITEMS:
        record["units"] = units.tolist()
        record["class_scores"] = None if class_scores is None else class_scores.tolist()
        return
    record["units"] = f"units-{record['digest']}.json"
    path = Path(folder) / record["units"]
    if not path.exists():
        with atomic_path(path) as temporary:
            temporary.write_text(json.dumps(all_units.tolist(), separators=(",", ":")) + "\n")
    if class_scores is None:
        record["class_scores"] = None
        return
    name = hashlib.sha256(record_key(record).encode()).hexdigest()[:16]
    record["class_scores"] = f"scores/{name}.npz"
    with atomic_path(Path(folder) / record["class_scores"]) as temporary:
        np.savez_compressed(temporary, class_scores=class_scores.astype(np.float32))


def load_units(record, folder):
    """Give the units of the test items of a record.

    Raises
    ------
    DataFormatError
        If the side file is missing or damaged.
    """
    if isinstance(record["units"], list):
        return np.array(record["units"], dtype=np.int64)
    path = Path(folder) / record["units"]
    try:
        return np.array(json.loads(path.read_text()), dtype=np.int64)[record["test_index"]]
    except (OSError, ValueError, IndexError) as error:
        raise DataFormatError(
            f"{path}, the units of records beside it, is missing or damaged ({error}); "
            "remove it and run the benchmark again with --force."
        ) from error
