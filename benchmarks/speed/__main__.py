"""Time the library against what people would use instead: ``python -m benchmarks.speed``.

Ours and theirs take turns in one run, on the same faces and on one thread, since the speed of a
machine drifts; what counts is the ratio. The rows go to ``speed.jsonl``, one JSON object a line,
and the table to ``speed.md``.
"""

import json
import sys
from itertools import chain

from benchmarks._cli import add_output_argument, check_writable, make_parser, whole_number
from benchmarks._environment import environment
from benchmarks._format import text_table
from benchmarks._rows import write_rows
from benchmarks.speed.camera import time_camera
from benchmarks.speed.cold_start import time_import
from benchmarks.speed.fer_package import FerPackageError
from benchmarks.speed.page import draw_scale, header, speed_page, table
from benchmarks.speed.pipelines import time_frames, time_predict
from benchmarks.speed.scaling import BLOCK_COUNTS, COUNTS, time_blocks, time_scale
from benchmarks.speed.service import time_service
from benchmarks.speed.timings import Row, read_timings
from benchmarks.speed.vs_fer import time_against_fer
from benchmarks.speed.vs_skimage import time_features
from benchmarks.speed.vs_svc import FitSettings, time_fit
from fer_classic.exceptions import FerClassicError
from fer_classic.utils._files import atomic_path, describe_error

__all__ = ["PARTS", "against_fer", "main"]

PARTS = {
    "features": lambda args: time_features(args.repeats),
    "fit": lambda args: time_fit(
        args.repeats,
        FitSettings(n_faces=args.n_fit, fer2013=args.dataset == "fer2013"),
        data_home=args.data_dir,
    ),
    "predict": lambda args: time_predict(args.repeats),
    "frames": lambda args: chain(time_frames(args.repeats), against_fer(args)),
    "import": lambda args: time_import(args.repeats),
    "scale": lambda args: time_scale(args.repeats, args.n_max),
    "blocks": lambda args: time_blocks(args.n_blocks),
    "service": lambda args: time_service(args.repeats, args.n_requests),
    "camera": lambda args: time_camera(args.repeats),
}
"""The parts of the program: each takes the arguments and gives rows."""


def against_fer(args, *, measure=time_against_fer):
    """Time frames against the ``fer`` package; a row says why that cannot be."""
    try:
        if args.fer_python is None:
            raise FerPackageError("--fer-python names no interpreter that has it")
        yield from measure(args.repeats, args.fer_python)
    except FerPackageError as error:
        yield Row(part="frames", subject="640x480", against="fer", unit="frame", reason=str(error))


def build_parser():
    """Describe the command line."""
    parser = make_parser("benchmarks.speed", __doc__)
    add = parser.add_argument
    add("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)} (all)")
    add("--json", action="store_true", help="print one JSON object a line")
    add("--repeats", type=whole_number(1), default=7, metavar="N", help="timings of each (7)")
    add(
        "--n-fit",
        type=whole_number(8),
        default=2000,
        metavar="N",
        help="faces that fit fits on (2000)",
    )
    add("--dataset", default="drawn", choices=["drawn", "fer2013"], help="of fit (drawn)")
    add("--data-dir", metavar="P", help="where FER2013 is")
    add(
        "--n-max",
        type=int,
        default=10_000,
        choices=COUNTS,
        metavar="N",
        help=f"most faces of scale, out of {', '.join(map(str, COUNTS))} (10000)",
    )
    add(
        "--n-blocks",
        type=int,
        default=BLOCK_COUNTS[0],
        choices=BLOCK_COUNTS,
        metavar="N",
        help=f"most faces of blocks, out of {', '.join(map(str, BLOCK_COUNTS))} (10000)",
    )
    add(
        "--n-requests",
        type=whole_number(1),
        default=10_000,
        metavar="N",
        help="requests of service in a row, and a tenth for each number of clients (10000)",
    )
    add("--fer-python", metavar="FILE", help="interpreter that has the fer package, for frames")
    add_output_argument(parser)
    return parser


def main(argv=None, *, parts=PARTS):
    """Run the program.

    Parameters
    ----------
    argv : list of str, optional
        Arguments; those of the process by default.
    parts : dict of str to callable
        The parts that there are.

    Returns
    -------
    code : int
        0; 1 if the data or earlier results cannot be read, or the results not be written.
    """
    parser = build_parser()
    args = parser.parse_args(argv)
    unknown = set(args.parts) - set(parts)
    if unknown:
        parser.error(f"unknown part: {', '.join(unknown)}")
    surroundings = environment("versions", "machine")
    path = args.output / "speed.jsonl"
    try:
        check_writable(args.output)
        # What cannot be added to is found before anything is measured.
        read_timings(path, PARTS)
        for part in args.parts or parts:
            records = [row.as_record() | surroundings for row in parts[part](args)]
            # Part by part, since all together take minutes.
            print(_as_json(records) if args.json else _as_text(part, records), flush=True)
            _write(path, records, part)
    except (FerClassicError, OSError) as error:
        print(f"benchmarks.speed: {describe_error(error)}", file=sys.stderr)
        return 1
    return 0


def _as_json(records):
    return "\n".join(map(json.dumps, records))


def _as_text(part, records):
    return text_table([f"{part}:", *header(part)[1:]], table(part, records)) + "\n"


def _write(path, records, part):
    """Put the new rows in the place of older ones of the same part."""
    kept = [record for record in read_timings(path, PARTS) if record["part"] != part]
    records = sorted(kept + records, key=lambda record: list(PARTS).index(record["part"]))
    write_rows(path, records)
    with atomic_path(path.with_suffix(".md")) as temporary:
        temporary.write_text(speed_page(records), "utf-8")
    if part == "scale":
        draw_scale(records, path.parent)


if __name__ == "__main__":
    sys.exit(main())
