"""The files of rows: what maps gain, and maps averaged for each class."""

from dataclasses import asdict, fields

from benchmarks._rows import place_in, read_rows, write_rows
from benchmarks.explanations.class_maps import ClassMaps
from benchmarks.explanations.measures import Row
from benchmarks.explanations.models import RECIPES
from benchmarks.robustness.faces import DATASETS
from fer_classic.persistence import BUNDLED

__all__ = ["add_rows", "read_gains", "read_maps"]

_FILES = {Row: "explanations.jsonl", ClassMaps: "explanations_maps.jsonl"}


def read_gains(folder):
    """Read what maps gain on other orders.

    Parameters
    ----------
    folder : pathlib.Path
        Where the results are.

    Returns
    -------
    records : list of dict
        Fields of :class:`~benchmarks.explanations.measures.Row`, ``commit`` and ``versions``.

    Raises
    ------
    DataFormatError
        If a line is no such row.
    """
    return _read(folder, Row)


def read_maps(folder):
    """Read maps averaged for each class; as :func:`read_gains`."""
    return _read(folder, ClassMaps)


def _read(folder, kind):
    names = [*(field.name for field in fields(kind)), "commit", "versions"]
    return read_rows(folder / _FILES[kind], names, of="explanations")


def add_rows(folder, rows, surroundings):
    """Put rows in the place of older ones of the same model and data set.

    Parameters
    ----------
    folder : pathlib.Path
        Where the results are.
    rows : list of Row, or list of ClassMaps
    surroundings : dict
        ``commit`` and ``versions``.

    Returns
    -------
    records : list of dict
        The new ones.
    """
    kind = type(rows[0])
    records = [asdict(row) | surroundings for row in rows]
    done = {(record["dataset"], record["model"]) for record in records}
    kept = [old for old in _read(folder, kind) if (old["dataset"], old["model"]) not in done]
    write_rows(folder / _FILES[kind], sorted(kept + records, key=_place))
    return records


def _place(record):
    """Place of a row: in the order of the lists of names, what is not on them last."""
    return (
        -place_in(DATASETS, record["dataset"]),
        place_in((*RECIPES, *BUNDLED), record["model"]),
        record["model"],
        record["method"],
    )
