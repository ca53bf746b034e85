"""Choose parameters on folds of the training part: ``python -m benchmarks.search svm_lbp``.

Each candidate is a recipe with some parameters changed. All are fitted and scored on the same folds
of a part of the data set; the test parts of its official split are never looked at. The table
compares each candidate with the recipe as it is, face by face, and a line for each goes to
``<output>/<dataset>/search/<recipe>.jsonl``; a candidate that has one is not run again.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from time import perf_counter

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import StratifiedGroupKFold
from tqdm import tqdm

from benchmarks._features import compute_shared, split_model
from benchmarks._plan import commit, parameters_of
from benchmarks._text import estimate, percent, text_table
from fer_classic.datasets import DATASETS, audit, digest, load_dataset
from fer_classic.emotions import decode
from fer_classic.evaluation import compare, fit_with_groups, independent_units
from fer_classic.exceptions import FerClassicError, ProtocolError, UnknownNameError
from fer_classic.recipes import make_recipe, parse_setting, recipe_grid
from fer_classic.utils import machine, versions

__all__ = ["main", "read_searches"]

_TRAINING = "Training"
# Images whose pixels correlate from here on do not count as independent.
_NEAR = 0.9
_KEY = ("digest", "n_items", "n_folds", "seed", "recipe", "parameters")


@dataclass
class Part:
    """The part of a data set that candidates are compared on.

    Parameters
    ----------
    images, labels, units : ndarray
        Of its items.
    folds : list of (train, test)
        Positions in it.
    base : dict
        What the lines of all candidates share.
    """

    images: np.ndarray
    labels: np.ndarray
    units: np.ndarray
    folds: list
    base: dict


def take_part(bunch, *, n_items, n_folds, seed):
    """Draw whole units of the training part, and split them into folds.

    Parameters
    ----------
    bunch : Bunch
        A data set; where it has an official split, its Training is taken.
    n_items : int or None
        About so many items; None takes all.
    n_folds, seed : int
        Of the shuffled, stratified folds of whole units.

    Returns
    -------
    part : Part
    """
    units = _units(bunch)
    allowed = np.ones(len(units), bool)
    if bunch.split is not None:
        allowed = np.asarray(bunch.split) == _TRAINING
        # A unit that reaches into a test part is left out: its label must not be seen here.
        allowed &= ~np.isin(units, units[~allowed])
    order = np.random.default_rng(seed).permutation(np.unique(units[allowed]))
    sizes = np.bincount(units)[order]
    last = len(order) if n_items is None else np.searchsorted(np.cumsum(sizes), n_items) + 1
    rows = np.flatnonzero(np.isin(units, order[:last]) & allowed)
    labels = decode(bunch.target[rows])
    n_units = len(np.unique(units[rows]))
    if n_units < n_folds:
        raise ProtocolError(
            f"{n_folds} folds need as many independent parts, and {len(rows)} images of "
            f"{bunch.name} have {n_units}; take more images (--n) or fewer folds (--folds)."
        )
    splitter = StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed)
    folds = list(splitter.split(rows, labels, units[rows]))
    base = {
        "dataset": bunch.name,
        "digest": digest(bunch),
        "n_items": len(rows),
        "n_folds": n_folds,
        "seed": seed,
    }
    return Part(bunch.images[rows], labels, units[rows], folds, base)


def _units(bunch):
    """Independent units, joined where images are nearly identical."""
    units = independent_units(bunch)
    (near,) = audit(bunch, near=_NEAR).near
    for members in near.members:
        units[np.isin(units, units[members])] = units[members[0]]
    return np.unique(units, return_inverse=True)[1]


def candidates(recipe, settings, grid):
    """Lay out what is compared.

    Parameters
    ----------
    recipe : str
        Name of the recipe.
    settings : dict
        Parameters of all candidates.
    grid : dict of str to list
        Values by parameter; all combinations are taken.

    Returns
    -------
    candidates : list of dict
        Parameters that are set; the first sets ``settings`` alone.
    """
    combined = [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
    listed = [settings, *({**settings, **chosen} for chosen in combined)]
    described = [json.dumps(parameters_of(make_recipe(recipe, **one))) for one in listed]
    return [one for k, one in enumerate(listed) if described[k] not in described[:k]]


def try_out(part, model):
    """Fit and score a model on each fold.

    Returns
    -------
    y_pred : ndarray of shape (n,), str
        For each item, by the model that did not see its fold.
    seconds : float
        For all folds.
    """
    start = perf_counter()
    shared, rest = split_model(model)
    values = compute_shared(shared, part.images).values
    y_pred = np.empty_like(part.labels)
    for train, test in part.folds:
        fitted = fit_with_groups(clone(rest), values[train], part.labels[train], part.units[train])
        y_pred[test] = fitted.predict(values[test])
    return y_pred, perf_counter() - start


def _changed(recipe, model):
    """Parameters of a model that are not those of the recipe."""
    usual, own = parameters_of(make_recipe(recipe)), parameters_of(model)
    return {name: value for name, value in own.items() if usual.get(name, ...) != value}


def _run(args):
    path = args.output / args.dataset / "search" / f"{args.recipe}.jsonl"
    grid = recipe_grid(args.recipe) if args.grid is None else dict(args.grid)
    listed = candidates(args.recipe, dict(args.settings), grid)
    bunch = load_dataset(args.dataset, args.data_dir)
    part = take_part(bunch, n_items=args.n, n_folds=args.folds, seed=args.seed)
    finished = {_key(row): row for row in _read(path)}
    rows = []
    for settings in tqdm(listed, desc=args.recipe, unit="candidate", disable=None):
        model = make_recipe(args.recipe, **settings)
        row = part.base | {"recipe": args.recipe, "parameters": parameters_of(model)}
        if _key(row) not in finished:
            y_pred, seconds = try_out(part, model)
            row["changed"] = _changed(args.recipe, model)
            row["accuracy"] = float(np.mean(y_pred == part.labels))
            row["wrong"] = np.flatnonzero(y_pred != part.labels).tolist()
            row["difference"] = _compare(part, row, rows[0] if rows else row)
            row["seconds"] = round(seconds, 1)
            row |= {"versions": versions(), "machine": machine(), "commit": commit()}
            _append(path, row)
            finished[_key(row)] = row
        rows.append(finished[_key(row)])
    print(_table(rows))


def _key(row):
    return json.dumps([row[field] for field in _KEY], sort_keys=True)


def _read(path):
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def read_searches(folder):
    """Read what was tried on a data set.

    Parameters
    ----------
    folder : pathlib.Path
        Where its records are.

    Returns
    -------
    searches : dict of str to list of dict
        The lines of each recipe, in the order in which they were made.
    """
    return {path.stem: _read(path) for path in sorted(folder.glob("search/*.jsonl"))}


def _append(path, row):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, separators=(",", ":")) + "\n")


def _table(rows):
    first, *_ = rows
    lines = []
    for row in sorted(rows, key=lambda row: -row["accuracy"]):
        changed = ", ".join(f"{name}={value}" for name, value in row["changed"].items())
        gap = estimate({"value": row["difference"]["difference"]} | row["difference"])
        lines.append(
            [changed or "as it is", percent(row["accuracy"]), gap, f"{row['seconds']:.0f}"]
        )
    title = (
        f"{first['recipe']}: {first['n_items']:,} images of {first['dataset']}, "
        f"{first['n_folds']} folds"
    )
    header = ["candidate", "accuracy %", "minus the first, 95 %", "s"]
    return f"{title}\n" + text_table(header, lines)


def _compare(part, row, first):
    """Difference of the accuracies of two candidates on the same items, with its interval."""
    right = np.ones((2, len(part.labels)), dtype=int)
    for k, one in enumerate((row, first)):
        right[k, one["wrong"]] = 0
    return compare(np.ones(len(part.labels), dtype=int), *right, units=part.units)


def _values(text):
    name, values = parse_setting(text)
    if not isinstance(values, list) or not values:
        raise ValueError(f"expected step__param=[value, ...], got {text!r}.")
    return name, values


def _argument(parse):
    """Let argparse show what is wrong."""

    def parsed(text):
        try:
            return parse(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return parsed


def _at_least(least):
    def parse(text):
        if not text.isdecimal() or int(text) < least:
            raise ValueError(f"must be a whole number of at least {least}, got {text!r}")
        return int(text)

    return _argument(parse)


def build_parser():
    """Describe the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.search", description=__doc__.partition(":")[0] + "."
    )
    add = parser.add_argument
    add("recipe", metavar="RECIPE", help="recipe whose parameters are tried")
    add("--dataset", default="fer2013", choices=DATASETS, help="(fer2013)")
    add("--data-dir", metavar="P", help="where the data set is")
    add("--n", type=_at_least(1), metavar="N", help="images to work on (8000)", default=8000)
    add("--folds", type=_at_least(2), default=3, metavar="K", help="(3)")
    add("--seed", type=_at_least(0), default=0, metavar="S", help="of the draw and the folds (0)")
    add("--output", type=Path, default=Path("results"), metavar="DIR", help="(results)")
    add(
        "--set",
        type=_argument(parse_setting),
        action="append",
        default=[],
        dest="settings",
        metavar="STEP__PARAM=VALUE",
        help="set a parameter of all candidates; may be repeated",
    )
    add(
        "--try",
        type=_argument(_values),
        action="append",
        dest="grid",
        metavar="STEP__PARAM=[V, W]",
        help="values to try, in all combinations; may be repeated (default: the recipe's grid)",
    )
    return parser


def main(argv=None):
    """Run the program.

    Parameters
    ----------
    argv : list of str, optional
        Arguments; those of the process by default.

    Returns
    -------
    code : int
        0; 1 if the data cannot be read or a line not be written; 2 for wrong usage; 130 after
        Ctrl-C.
    """
    args = build_parser().parse_args(argv)
    try:
        _run(args)
    except (ProtocolError, UnknownNameError) as error:
        return _complain(error, 2)
    except (FerClassicError, OSError) as error:
        return _complain(error, 1)
    except KeyboardInterrupt:
        return _complain("stopped; finished candidates are kept, the same command continues", 130)
    return 0


def _complain(error, code):
    print(f"benchmarks.search: {error}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
