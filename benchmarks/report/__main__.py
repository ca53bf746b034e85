"""Turn records into tables and pictures: ``python -m benchmarks.report``. It never fits.

With ``--html`` it writes one page for a browser instead, which needs nothing from elsewhere.
"""

import sys
from pathlib import Path

from benchmarks._cli import add_output_argument, make_parser
from benchmarks.report import draw_pictures, write_report
from benchmarks.report.html import write_html
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
    parser.add_argument(
        "--html",
        nargs="?",
        const="",
        metavar="FILE",
        help="write one page for a browser instead: a file, or report.html in a folder (DIR)",
    )
    args = parser.parse_args(argv)
    written, problem = args.output / "README.md", None
    try:
        if args.html is None:
            problem, left = write_report(args.output, draw=draw)
        else:
            written = Path(args.html or args.output)
            if written.is_dir():
                written /= "report.html"
            left = write_html(args.output, written)
    except (FerClassicError, OSError) as error:
        print(f"benchmarks.report: {describe_error(error)}", file=sys.stderr)
        return 1
    for line in [f"no pictures: {problem}"] * bool(problem) + left:
        print(f"benchmarks.report: {line}", file=sys.stderr)
    print(written)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
