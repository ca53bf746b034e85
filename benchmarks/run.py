"""Run recipes on a data set under protocols: ``python -m benchmarks.run --dataset drawn``.

Each finished fold is put on the disk at once, so that the same command continues where it was
stopped. At the end the results are shown and the report is written.
"""

import argparse
import sys
from dataclasses import replace
from itertools import chain
from pathlib import Path

from tqdm import tqdm

from benchmarks._cli import at_least, check_writable, seed, setting
from benchmarks._format import estimate, leak_note, number, text_table
from benchmarks.experiments.plan import Data, default_protocols, make_jobs
from benchmarks.experiments.runner import run_jobs
from benchmarks.records.folds import latest, read_records, record_path
from benchmarks.records.rescore import derivable, derive
from benchmarks.report import summarise, write_report
from fer_classic.evaluation import PROTOCOLS
from fer_classic.exceptions import FerClassicError, ProtocolError, UnknownNameError

__all__ = ["main"]


def _names(text):
    return [name.strip() for name in text.split(",") if name.strip()]


def _gigabytes(text):
    try:
        n_bytes = float(text) * 1e9
    except ValueError:
        n_bytes = -1.0
    if not 0 <= n_bytes < float("inf"):
        raise argparse.ArgumentTypeError(f"must be a number of gigabytes, got {text!r}")
    return n_bytes


def build_parser():
    """Describe the command line."""
    from fer_classic.datasets import DATASETS

    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.run", description=__doc__.partition("\n")[0]
    )
    add = parser.add_argument
    add("--dataset", default="drawn", choices=DATASETS, help="what to score (default: drawn)")
    add("--data-dir", metavar="P", help="where the data set is")
    add(
        "--class-names",
        metavar="NAME|FILE",
        help="of the data set folder: what its folders stand for: raf-db, affectnet, keep, or a "
        ".json file that gives each folder its class",
    )
    add(
        "--subject-pattern",
        metavar="REGEX",
        help="of --dataset folder: regular expression whose group is the subject in a file's path",
    )
    add(
        "--recipes",
        type=_names,
        metavar="A,B",
        help="recipes to run (default: all but the slow ones, such as cnn)",
    )
    add(
        "--protocol",
        type=_names,
        metavar="P,Q",
        help=f"out of {', '.join(PROTOCOLS)} (default: what suits the data set)",
    )
    add("--train-on", choices=DATASETS, help="data set to fit on, for the protocol cross")
    add("--train-dir", metavar="P", help="where the data set to fit on is")
    add("--folds", type=at_least(1), default=5, metavar="N", help="of the k-fold protocols (5)")
    add("--seed", type=seed, default=0, metavar="S", help="of the k-fold protocols' shuffle (0)")
    add("--jobs", type=at_least(1), default=1, metavar="N", help="folds to work on at a time (1)")
    add("--output", type=Path, default=Path("results"), metavar="DIR", help="(results)")
    add("--dry-run", action="store_true", help="show what would run, and what is done")
    add("--force", action="store_true", help="run finished folds again")
    add(
        "--keep-models",
        action="store_true",
        help="save the fitted models too, in DIR/<dataset>/models",
    )
    add(
        "--features-memory",
        type=_gigabytes,
        metavar="GB",
        help="memory for the features of a data set; more go to a temporary file (no limit)",
    )
    add(
        "--set",
        type=setting,
        action="append",
        default=[],
        dest="settings",
        metavar="STEP__PARAM=VALUE",
        help="set a parameter that all recipes of --recipes have; may be repeated",
    )
    return parser


def main(argv=None, *, load=None, make=None, recipes=None):
    """Run the program.

    Parameters
    ----------
    argv : list of str, optional
        Arguments; those of the process by default.
    load : callable, optional
        ``load(name, data_home)`` gives a data set; ``fer_classic.datasets.load_dataset`` by
        default.
    make : callable, optional
        ``make(recipe, **settings)`` gives an unfitted model; ``fer_classic.recipes.make_recipe`` by
        default.
    recipes : list of str, optional
        The recipes that run when none is named.

    Returns
    -------
    code : int
        0; 1 if a fold failed, or data or records cannot be read or written; 2 for wrong usage; 130
        after Ctrl-C.
    """
    from fer_classic.datasets import load_dataset
    from fer_classic.recipes import list_recipes, make_recipe

    args = build_parser().parse_args(argv)
    try:
        recipes = recipes or list_recipes(heavy=False)
        return _run(args, load or load_dataset, make or make_recipe, recipes)
    except (ProtocolError, UnknownNameError) as error:
        return _complain(error, 2)
    except (FerClassicError, OSError) as error:
        return _complain(error, 1)
    except KeyboardInterrupt:
        return _complain("stopped; finished folds are kept, the same command continues", 130)


def _complain(error, code):
    print(f"benchmarks.run: {error}", file=sys.stderr)
    return code


