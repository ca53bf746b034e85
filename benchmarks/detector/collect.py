"""Collect pictures without people: ``python -m benchmarks.detector.collect FOLDER ...``.

Takes pictures out of unpacked packages of desktop wallpapers, game textures and the like, unless
their names say that they show people, and writes them into one folder, small and grey.
"""

import argparse
import sys
from pathlib import Path

from benchmarks._cli import check_writable
from benchmarks.detector.pictures import collect_pictures
from fer_classic.exceptions import FerClassicError
from fer_classic.faces import make_detector
from fer_classic.utils._files import describe_error

__all__ = ["main"]


def parse(arguments):
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.detector.collect", description=__doc__.partition("\n")[0]
    )
    add = parser.add_argument
    add("folders", nargs="+", type=Path, metavar="FOLDER")
    add("--output", type=Path, default=Path("pictures"), metavar="DIR", help="(pictures)")
    add(
        "--yunet", metavar="FILE",
        help="model of another detector; pictures in which it sees a face are left out",
    )  # fmt: skip
    return parser.parse_args(arguments)


def main(arguments=None):
    """Run the program; 1 if the data cannot be read or the output cannot be written."""
    options = parse(arguments)
    try:
        check_writable(options.output)
        screen = None
        if options.yunet is not None:
            screen = make_detector("yunet", model=options.yunet, score_threshold=0.6)
        n = collect_pictures(options.folders, options.output, screen=screen)
    except (FerClassicError, OSError) as error:
        print(f"benchmarks.detector.collect: {describe_error(error)}", file=sys.stderr)
        return 1
    print(f"{n} pictures in {options.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
