"""Measure how true explanations are: ``python -m benchmarks.explanations``.

Recipes are fitted on drawn faces and explain those of other people; bundled models and model files
explain a sample of FER2013's PublicTest. The rows go to ``explanations.jsonl``, one JSON
object a line, and the tables to ``explanations.md``; both hold numbers only.
"""

import argparse
import sys
from dataclasses import asdict, fields
from pathlib import Path

from benchmarks._cli import at_least, check_writable
from benchmarks._format import text_table
from benchmarks._rows import read_rows, write_rows
from benchmarks.experiments.plan import commit
from benchmarks.explanations.measures import Row, measure
from benchmarks.explanations.models import RECIPES, DrawnFaces, fit_recipe, public_faces
from benchmarks.explanations.page import cells, explanations_page, header
from benchmarks.robustness.faces import DATASETS
from benchmarks.robustness.measures import read_model
from fer_classic.exceptions import FerClassicError
from fer_classic.persistence import BUNDLED
from fer_classic.utils._files import atomic_path, describe_error
from fer_classic.utils._progress import Progress
from fer_classic.utils._versions import versions

__all__ = ["main"]


def build_parser():
    """Describe the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.explanations", description=__doc__.partition(":")[0] + "."
    )
    add = parser.add_argument
    add(
        "--recipes",
        nargs="*",
        default=tuple(RECIPES),
        choices=tuple(RECIPES),
        metavar="NAME",
        help=f"fitted on drawn faces, out of {', '.join(RECIPES)} (all)",
    )
    add(
        "--models",
        nargs="*",
        default=BUNDLED,
        metavar="NAME|FILE",
        help=f"bundled models or model files, measured on FER2013 ({', '.join(BUNDLED)})",
    )
    add("--data-dir", metavar="P", help="where FER2013 is")
    add("--n", type=at_least(1), default=100, metavar="N", help="most faces of each (100)")
    add("--trust", action="store_true", help="load model files that could run code")
    add("--output", type=Path, default=Path("results"), metavar="DIR", help="(results)")
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
    path = args.output / "explanations.jsonl"
    try:
        check_writable(args.output)
        # What cannot be read or added to is found before anything is measured.
        _read(path)
        models = [read_model(source, trust=args.trust) for source in dict.fromkeys(args.models)]
        surroundings = {"commit": commit(), "versions": versions()}
        for model, faces in _tasks(args, models):
            task = f"{model.name} on {faces.dataset}"
            with Progress(task, unit="face", leave=False) as progress:
                rows = measure(model, faces, report=progress.update)
            records = [asdict(row) | surroundings for row in rows]
            for kind in ("deletion", "insertion"):
                lines = [cells(record, kind) for record in records]
                print(text_table(header(kind), lines), flush=True)
            _write(path, records)
    except (FerClassicError, OSError) as error:
        print(f"benchmarks.explanations: {describe_error(error)}", file=sys.stderr)
        return 1
    return 0


def _tasks(args, models):
    """Pairs of a model and the faces that it explains, one after the other."""
    # Those of FER2013 are found, or missed, before hours of work.
    public = public_faces(args.data_dir, args.n) if models else None
    drawn = DrawnFaces(args.n) if args.recipes else None
    for name in dict.fromkeys(args.recipes):
        yield fit_recipe(name, drawn), drawn.faces
    for model in models:
        yield model, public


def _read(path):
    """Read the rows that there are."""
    names = [*(field.name for field in fields(Row)), "commit", "versions"]
    return read_rows(path, names, of="explanations")


def _write(path, records):
    """Put the new rows in the place of older ones of the same model and data set."""
    done = {(record["dataset"], record["model"]) for record in records}
    kept = [record for record in _read(path) if (record["dataset"], record["model"]) not in done]
    merged = sorted(kept + records, key=_place)
    write_rows(path, merged)
    with atomic_path(path.with_suffix(".md")) as temporary:
        temporary.write_text(explanations_page(merged), "utf-8")


def _place(record):
    """Place of a row: in the order of the lists of names, what is not on them last."""

    def number(name, names):
        return names.index(name) if name in names else len(names)

    return (
        -number(record["dataset"], DATASETS),
        number(record["model"], (*RECIPES, *BUNDLED)),
        record["model"],
        record["method"],
    )


if __name__ == "__main__":
    sys.exit(main())
