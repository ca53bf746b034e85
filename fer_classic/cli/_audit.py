"""``fer-classic audit``: report the content and the problems of a data set."""

import json
from pathlib import Path

from fer_classic.cli._arguments import (
    UsageError,
    add_data_arguments,
    add_overwrite_argument,
    load_bunch,
)
from fer_classic.cli._audit_labels import (
    add_label_arguments,
    audit_labels,
    check_label_arguments,
    make_judge,
)
from fer_classic.cli._figures import check_figure, save_figure

__all__ = ["add_parser", "run"]


def add_parser(subparsers):
    """Add the command to the program."""
    parser = subparsers.add_parser(
        "audit",
        help="report the content and the problems of a data set",
        description="Count classes and subjects of a data set, and find identical and nearly "
        "identical images, conflicting labels and blank images; with --labels also labels that are "
        "probably wrong.",
    )
    add_data_arguments(parser)
    parser.add_argument(
        "--protocol",
        metavar="NAME",
        help="also count duplicates in more than one fold of this protocol",
    )
    parser.add_argument(
        "--near",
        metavar="C",
        type=float,
        nargs="*",
        default=[0.99, 0.9],
        help="minimum correlations, 0.9 to 1, of near duplicates, including mirror images "
        "(default: 0.99 0.9); slow for large data sets, and skipped without a number",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--picture",
        metavar="FILE",
        type=Path,
        help="draw the class counts to a .png, .jpg, .svg or .pdf",
    )
    add_overwrite_argument(parser)
    add_label_arguments(parser)
    parser.set_defaults(run=run)


def run(args):
    """Run the command."""
    from fer_classic.datasets import audit
    from fer_classic.utils._progress import Progress

    check_label_arguments(args)
    _check(args)
    bunch = load_bunch(args)
    judge = make_judge(args, bunch) if args.labels else None
    folds = _folds(bunch, args.protocol)
    with Progress(f"auditing {len(bunch.target):,} images of {bunch.name}"):
        report = audit(bunch, folds=folds, near=args.near)
    if not args.json:
        print(report, flush=True)
    if args.picture:
        _draw(report, args.picture)
    content = report.as_dict()
    if judge is not None:
        near_groups = report.near[-1].members if report.near else []
        content["labels"], text = audit_labels(args, bunch, judge, near_groups)
        if not args.json:
            print(f"\n{text}")
    if args.json:
        print(json.dumps(content))
    return 0


def _check(args):
    """Check values and outputs before any work is done."""
    from fer_classic.datasets._near import MIN_CORRELATION, is_near
    from fer_classic.utils._files import check_outputs

    if not all(map(is_near, args.near)):
        raise UsageError(
            f"--near: correlations must be from {MIN_CORRELATION} to 1, got "
            f"{' '.join(f'{value:g}' for value in args.near)}."
        )
    for flag, path in (("--picture", args.picture), ("--sheet", args.sheet)):
        if path is not None:
            check_figure(flag, path)
    outputs = filter(None, (args.picture, args.csv, args.sheet))
    check_outputs(*outputs, overwrite=args.overwrite)


def _folds(bunch, protocol):
    """Return the fold in whose test part each image is; -1 if none."""
    import numpy as np

    from fer_classic.evaluation import make_folds

    if protocol is None:
        return None
    folds = np.full(len(bunch.target), -1)
    for number, fold in enumerate(make_folds(bunch, protocol)):
        folds[fold.test] = number
    return folds


def _draw(report, path):
    from fer_classic.plotting import plot_class_counts

    save_figure(plot_class_counts(report.counts).figure, path, bbox_inches="tight")
