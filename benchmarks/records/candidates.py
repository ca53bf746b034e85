"""What was tried: the records of the protocol ``development``, pooled and compared.

They lie at ``<output>/<dataset>/search/<recipe>.jsonl``; their fields are those of every record.
"""

from dataclasses import dataclass, field

import numpy as np

from benchmarks._format import estimate, number, percent
from benchmarks.records.folds import latest, read_records
from benchmarks.records.side_files import load_units
from fer_classic.evaluation import compare

__all__ = ["Tried", "candidate_lines", "plain_of", "pool", "read_searches"]

_PART = ("digest", "n_items", "n_folds", "seed")


@dataclass(eq=False)
class Tried:
    """A recipe with some parameters, scored on all folds of a part of a data set.

    Parameters
    ----------
    recipe : str
        Its name.
    settings, parameters : dict
        What was set, and every parameter as it took effect.
    dataset : str
        Name of the data set.
    part : tuple
        Digest of the data set, number of images, number of folds and seed.
    y_true, y_pred, units : ndarray of shape (n,)
        True and predicted name and unit of each image, in the order of the data set.
    seconds : float
        How long features, fits and predictions took.
    """

    recipe: str
    settings: dict
    parameters: dict
    dataset: str
    part: tuple
    y_true: np.ndarray = field(repr=False)
    y_pred: np.ndarray = field(repr=False)
    units: np.ndarray = field(repr=False)
    seconds: float

    @property
    def accuracy(self):
        """Share of the images whose expression is named correctly."""
        return float(np.mean(self.y_true == self.y_pred))


def pool(records, folder):
    """Pool the folds of each candidate.

    Parameters
    ----------
    records : list of dict
        Records of one recipe under the protocol ``development``, the latest last.
    folder : path-like
        Where they lie.

    Returns
    -------
    parts : list of list of Tried
        The candidates of each part of a data set whose folds are all finished, in the order in
        which they were tried.

    Raises
    ------
    DataFormatError
        If the units of the images are missing.
    """
    groups = {}
    for record in latest(records).values():
        if record["status"] == "ok":
            part = tuple(record[name] for name in _PART)
            parameters = repr(sorted(record["parameters"].items()))
            groups.setdefault(part, {}).setdefault(parameters, []).append(record)
    parts = []
    for part, of_part in groups.items():
        finished = [folds for folds in of_part.values() if len(folds) == folds[0]["n_folds"]]
        if finished:
            parts.append([_pool(part, folds, folder) for folds in finished])
    return parts


def _pool(part, folds, folder):
    order = np.argsort(np.concatenate([record["test_index"] for record in folds]))
    last = folds[-1]
    return Tried(
        recipe=last["recipe"],
        settings=last["settings"],
        parameters=last["parameters"],
        dataset=last["dataset"],
        part=part,
        y_true=np.concatenate([record["y_true"] for record in folds])[order],
        y_pred=np.concatenate([record["y_pred"] for record in folds])[order],
        units=np.concatenate([load_units(record, folder) for record in folds])[order],
        seconds=sum(record["fit_seconds"] + record["predict_seconds"] for record in folds),
    )


def read_searches(folder):
    """Read what was tried on a data set.

    Parameters
    ----------
    folder : pathlib.Path
        Where its records are.

    Returns
    -------
    searches : list of list of Tried
        The candidates of each recipe and part.

    Raises
    ------
    DataFormatError
        If a line is damaged, or the units of the images are missing.
    """
    paths = sorted(folder.glob("search/*.jsonl"))
    return [part for path in paths for part in pool(read_records(path), path.parent)]


def plain_of(candidates):
    """Find the recipe as it is, the last one if its defaults have changed; None without one."""
    return next((tried for tried in reversed(candidates) if not tried.settings), None)


def candidate_lines(candidates, plain):
    """Compare candidates with the recipe as it is.

    Parameters
    ----------
    candidates : list of Tried
        Candidates of one recipe and part.
    plain : Tried or None
        The recipe as it is; without it nothing is compared.

    Returns
    -------
    lines : list of list of str
        What the candidate changes, its accuracy in percent, the difference in percentage points
        with its 95 % interval over units, and seconds.
    """
    return [
        [
            _changes(tried, plain) or "as it is",
            percent(tried.accuracy),
            "–" if plain in (None, tried) else _difference(tried, plain),
            number(tried.seconds, 0),
        ]
        for tried in candidates
    ]


def _changes(tried, plain):
    changed = tried.settings
    if plain is not None:
        changed = {
            name: value
            for name, value in tried.parameters.items()
            if plain.parameters.get(name, ...) != value
        }
    return ", ".join(f"{name}={value}" for name, value in changed.items())


def _difference(tried, plain):
    """Accuracy minus that of the recipe as it is on the same images, with its interval."""
    result = compare(plain.y_true, tried.y_pred, plain.y_pred, units=plain.units)
    return estimate({"value": result["difference"]} | result)
