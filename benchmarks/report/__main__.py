"""Turn records into tables and pictures: ``python -m benchmarks.report``. It never fits."""

import sys

from benchmarks._cli import add_output_argument, make_parser
from benchmarks.report import draw_pictures, write_report
from fer_classic.exceptions import FerClassicError
from fer_classic.utils._files import describe_error

__all__ = ["main"]


def main(argv=None, *, draw=draw_pictures):
    """Run the program.

    Parameters
    ----------
    argv : list of str, optional
        Arguments; those of the process by default.
    draw : callable
        ``draw(folder, dataset, rows)`` draws the pictures of a data set.

    Returns
    -------
    code : int
        0; 1 if records are missing or damaged, or the report cannot be written.
    """
    parser = make_parser("benchmarks.report", __doc__)
    add_output_argument(parser)
    args = parser.parse_args(argv)
    try:
        problem, left = write_report(args.output, draw=draw)
    except (FerClassicError, OSError) as error:
        print(f"benchmarks.report: {describe_error(error)}", file=sys.stderr)
        return 1
    for line in [f"no pictures: {problem}"] * bool(problem) + left:
        print(f"benchmarks.report: {line}", file=sys.stderr)
    print(args.output / "README.md")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
