"""Look for wrong labels: ``python -m benchmarks.labels planted`` and ``... cleaned``.

``planted`` makes labels of the drawn faces wrong and counts how many are found. ``cleaned`` fits
models with and without the suspects and scores them on held-out people. The rows go to
``labels_planted.jsonl`` and ``labels_cleaned.jsonl``, the tables to ``labels.md``.
"""

import argparse
import json
import sys
from dataclasses import asdict, fields

from benchmarks._cli import (
    add_data_arguments,
    check_writable,
    make_parser,
    seed,
    setting,
    whole_number,
)
from benchmarks._environment import environment
from benchmarks._format import text_table
from benchmarks._rows import read_rows, write_rows
from benchmarks.experiments import Data
from benchmarks.experiments.development import development_folds
from benchmarks.labels.clean import TREATMENTS, Cleaned, fit_cleaned
from benchmarks.labels.page import labels_page, table_of
from benchmarks.labels.plant import FLIPS, Planted, look_for, plant
from fer_classic.datasets import load_dataset
from fer_classic.exceptions import FerClassicError
from fer_classic.recipes import list_recipes, make_recipe
from fer_classic.utils._files import atomic_path, describe_error
from fer_classic.utils._progress import Progress

__all__ = ["main"]

_COMMON = ["dataset", "digest", "recipe", "settings", "planted"]
_KEYS = {
    "planted": [*_COMMON, "flips", "draw"],
    "cleaned": [*_COMMON, "seed", "n_folds", "n_items", "treatment"],
}
_NAMES = {
    "planted": [*_COMMON, *(field.name for field in fields(Planted))],
    "cleaned": [*_COMMON, "seed", "n_folds", *(field.name for field in fields(Cleaned))],
}


def main(argv=None):
    """Run the program.

    Parameters
    ----------
    argv : list of str, optional
        Arguments; those of the process by default.

    Returns
    -------
    code : int
        0; 1 if the data or earlier results cannot be read, or the results cannot be written.
    """
    parser = _parser()
    args = parser.parse_args(argv)
    if args.experiment == "planted" and args.dataset != "drawn":
        parser.error("planted needs labels that are all correct: --dataset drawn")
    try:
        check_writable(args.output)
        # What cannot be added to is found before anything is measured.
        for experiment in _KEYS:
            _read(args.output, experiment)
        given = {name: getattr(args, name) for name in ("class_names", "subject_pattern")}
        options = {name: value for name, value in given.items() if value is not None}
        data = Data.of(load_dataset(args.dataset, data_home=args.data_dir, **options))
        surroundings = environment("versions", "machine")
        for recipe in args.recipes or ["svm_fast"]:
            model = make_recipe(recipe, **dict(args.settings))
            measure = _planted if args.experiment == "planted" else _cleaned
            common = {
                "dataset": data.name,
                "digest": data.digest,
                "recipe": recipe,
                "settings": dict(args.settings),
            }
            rows = [common | row for row in measure(data, model, recipe, args)]
            print(text_table(*table_of(args.experiment, rows)))
            # Recipes that are finished are kept if the next one is interrupted.
            _write(args.output, args.experiment, [row | surroundings for row in rows])
    except (FerClassicError, OSError, ValueError) as error:
        print(f"benchmarks.labels: {describe_error(error)}", file=sys.stderr)
        return 1
    return 0


def _parser():
    parser = make_parser("benchmarks.labels", __doc__)
    parser.add_argument("experiment", choices=list(_KEYS), help="what is measured")
    add_data_arguments(parser, dataset="drawn")
    add = parser.add_argument
    add("--recipes", nargs="+", choices=list_recipes(), metavar="NAME", help="(svm_fast)")
    add(
        "--set",
        dest="settings",
        type=setting,
        action="append",
        default=[],
        metavar="STEP__PARAM=VALUE",
        help="parameter of the recipes; may be given several times",
    )
    add(
        "--shares",
        nargs="+",
        type=_share,
        metavar="P",
        help="shares of planted wrong labels (planted: 0 0.05 0.1 0.2; cleaned: 0)",
    )
    add("--draws", type=whole_number(1), default=3, metavar="N", help="draws of planted labels (3)")
    add("--n", type=whole_number(1), metavar="N", help="cleaned: how many images are drawn (all)")
    add("--folds", type=whole_number(2), default=5, metavar="N", help="cleaned: folds (5)")
    add("--seed", type=seed, default=0, metavar="N", help="cleaned: of images and folds (0)")
    return parser


def _share(text):
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share < 1:
        raise argparse.ArgumentTypeError(f"must be a share of 0 to below 1, got {text!r}")
    return share


def _planted(data, model, recipe, args):
    # Without wrong labels all draws are the same.
    trials = [
        (share, flips, draw)
        for share in args.shares or [0.0, 0.05, 0.1, 0.2]
        for flips in (FLIPS if share else FLIPS[:1])
        for draw in range(args.draws if share else 1)
    ]
    rows = []
    with Progress(f"{recipe}, planted labels", total=len(trials), unit="fit") as progress:
        for share, flips, draw in trials:
            planted = look_for(
                model,
                data.values,
                data.labels,
                data.units,
                share=share,
                flips=flips,
                draw=draw,
            )
            rows.append({"planted": share} | asdict(planted))
            progress.update()
    return rows


def _cleaned(data, model, recipe, args):
    part = data
    if data.bunch.split is not None or args.n is not None:
        folds, joined = development_folds(data, n_items=args.n, n_folds=args.folds, seed=args.seed)
        positions = sorted(position for fold in folds for position in fold.test.tolist())
        part = joined.at(positions)
    rows = []
    for share in args.shares or [0.0]:
        labels = plant(part.labels, share, flips="random", draw=args.seed)
        total = args.folds * len(TREATMENTS)
        with Progress(f"{recipe}, {len(labels):,} images", total=total, unit="fit") as progress:
            cleaned = fit_cleaned(
                model,
                part.values,
                labels,
                part.units,
                reference=part.labels,
                n_folds=args.folds,
                seed=args.seed,
                report=progress.update,
            )
        common = {"planted": share, "seed": args.seed, "n_folds": args.folds}
        rows += [common | asdict(row) for row in cleaned]
    return rows


def _read(output, experiment):
    names = [*_NAMES[experiment], "versions", "machine"]
    return read_rows(output / f"labels_{experiment}.jsonl", names, of="wrong labels")


def _write(output, experiment, rows):
    """Put the new rows in the place of older ones of the same trial, and write the page."""

    def key(row):
        return json.dumps([row[name] for name in _KEYS[experiment]], sort_keys=True)

    merged = {key(row): row for row in _read(output, experiment) + rows}
    write_rows(output / f"labels_{experiment}.jsonl", list(merged.values()))
    with atomic_path(output / "labels.md") as temporary:
        page = labels_page(_read(output, "planted"), _read(output, "cleaned"))
        temporary.write_text(page, "utf-8")


if __name__ == "__main__":
    sys.exit(main())
