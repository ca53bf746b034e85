"""Small sets, with and without each ingredient: ``python -m benchmarks.small``.

Each set is drawn several times. People are left out one after the other, or all other images are
tested. The rows go to ``small.jsonl``, one JSON object a line, and the table to ``small.md``.
"""

import sys
from dataclasses import asdict, dataclass

import numpy as np
from sklearn.base import clone

from benchmarks._cli import add_output_argument, check_writable, make_parser, whole_number
from benchmarks._environment import environment
from benchmarks._format import text_table
from benchmarks._rows import place_in, read_rows, write_rows
from benchmarks.small.page import COLUMNS, cells, write_page
from benchmarks.small.sets import SETS, draw_set
from benchmarks.small.variants import BASE, VARIANTS, FeatureCache
from fer_classic.evaluation import compare, fit_with_groups, score
from fer_classic.exceptions import FerClassicError
from fer_classic.utils._files import describe_error
from fer_classic.utils._progress import Progress

__all__ = ["Row", "main", "measure"]


@dataclass(frozen=True)
class Row:
    """Accuracy of one variant on all draws of one set.

    Parameters
    ----------
    dataset, digest : str
        The set, and what it was drawn from.
    variant : str
        One of :data:`VARIANTS`.
    draws, n_tests, n_units : int
        Number of draws, of tested images in all of them, and of independent units among these.
    n_fitted : float
        Mean number of images that a model was fitted on.
    accuracy : dict
        ``value``, ``low`` and ``high``, over independent units.
    difference : dict or None
        The same for the accuracy minus that of :data:`BASE` on the same images.
    p_value : float or None
        Of this difference.
    """

    dataset: str
    digest: str
    variant: str
    draws: int
    n_tests: int
    n_units: int
    n_fitted: float
    accuracy: dict
    difference: dict | None
    p_value: float | None


def main(argv=None):
    """Run the program.

    Parameters
    ----------
    argv : list of str, optional
        Arguments; those of the process by default.

    Returns
    -------
    code : int
        0; 1 if FER2013 is not found or the results cannot be written.
    """
    args = _parser().parse_args(argv)
    path = args.output / "small.jsonl"
    try:
        check_writable(args.output)
        names = [*Row.__dataclass_fields__, "versions", "machine"]
        records = read_rows(path, names, of="small sets")
        surroundings = environment("versions", "machine")
        for name in args.sets:
            rows = measure(name, args.variants, draws=args.draws, data_dir=args.data_dir)
            new = [asdict(row) | surroundings for row in rows]
            print(f"{name}\n{text_table(COLUMNS, list(map(cells, new)))}", flush=True)
            replaced = {(row.dataset, row.variant) for row in rows}
            records = [r for r in records if (r["dataset"], r["variant"]) not in replaced] + new
            records.sort(key=_place)
            # Set by set, since each takes minutes.
            write_rows(path, records)
            write_page(path.with_suffix(".md"), records)
    except (FerClassicError, OSError) as error:
        print(f"benchmarks.small: {describe_error(error)}", file=sys.stderr)
        return 1
    return 0


def _parser():
    parser = make_parser("benchmarks.small", __doc__)
    add = parser.add_argument
    add("--sets", nargs="+", choices=list(SETS), default=list(SETS), metavar="NAME")
    add("--variants", nargs="+", choices=list(VARIANTS), default=list(VARIANTS), metavar="NAME")
    add("--draws", type=whole_number(1), default=3, metavar="N", help="draws of each set (3)")
    add("--data-dir", metavar="P", help="where FER2013 is")
    add_output_argument(parser)
    return parser


def _place(record):
    names = record["dataset"], record["variant"]
    # Of those that are on no list, each set stays together.
    return place_in(SETS, names[0]), names[0], place_in(VARIANTS, names[1]), names[1]


def measure(name, variants, *, draws, data_dir=None):
    """Fit and test variants on all draws of a set.

    Parameters
    ----------
    name : str
        One of :data:`SETS`.
    variants : list of str
        Some of :data:`VARIANTS`; :data:`BASE` is always fitted, for the differences.
    draws : int
        Number of draws.
    data_dir : path-like, optional
        Where FER2013 is.

    Returns
    -------
    rows : list of Row
        In the order of :data:`VARIANTS`.
    """
    chosen = [variant for variant in VARIANTS if variant in variants or variant == BASE]
    predicted = {variant: [] for variant in chosen}
    labels, units, n_fitted = [], [], []
    with Progress(name, total=draws * len(chosen), unit="model") as progress:
        for draw in range(draws):
            drawn = draw_set(name, draw, data_dir=data_dir)
            cache = FeatureCache(drawn.images)
            for variant in chosen:
                rows, model = cache.on_rows(VARIANTS[variant]())
                predicted[variant].append(_predict(model, rows, drawn))
                progress.update()
            tests = np.concatenate([fold.test for fold in drawn.folds])
            labels.append(drawn.labels[tests])
            # The same person, or image, in two draws is one unit.
            units.append(drawn.groups[tests])
            n_fitted += [len(fold.train) for fold in drawn.folds]
    predicted = {variant: np.concatenate(parts) for variant, parts in predicted.items()}
    labels = np.concatenate(labels)
    units = np.unique(np.concatenate(units), return_inverse=True)[1]
    of_set = {
        "dataset": name,
        "digest": drawn.digest,
        "draws": draws,
        "n_tests": len(labels),
        "n_units": int(units.max()) + 1,
        "n_fitted": float(np.mean(n_fitted)),
    }
    base = predicted[BASE]
    return [
        Row(variant=variant, **of_set, **_scores(labels, answers, base, units))
        for variant, answers in predicted.items()
    ]


def _predict(model, rows, drawn):
    """Predict the test part of each fold by a model that is fitted on the rest."""
    predicted = []
    for fold in drawn.folds:
        fitted = clone(model)
        train = fold.train
        fit_with_groups(fitted, rows[train], drawn.labels[train], drawn.groups[train])
        predicted.append(fitted.predict(rows[fold.test]))
    return np.concatenate(predicted)


def _scores(labels, predicted, base, units):
    accuracy = score(labels, predicted, classes=np.unique(labels), units=units)["accuracy"]
    if predicted is base:
        return {"accuracy": accuracy, "difference": None, "p_value": None}
    found = compare(labels, predicted, base, units=units)
    difference = {"value": found["difference"], "low": found["low"], "high": found["high"]}
    return {"accuracy": accuracy, "difference": difference, "p_value": found["p_value"]}


if __name__ == "__main__":
    sys.exit(main())
