"""Join fitted models: ``python -m benchmarks.fusion [MODEL ...] --data-dir data``.

The models were fitted on FER2013's Training part, at least one of them is a network that has held
out images, and the others are SVMs; by default they are the bundled ``cnn`` and ``svm_fast``. A
fusion, such as the recipe ``fusion_best``, is taken apart. Ways to join the models are compared on
the images that the networks have held out, for which the SVMs have out-of-fold scores in closed
form. Then one way, the logarithmic pool, is scored on the official test parts, next to the models
alone. The rows go to ``fusion.jsonl``, one JSON object a line, and the tables to ``fusion.md``.
"""

import sys
from hashlib import sha256
from pathlib import Path

from benchmarks._cli import add_output_argument, check_writable, make_parser
from benchmarks._environment import environment
from benchmarks._format import text_table
from benchmarks._rows import read_rows, write_rows
from benchmarks.experiments import Data
from benchmarks.fusion.bundled import PARTS
from benchmarks.fusion.held_out import held_out, open_parts, training_part
from benchmarks.fusion.official import score_official
from benchmarks.fusion.page import official_table, ways_table, write_page
from benchmarks.fusion.ways import compare_ways
from fer_classic.datasets import load_fer2013
from fer_classic.exceptions import FerClassicError
from fer_classic.persistence import bundled_path
from fer_classic.utils._files import describe_error

__all__ = ["main"]

_FIELDS = (
    *("parts", "models", "digest", "n_held_out", "bytes", "held_out", "official"),
    *("versions", "machine"),
)


def main(argv=None, *, load=load_fer2013):
    """Run the program.

    Parameters
    ----------
    argv : list of str, optional
        Arguments; those of the process by default.
    load : callable
        ``load(data_home)`` gives FER2013.

    Returns
    -------
    code : int
        0; 1 if the data or a model cannot be read, the models were fitted on other images, or the
        results cannot be written.
    """
    args = _parser().parse_args(argv)
    path = args.output / "fusion.jsonl"
    try:
        check_writable(args.output)
        # Rows that cannot be added to are found before the work.
        read_rows(path, _FIELDS, of="fusions")
        models, _ = open_parts(args.models)
        files = [model if model.exists() else bundled_path(str(model)) for model in args.models]
        data = Data.of(load(args.data_dir))
        found = held_out(models, training_part(data))
        record = {
            "parts": list(models),
            "models": [sha256(file.read_bytes()).hexdigest()[:16] for file in files],
            "digest": data.digest,
            "n_held_out": len(found.labels),
            "bytes": sum(file.stat().st_size for file in files),
            "held_out": compare_ways(found),
        }
        print(text_table(*ways_table(record)), flush=True)
        record["official"] = score_official(models, found, data)
        print(text_table(*official_table(record)))
        record |= environment("versions", "machine")
        others = read_rows(path, _FIELDS, of="fusions")
        others = [other for other in others if other["models"] != record["models"]]
        write_rows(path, [*others, record])
        write_page(path.with_suffix(".md"), [*others, record])
    except (FerClassicError, OSError, MemoryError) as error:
        print(f"benchmarks.fusion: {describe_error(error)}", file=sys.stderr)
        return 1
    return 0


def _parser():
    parser = make_parser("benchmarks.fusion", __doc__)
    parser.add_argument(
        "models",
        nargs="*",
        type=Path,
        default=[bundled_path(name) for name in PARTS],
        metavar="MODEL",
        help=f"files or bundled models (default: {' and '.join(PARTS)})",
    )
    parser.add_argument("--data-dir", metavar="P", help="where FER2013 is")
    add_output_argument(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
