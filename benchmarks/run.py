"""Run recipes on a data set under protocols: ``python -m benchmarks.run --dataset drawn``.

Each finished fold is put on the disk at once, so that the same command continues where it was
stopped. At the end the results are shown and the report is written. The protocol ``development``
compares parameters on folds of the training part, where no test image is used: see ``--grid``.
"""

import argparse
import sys
from itertools import groupby

from tqdm import tqdm

from benchmarks._cli import (
    add_data_arguments,
    check_writable,
    grid,
    make_parser,
    seed,
    setting,
    whole_number,
)
from benchmarks._format import text_table
from benchmarks.experiments import (
    DEVELOPMENT,
    Data,
    RunSettings,
    Split,
    default_protocols,
    is_baseline,
    latest_of,
    make_candidates,
    make_jobs,
    run_jobs,
    split_data,
    unfinished,
)
from benchmarks.records.folds import record_path
from benchmarks.records.lock import exclusive
from benchmarks.report import draw_pictures, write_report
from benchmarks.report.chance import CHANCE_HEADER, chance_lines
from benchmarks.report.screen import fold_line, plan_table, result_table, search_tables
from benchmarks.report.summary import summarise
from fer_classic.datasets import DATASETS, load_dataset
from fer_classic.evaluation import PROTOCOLS
from fer_classic.exceptions import FerClassicError, ProtocolError, UnknownNameError
from fer_classic.recipes import list_recipes, make_recipe
from fer_classic.utils._cluster import connect, local_workers
from fer_classic.utils._files import describe_error

__all__ = ["execute", "main"]


# What workers of a cluster must be able to import.
_NEEDED = ("fer_classic", "benchmarks.experiments")


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


def _local_workers(text):
    try:
        return local_workers(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def build_parser():
    """Describe the command line."""
    parser = make_parser("benchmarks.run", __doc__)
    add_data_arguments(parser, dataset="drawn")
    add = parser.add_argument
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
        help=f"out of {', '.join((*PROTOCOLS, DEVELOPMENT))} (default: what suits the data set)",
    )
    add("--train-on", choices=DATASETS, help="data set to fit on, for the protocol cross")
    add("--train-dir", metavar="P", help="where the data set to fit on is")
    add(
        "--permute",
        type=seed,
        nargs="?",
        const=0,
        metavar="S",
        help="measure the chance level: permute the labels with the seed S (0); recorded apart",
    )
    add(
        "--scheduler",
        metavar="ADDRESS",
        help="work on the cluster of this Dask scheduler, such as tcp://host:8786",
    )
    add(
        "--cluster",
        type=_local_workers,
        metavar="local:N",
        help="begin a Dask cluster of N processes on this computer, and work on it",
    )
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
    add_common_arguments(parser, n_folds=Split.n_folds)
    return parser


def add_common_arguments(parser, *, n_folds):
    """Add the arguments that ``benchmarks.search`` has, too.

    Parameters
    ----------
    parser : ArgumentParser
    n_folds : int
        The default of ``--folds``.
    """
    add = parser.add_argument
    add(
        "--folds",
        type=whole_number(2),
        default=n_folds,
        metavar="N",
        help=f"of the k-fold protocols and of development ({n_folds})",
    )
    add(
        "--seed",
        type=seed,
        default=Split.seed,
        metavar="S",
        help=f"of the shuffle of these protocols ({Split.seed})",
    )
    add(
        "--n",
        type=whole_number(1),
        default=Split.n_items,
        metavar="N",
        help=f"training images to work on, for the protocol development ({Split.n_items})",
    )
    add(
        "--grid",
        type=grid,
        action="append",
        metavar="STEP__PARAM=[V, W]",
        help="for the protocol development: values to try, in all combinations; may be repeated",
    )
    add(
        "--set",
        type=setting,
        action="append",
        default=[],
        dest="settings",
        metavar="STEP__PARAM=VALUE",
        help="set a parameter that all recipes have; may be repeated. Under the protocol "
        "development the recipe as it is comes first, without it",
    )
    add(
        "--jobs",
        type=whole_number(1),
        default=1,
        metavar="N",
        help="folds worked on at a time (1)",
    )
    add("--dry-run", action="store_true", help="show what would run, and what is done")
    add("--force", action="store_true", help="run finished folds again")


