"""``fer-classic webcam``: recognise expressions in the stream of a camera."""

import sys
from pathlib import Path

from fer_classic.cli._arguments import UsageError, add_overwrite_argument, whole_number
from fer_classic.cli._live import (
    add_drawing_arguments,
    add_recognizer_arguments,
    add_stream_arguments,
    check_table,
    exit_code,
    make_drawing,
    make_stream_recognizer,
    report,
)

__all__ = ["add_parser", "run"]


def add_parser(subparsers):
    """Add the command to the program."""
    parser = subparsers.add_parser(
        "webcam",
        help="recognise expressions in the stream of a camera",
        description="Show the stream of a camera with the expressions of its faces. Press Esc or q "
        "to quit. Late frames are dropped.",
        epilog="Shows the apparent expression of a face, not what a person feels. Frames stay on "
        "this machine. Inferring emotions of people at work or in education is prohibited in the "
        "European Union (AI Act, Article 5(1)(f)).",
    )
    add_recognizer_arguments(parser)
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--camera", metavar="N", type=whole_number(0), help="number of the camera (default: 0)"
    )
    source.add_argument(
        "--source",
        metavar="SOURCE",
        help="in place of a camera: the address of a stream (rtsp://...), a video, a folder or "
        "pattern of images",
    )
    add_stream_arguments(parser)
    add_drawing_arguments(parser)
    parser.add_argument(
        "--table",
        metavar="FILE",
        type=Path,
        help="write every face to a table, ending in .csv, .jsonl or .parquet",
    )
    add_overwrite_argument(parser)
    parser.add_argument(
        "--headless",
        action="store_true",
        help="open no window; without --table, print the table as JSON lines",
    )
    parser.set_defaults(run=run)


def run(args):
    """Run the command."""
    from fer_classic.live import MultiSink, TableSink, WindowSink, open_source, run_live
    from fer_classic.live._run import ending_on_sigterm
    from fer_classic.live.sinks import check_display

    if args.headless and (args.labels or args.font):
        raise UsageError("--labels and --font are of the window, which --headless leaves out.")
    if args.table:
        check_table(args.table)
    # Check the display and the source before a model is loaded.
    if not args.headless:
        check_display()
    place = str(args.camera or 0) if args.source is None else args.source
    source = open_source(place, retries=args.retries)
    recognizer = make_stream_recognizer(args)
    sinks = []
    if not args.headless:
        sinks.append(WindowSink(draw=make_drawing(args, recognizer.classes)))
    if args.table:
        sinks.append(TableSink(args.table, recognizer.classes, overwrite=args.overwrite))
    elif args.headless:
        sinks.append(TableSink(sys.stdout, recognizer.classes))
    with ending_on_sigterm():
        stats = run_live(source, recognizer, MultiSink(*sinks))
    print("\n".join(report(stats)), file=sys.stderr)
    return exit_code(source)
