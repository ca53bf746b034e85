"""Measure models on disturbed pictures of faces: ``python -m benchmarks.robustness``.

Each disturbance is applied to FER2013's PublicTest and to the drawn faces at five strengths. The
rows go to ``robustness.jsonl``, one JSON object a line, the tables to ``robustness.md`` and the
curves to ``robustness.png``.
"""

import sys
from dataclasses import asdict

from benchmarks._cli import add_output_argument, check_writable, make_parser, whole_number
from benchmarks._environment import environment
from benchmarks._format import text_table
from benchmarks._rows import place_in, write_rows
from benchmarks.robustness.faces import DATASETS, load_faces
from benchmarks.robustness.measures import conditions, measure, read_model, read_records
from benchmarks.robustness.page import PICTURE, draw, robustness_page, summary, summary_header
from fer_classic.exceptions import FerClassicError, MissingDependencyError
from fer_classic.persistence import BUNDLED
from fer_classic.utils import DISTURBANCES
from fer_classic.utils._files import atomic_path, describe_error
from fer_classic.utils._progress import Progress

__all__ = ["main"]


def build_parser():
    """Describe the command line."""
    parser = make_parser("benchmarks.robustness", __doc__)
    add = parser.add_argument
    add(
        "--models",
        nargs="+",
        default=BUNDLED,
        metavar="NAME|FILE",
        help=f"bundled models or model files ({', '.join(BUNDLED)})",
    )
    add(
        "--datasets",
        nargs="+",
        default=DATASETS,
        choices=DATASETS,
        metavar="NAME",
        help=f"out of {', '.join(DATASETS)} (all)",
    )
    add("--data-dir", metavar="P", help="where FER2013 is")
    add(
        "--n",
        type=whole_number(1),
        default=1000,
        metavar="N",
        help="most faces of a data set, a random subset with the same share of each class (1000)",
    )
    add(
        "--kinds",
        nargs="+",
        default=tuple(DISTURBANCES),
        choices=tuple(DISTURBANCES),
        metavar="KIND",
        help=f"disturbances, out of {', '.join(DISTURBANCES)} (all)",
    )
    add("--trust", action="store_true", help="load model files that could run code")
    add_output_argument(parser)
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
        0; 1 if a model, the data or earlier results cannot be read, a model cannot score the
        faces, or the results cannot be written.
    """
    args = build_parser().parse_args(argv)
    path = args.output / "robustness.jsonl"
    try:
        check_writable(args.output)
        # What cannot be read or added to is found before anything is measured.
        read_records(path)
        models = _read_models(args.models, trust=args.trust)
        sets = [load_faces(name, args.data_dir, args.n) for name in dict.fromkeys(args.datasets)]
        surroundings = environment("commit", "versions")
        kinds = tuple(dict.fromkeys(args.kinds))
        for faces in sets:
            records = []
            for model in models:
                rows = _measure(model, faces, kinds)
                records += [asdict(row) | surroundings for row in rows]
            print(f"{faces.dataset}\n{text_table(summary_header(), summary(records))}")
            _write(path, records)
            _write_page(path)
    except (FerClassicError, OSError) as error:
        print(f"benchmarks.robustness: {describe_error(error)}", file=sys.stderr)
        return 1
    return 0


def _read_models(sources, *, trust):
    models = {}
    for source in dict.fromkeys(sources):
        model = read_model(source, trust=trust)
        if model.name in models:
            raise FerClassicError(
                f"two of the models are called {model.name}; rename the file {source}."
            )
        models[model.name] = model
    return list(models.values())


def _measure(model, faces, kinds):
    task = f"{model.name} on {faces.dataset}"
    total = len(conditions(kinds)) * len(faces.of_classes(model.estimator.classes_))
    with Progress(task, total=total, unit="face", leave=False) as progress:
        return measure(model, faces, kinds=kinds, report=progress.update)


def _write(path, records):
    """Put the new rows in the place of older ones of the same faces, model and condition."""
    replaced = {(record["digest"], record["model"]): record["model_digest"] for record in records}
    # Nothing is left of another model of the same name.
    merged = {
        _key(record): record
        for record in read_records(path)
        if replaced.get(_key(record)[:2], record["model_digest"]) == record["model_digest"]
    }
    merged |= {_key(record): record for record in records}
    write_rows(path, sorted(merged.values(), key=_place))


def _key(record):
    return record["digest"], record["model"], record["kind"], record["strength"]


def _place(record):
    """Place of a row: in the order of the lists of names, what is not on them last."""
    return (
        place_in(DATASETS, record["dataset"]),
        -record["n"],
        record["digest"],
        place_in(BUNDLED, record["model"]),
        record["model"],
        place_in((None, *DISTURBANCES), record["kind"]),
        record["strength"],
    )


def _write_page(path):
    records = read_records(path)
    try:
        draw(records, path.parent / PICTURE)
        picture = True
    except MissingDependencyError as error:
        print(f"benchmarks.robustness: without the picture: {error}", file=sys.stderr)
        picture = False
    with atomic_path(path.with_suffix(".md")) as temporary:
        temporary.write_text(robustness_page(records, picture=picture), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