def main(argv=None, **outside):
    """Run the program.

    Parameters
    ----------
    argv : list of str, optional
        Arguments; those of the process by default.
    **outside
        What :func:`execute` takes from outside.

    Returns
    -------
    code : int
        0; 1 if a fold failed, or data or records cannot be read or written; 2 for wrong usage; 130
        after Ctrl-C.
    """
    return execute(build_parser().parse_args(argv), program="benchmarks.run", **outside)


def execute(
    args, *, program, load=load_dataset, make=make_recipe, recipes=None, draw=draw_pictures
):
    """Do what a command line asks for.

    Parameters
    ----------
    args : namespace
        The arguments, as :func:`build_parser` describes them.
    program : str
        Name of the program, for messages.
    load : callable
        ``load(name, data_home)`` gives a data set.
    make : callable
        ``make(recipe, **settings)`` gives an unfitted model.
    recipes : list of str, optional
        The recipes that run when none is named; all but the slow ones by default.
    draw : callable
        ``draw(folder, dataset, rows)`` draws the pictures of the report.

    Returns
    -------
    code : int
        See :func:`main`.
    """

    def complain(message, code):
        print(f"{program}: {message}", file=sys.stderr)
        return code

    names = args.recipes or recipes or list_recipes(heavy=False)
    try:
        jobs = _plan(args, list(dict.fromkeys(names)), load, make)
        if args.dry_run:
            print(plan_table(jobs, latest_of(jobs, args.output)))
            return 0
        check_writable(args.output)
        with connect(args.scheduler, args.cluster, modules=_NEEDED) as client:
            failures = _work(jobs, args, client)
        _show(jobs, args, draw, complain)
    except (ProtocolError, UnknownNameError) as error:
        return complain(error, 2)
    except (FerClassicError, OSError) as error:
        return complain(describe_error(error), 1)
    except MemoryError as error:
        return complain(f"not enough memory ({error}); take fewer images or --jobs", 1)
    except KeyboardInterrupt:
        return complain("stopped; finished folds are kept, the same command continues", 130)
    for failure in failures:
        complain(failure, 1)
    return 1 if failures else 0


def _plan(args, recipes, load, make):
    """Lay out the work; what can be checked without the data is checked first."""
    _check(args)
    protocols = args.protocol or (["cross"] if args.train_on else default_protocols(args.dataset))
    usual = list(dict.fromkeys(name for name in protocols if name != DEVELOPMENT))
    settings, candidates = dict(args.settings), []
    for recipe in recipes:
        if usual:
            models = make_candidates(recipe, make=make, settings=settings)
            candidates += [(model, usual) for model in models]
        if DEVELOPMENT in protocols:
            models = make_candidates(
                recipe, make=make, settings=settings, grid=dict(args.grid or ())
            )
            candidates += [(model, [DEVELOPMENT]) for model in models]
    if args.output.exists() and not args.dry_run:
        check_writable(args.output)
    pattern = {"subject_pattern": args.subject_pattern} if args.subject_pattern else {}
    tested = Data.of(_load(args, load, args.dataset, args.data_dir, **pattern))
    trained = Data.of(_load(args, load, args.train_on, args.train_dir)) if args.train_on else None
    if args.permute is not None:
        tested = tested.with_permuted_labels(args.permute)
        trained = trained and trained.with_permuted_labels(args.permute)
    if tested.bunch.subjects is None and "group-kfold" in protocols:
        print(
            f"{tested.name}: no subjects are known, so group-kfold keeps only "
            "sequences and identical images together",
            file=sys.stderr,
        )
    split = Split(args.folds, args.seed, args.n)
    parts = {name: split_data(name, tested, trained, split) for name in dict.fromkeys(protocols)}
    return [make_jobs(model, [parts[name] for name in names]) for model, names in candidates]