def _run(args, load, make, recipes):
    jobs = _plan(args, load, make, recipes)
    found = _latest(jobs, args.output)
    if args.dry_run:
        print(_plan_table(jobs, found, args.output))
        return 0
    check_writable(args.output)
    n_failed = 0
    for of_recipe in jobs:
        todo = of_recipe
        if not args.force:
            _derive_all(of_recipe, found, args.output)
            todo = _unfinished(of_recipe, found)
        records = run_jobs(
            todo,
            output=args.output,
            n_jobs=args.jobs,
            keep_models=args.keep_models,
            features_memory=args.features_memory,
        )
        for record in records:
            tqdm.write(_line(record), file=sys.stderr)
            n_failed += record["status"] == "error"
    print(_result_table(jobs, args.output))
    problem, left = write_report(args.output, datasets=[args.dataset])
    for line in [f"no pictures: {problem}"] * bool(problem) + left:
        _complain(line, 0)
    print(f"report: {args.output / 'README.md'}")
    if n_failed:
        return _complain(f"{n_failed} folds failed; the same command tries them again", 1)
    return 0


def _plan(args, load, make, recipes):
    if args.protocol and (args.train_on is None) == ("cross" in args.protocol):
        raise ProtocolError(
            "--train-on names the data set to fit on, and belongs to --protocol cross."
        )
    if args.class_names and "folder" not in (args.dataset, args.train_on):
        raise ProtocolError("--class-names belongs to --dataset folder or --train-on folder.")
    if args.subject_pattern and args.dataset != "folder":
        raise ProtocolError("--subject-pattern belongs to --dataset folder.")
    pattern = {"subject_pattern": args.subject_pattern} if args.subject_pattern else {}
    tested = Data(_load(args, load, args.dataset, args.data_dir, **pattern))
    trained = Data(_load(args, load, args.train_on, args.train_dir)) if args.train_on else None
    protocols = args.protocol or (["cross"] if trained else default_protocols(args.dataset))
    if tested.bunch.subjects is None and "group-kfold" in protocols:
        print(
            f"{tested.name}: no subjects are known, so group-kfold keeps only "
            "sequences and identical images together",
            file=sys.stderr,
        )
    return make_jobs(
        tested,
        trained,
        recipes=list(dict.fromkeys(args.recipes or recipes)),
        protocols=list(dict.fromkeys(protocols)),
        n_folds=args.folds,
        seed=args.seed,
        settings=dict(args.settings),
        make=make,
    )


def _load(args, load, name, place, **options):
    if name == "folder" and args.class_names:
        options["class_names"] = args.class_names
    try:
        return load(name, place, **options)
    except FerClassicError:
        raise
    except ValueError as error:
        if "subject_pattern" not in options:
            raise
        raise ProtocolError(f"--subject-pattern: {error}") from error


def _latest(jobs, output):
    """Give the last record of each fold of the jobs that has one, by key."""
    keys = {job.key(fold) for of_recipe in jobs for job in of_recipe for fold in job.folds}
    found = {}
    for of_recipe in jobs:
        base = of_recipe[0].base
        found |= latest(read_records(record_path(output, base["dataset"], base["recipe"])))
    return {key: record for key, record in found.items() if key in keys}


def _derive_all(jobs, found, output):
    """Score the folds whose predictions are known already, and add their records to the others."""
    for job in jobs:
        for fold, source in derivable(job, found, output):
            record = found[job.key(fold)] = derive(job, fold, source, output)
            print(f"{_line(record)}, not fitted again", file=sys.stderr)


def _unfinished(jobs, found):
    """Keep the jobs, and of each the folds, that have no finished record."""
    finished = {key for key, record in found.items() if record["status"] == "ok"}
    left = [
        replace(job, folds=[fold for fold in job.folds if job.key(fold) not in finished])
        for job in jobs
    ]
    return [job for job in left if job.folds]


def _plan_table(jobs, found, output):
    states = {"ok": "done", "error": "failed, to run again", "skipped": "skipped, to run again"}
    lines = []
    for job in chain.from_iterable(jobs):
        known = [fold for fold, _ in derivable(job, found, output)]
        for fold in job.folds:
            status = found[job.key(fold)]["status"] if job.key(fold) in found else None
            state = "to score, without a fit" if fold in known else states.get(status, "to run")
            lines.append(
                [
                    job.base["recipe"],
                    job.base["protocol"],
                    str(fold.name),
                    f"{len(fold.train):,}",
                    f"{len(fold.test):,}",
                    state,
                ]
            )
    return text_table(["recipe", "protocol", "fold", "train", "test", "state"], lines)


def _line(record):
    head = f"{record['recipe']}, {record['protocol']}, fold {record['fold']}"
    if record["status"] != "ok":
        return f"{head}: {record['status']}: {record['reason']}"
    accuracy = estimate(record["metrics"]["accuracy"])
    return f"{head}: accuracy {accuracy} %, fit {number(record['fit_seconds'], 2)} s"


def _result_table(jobs, output):
    folder = record_path(output, jobs[0][0].test.name, "").parent
    lines = []
    for row in summarise(list(_latest(jobs, output).values()), folder):
        folds = f"{len(row.records)}/{row.n_folds}"
        scores = ["–", "–"]
        if row.scores:
            scores = [estimate(row.scores["accuracy"]), estimate(row.scores["macro_f1"])]
        lines.append([row.recipe, row.title, *scores, folds, leak_note(row)])
    header = ["recipe", "protocol", "accuracy %", "macro-F1 %", "folds", ""]
    return text_table(header, lines)


if __name__ == "__main__":
    sys.exit(main())
