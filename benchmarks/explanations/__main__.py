"""Measure how true explanations are: ``python -m benchmarks.explanations``.

Recipes are fitted on drawn faces and explain those of other people; bundled models and model files
explain a sample of FER2013's PublicTest. The rows go to ``explanations.jsonl``, one JSON
object a line, and the tables to ``explanations.md``. Maps averaged over the drawn faces of each
class go to ``explanations_maps.jsonl``, and a picture of them to ``explanations.png``.
"""

import sys

from benchmarks._cli import add_output_argument, check_writable, make_parser, whole_number
from benchmarks._environment import environment
from benchmarks._format import text_table
from benchmarks.explanations.class_maps import MAPPED, class_maps
from benchmarks.explanations.measures import measure
from benchmarks.explanations.models import RECIPES, DrawnFaces, fit_recipe, public_faces
from benchmarks.explanations.page import cells, explanations_page, header
from benchmarks.explanations.pictures import PICTURE, draw
from benchmarks.explanations.rows import add_rows, read_gains, read_maps
from benchmarks.robustness.measures import read_model
from fer_classic.exceptions import FerClassicError, MissingDependencyError
from fer_classic.persistence import BUNDLED
from fer_classic.utils._files import atomic_path, describe_error
from fer_classic.utils._progress import Progress

__all__ = ["main"]


def build_parser():
    """Describe the command line."""
    parser = make_parser("benchmarks.explanations", __doc__)
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
        "--maps",
        nargs="*",
        default=MAPPED,
        choices=tuple(RECIPES),
        metavar="NAME",
        help=f"fitted on drawn faces, whose maps are averaged for each class ({', '.join(MAPPED)})",
    )
    add(
        "--models",
        nargs="*",
        default=BUNDLED,
        metavar="NAME|FILE",
        help=f"bundled models or model files, measured on FER2013 ({', '.join(BUNDLED)})",
    )
    add("--data-dir", metavar="P", help="where FER2013 is")
    add("--n", type=whole_number(1), default=100, metavar="N", help="most faces of each (100)")
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
    try:
        check_writable(args.output)
        # What cannot be read or added to is found before anything is measured.
        read_gains(args.output)
        read_maps(args.output)
        models = [read_model(source, trust=args.trust) for source in dict.fromkeys(args.models)]
        surroundings = environment("commit", "versions")
        for work, model, faces in _tasks(args, models):
            with Progress(f"{model.name} on {faces.dataset}", unit="face", leave=False) as progress:
                rows = work(model, faces, report=progress.update)
            records = add_rows(args.output, rows, surroundings)
            if work is measure:
                _print(records)
            else:
                _draw(args.output)
            _write_page(args.output)
    except (FerClassicError, OSError) as error:
        print(f"benchmarks.explanations: {describe_error(error)}", file=sys.stderr)
        return 1
    return 0


def _tasks(args, models):
    """What to do, with which model and faces, one after the other."""
    # Those of FER2013 are found, or missed, before hours of work.
    public = public_faces(args.data_dir, args.n) if models else None
    names = dict.fromkeys((*args.recipes, *args.maps))
    drawn = DrawnFaces(args.n) if names else None
    for name in names:
        model = fit_recipe(name, drawn)
        if name in args.recipes:
            yield measure, model, drawn.faces
        if name in args.maps:
            yield class_maps, model, drawn.faces
    for model in models:
        yield measure, model, public


def _print(records):
    for kind in ("deletion", "insertion"):
        lines = [cells(record, kind) for record in records]
        print(text_table(header(kind), lines), flush=True)


def _draw(folder):
    try:
        draw(read_maps(folder), folder / PICTURE)
    except MissingDependencyError as error:
        print(f"benchmarks.explanations: without the picture: {error}", file=sys.stderr)


def _write_page(folder):
    maps, picture = read_maps(folder), (folder / PICTURE).exists()
    with atomic_path(folder / "explanations.md") as temporary:
        page = explanations_page(read_gains(folder), maps=maps, picture=picture)
        temporary.write_text(page, "utf-8")


if __name__ == "__main__":
    sys.exit(main())
