"""What is too large for a record: class scores and units of many test items."""

import hashlib
import json
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from benchmarks.records.folds import record_key
from fer_classic.exceptions import DataFormatError
from fer_classic.utils._files import atomic_path

__all__ = ["INLINE_ITEMS", "load_class_scores", "load_units", "store_arrays"]

INLINE_ITEMS = 2000
"""Test items up to which a record holds everything itself."""


def store_arrays(record, *, class_scores, units, all_units, folder, inline_items=INLINE_ITEMS):
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
    inline_items : int, default=2000
        Up to so many test items go into the record.
    """
    if class_scores is not None:
        class_scores = np.round(class_scores, 4)
    if len(units) <= inline_items:
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
            f"{path}, the units of records next to it, is missing or damaged ({error}); "
            "remove it and run the benchmark again with --force."
        ) from error


def load_class_scores(record, folder):
    """Give the class scores of the test items of a record.

    Parameters
    ----------
    record : dict
    folder : path-like
        Where the records of the data set lie.

    Returns
    -------
    class_scores : ndarray of shape (n, n_classes), or None
        None without scores, and where there is no side file: these are not kept under version
        control.

    Raises
    ------
    DataFormatError
        If the side file is damaged.
    """
    scores = record.get("class_scores")
    if isinstance(scores, str):
        path = Path(folder) / scores
        if not path.exists():
            return None
        try:
            with np.load(path) as file:
                scores = file["class_scores"]
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise DataFormatError(
                f"{path}, the class scores of a record, is damaged ({error}); remove it, or run "
                "the benchmark again with --force."
            ) from error
    return None if scores is None else np.asarray(scores, dtype=np.float64)