def _check(args):
    protocols = args.protocol or []
    for name in protocols:
        if name not in (*PROTOCOLS, DEVELOPMENT):
            raise UnknownNameError("protocol", name, (*PROTOCOLS, DEVELOPMENT))
    if args.protocol and (args.train_on is None) == ("cross" in protocols):
        raise ProtocolError(
            "--train-on names the data set to fit on, and belongs to --protocol cross."
        )
    if args.class_names and "folder" not in (args.dataset, args.train_on):
        raise ProtocolError("--class-names belongs to --dataset folder or --train-on folder.")
    if args.subject_pattern and args.dataset != "folder":
        raise ProtocolError("--subject-pattern belongs to --dataset folder.")
    if args.grid and DEVELOPMENT not in protocols:
        raise ProtocolError(
            f"--grid belongs to --protocol {DEVELOPMENT}: parameters are not chosen on test images."
        )
    on_cluster = [name for name in ("scheduler", "cluster") if getattr(args, name) is not None]
    if on_cluster and (args.jobs > 1 or len(on_cluster) > 1):
        raise ProtocolError("give only one of --jobs, --cluster and --scheduler.")
    if args.scheduler and args.keep_models:
        raise ProtocolError(
            "--keep-models does not go with --scheduler: the workers may write to other disks."
        )
    if args.keep_models and DEVELOPMENT in protocols:
        raise ProtocolError(f"--keep-models does not go with --protocol {DEVELOPMENT}.")
    if args.permute is not None and (args.keep_models or DEVELOPMENT in protocols):
        raise ProtocolError(
            f"--permute does not go with --keep-models or --protocol {DEVELOPMENT}: nothing fitted "
            "on permuted labels is of use."
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


def _work(jobs, args, client):
    """Run what is not finished; returns what is to be said of failures."""
    settings = RunSettings(args.jobs, client, args.keep_models, args.features_memory)
    n_failed, left = 0, {}
    for path, of_recipe in groupby(jobs, lambda jobs: record_path(args.output, jobs[0].base)):
        of_recipe = list(of_recipe)
        with exclusive(path):
            # Read now: another run may have finished some of it meanwhile.
            found = {} if args.force else latest_of(of_recipe, args.output)
            for of_model in of_recipe:
                base = of_model[0].base
                if base["protocol"] == DEVELOPMENT and base["recipe"] in left:
                    continue
                todo = unfinished(of_model, found)
                for record in run_jobs(todo, output=args.output, settings=settings):
                    tqdm.write(fold_line(record), file=sys.stderr)
                    n_failed += record["status"] == "error"
                    if record["status"] != "ok" and is_baseline(base):
                        left[base["recipe"]] = (
                            f"{base['recipe']} as it is fails, so there is nothing to compare "
                            f"with: {record['reason']}"
                        )
    failures = list(left.values())
    if n_failed:
        failures.append(f"{n_failed} folds failed; the same command tries them again")
    return failures


def _show(jobs, args, draw, complain):
    """Show the results, and write the report of those on the data as they are."""
    records = list(latest_of(jobs, args.output).values())
    if args.permute is not None:
        rows = summarise(records, args.output / args.dataset / "permuted")
        print(text_table(list(CHANCE_HEADER), chance_lines(rows)))
        return
    searches = [record for record in records if record["protocol"] == DEVELOPMENT]
    others = [record for record in records if record["protocol"] != DEVELOPMENT]
    folder = args.output / args.dataset
    if others:
        print(result_table(others, folder))
    for table in search_tables(searches, folder / "search"):
        print(table)
    if not others:
        return
    problem, left = write_report(args.output, datasets=[args.dataset], draw=draw)
    for line in [f"no pictures: {problem}"] * bool(problem) + left:
        complain(line, 0)
    print(f"report: {args.output / 'README.md'}")


if __name__ == "__main__":
    sys.exit(main())
