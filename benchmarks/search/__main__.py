"""Choose parameters on folds of the training part: ``python -m benchmarks.search svm_lbp``.

Each candidate is a recipe with some parameters changed; the first is the recipe as it is. All are
fitted and scored on the same folds of a part of the data set; the test parts of its official split
are never looked at. The table compares each candidate with the recipe as it is, face by face, and a
line for each goes to ``<output>/<dataset>/search/<recipe>.jsonl``; a candidate that has one is not
run again. One that fails has none, and the others go on.
"""

import argparse
import sys
from itertools import product
from pathlib import Path
from time import perf_counter

import numpy as np
from sklearn.base import clone
from tqdm import tqdm

from benchmarks._cli import at_least, check_writable, seed, setting
from benchmarks._format import text_table
from benchmarks.experiments.plan import commit, parameters_of
from benchmarks.experiments.stateless import compute_shared, split_model
from benchmarks.records.candidates import (
    append_search,
    candidate_lines,
    read_search,
    search_key,
    search_path,
)
from benchmarks.search.subset import take_part
from fer_classic.datasets import DATASETS, load_dataset
from fer_classic.evaluation import fit_with_groups
from fer_classic.exceptions import FerClassicError, ProtocolError, UnknownNameError
from fer_classic.recipes import make_recipe, recipe_grid
from fer_classic.utils._progress import Progress
from fer_classic.utils._versions import machine, versions

__all__ = ["main"]


def candidates(settings, grid):
    """Lay out what is compared.

    Parameters
    ----------
    settings : dict
        Parameters of all candidates but the first.
    grid : dict of str to list
        Values by parameter; all combinations are taken.

    Returns
    -------
    candidates : list of dict
        Parameters that are set; the first sets none.
    """
    combined = (dict(zip(grid, values, strict=True)) for values in product(*grid.values()))
    return [{}, *(settings | chosen for chosen in combined)]


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


def _run(args):
    grid = recipe_grid(args.recipe) if args.grid is None else dict(args.grid)
    fixed = dict(args.settings)
    for name in (*fixed, *grid):
        make_recipe(args.recipe, **{name: None})  # an unknown name is told before the work
    path = search_path(args.output, args.dataset, args.recipe)
    check_writable(path.parent)
    finished = read_search(path)
    bunch = load_dataset(args.dataset, args.data_dir)
    part = take_part(bunch, n_items=args.n, n_folds=args.folds, seed=args.seed)
    rows, n_failed = {}, 0
    todo = list(candidates(fixed, grid))
    with Progress(args.recipe, total=len(todo), unit="candidate") as progress:
        for changes in progress.each(todo):
            try:
                key, row = _row(part, args.recipe, changes, finished)
            except Exception as error:  # one that fails is told, whatever it is
                if not rows:
                    raise FerClassicError(
                        f"{args.recipe} as it is fails, so there is nothing to compare with: "
                        f"{_told(error)}"
                    ) from error
                n_failed += 1
                settings = ", ".join(f"{name}={value!r}" for name, value in changes.items())
                tqdm.write(f"benchmarks.search: {settings}: {_told(error)}", file=sys.stderr)
                continue
            if not rows:
                row = {"units": part.units.tolist()} | row
            if row != finished.get(key):
                append_search(path, row)
                finished[key] = row
            rows[key] = row
    print(_table(list(rows.values())))
    if n_failed:
        return _complain(f"{n_failed} candidates failed; the same command tries them again", 1)
    return 0


def _row(part, recipe, changes, finished):
    """Give a candidate's key and line: the finished one, or a new one."""
    model = make_recipe(recipe, **changes)
    row = part.base | {"recipe": recipe, "parameters": parameters_of(model)}
    key = search_key(row)
    if key in finished:
        return key, finished[key]
    y_pred, seconds = try_out(part, model)
    return key, row | {
        "accuracy": float(np.mean(y_pred == part.labels)),
        "wrong": np.flatnonzero(y_pred != part.labels).tolist(),
        "seconds": round(seconds, 1),
        "versions": versions(),
        "machine": machine(),
        "commit": commit(),
    }


def _told(error):
    return f"{type(error).__name__}: {error}"


def _table(rows):
    plain, *_ = rows
    title = (
        f"{plain['recipe']}: {plain['n_items']:,} images of {plain['dataset']}, "
        f"{plain['n_folds']} folds"
    )
    header = ["candidate", "accuracy %", "minus the recipe, 95 %", "s"]
    best_first = sorted(rows, key=lambda row: -row["accuracy"])
    return f"{title}\n" + text_table(header, candidate_lines(best_first, plain))


def _values(text):
    name, values = setting(text)
    if not isinstance(values, list) or not values:
        raise argparse.ArgumentTypeError(f"expected step__param=[value, ...], got {text!r}")
    return name, values


def build_parser():
    """Describe the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.search", description=__doc__.partition(":")[0] + "."
    )
    add = parser.add_argument
    add("recipe", metavar="RECIPE", help="recipe whose parameters are tried")
    add("--dataset", default="fer2013", choices=DATASETS, help="(fer2013)")
    add("--data-dir", metavar="P", help="where the data set is")
    add("--n", type=at_least(1), metavar="N", help="images to work on (8000)", default=8000)
    add("--folds", type=at_least(2), default=3, metavar="K", help="(3)")
    add("--seed", type=seed, default=0, metavar="S", help="of the draw and the folds (0)")
    add("--output", type=Path, default=Path("results"), metavar="DIR", help="(results)")
    add(
        "--set",
        type=setting,
        action="append",
        default=[],
        dest="settings",
        metavar="STEP__PARAM=VALUE",
        help="set a parameter of all candidates but the recipe as it is; may be repeated",
    )
    add(
        "--try",
        type=_values,
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
        0; 1 if a candidate failed, or data or lines cannot be read or written; 2 for wrong usage;
        130 after Ctrl-C.
    """
    args = build_parser().parse_args(argv)
    try:
        return _run(args)
    except (ProtocolError, UnknownNameError) as error:
        return _complain(error, 2)
    except (FerClassicError, OSError) as error:
        return _complain(error, 1)
    except MemoryError as error:
        return _complain(f"not enough memory; take fewer images (--n). {error}", 1)
    except KeyboardInterrupt:
        return _complain("stopped; finished candidates are kept, the same command continues", 130)


def _complain(error, code):
    print(f"benchmarks.search: {error}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
