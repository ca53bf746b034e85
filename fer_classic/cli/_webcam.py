"""``fer-classic webcam``: name expressions in a camera's stream or a video."""

import sys
from pathlib import Path

from fer_classic.cli._arguments import add_model_arguments, load_recognizer

__all__ = ["add_parser", "run"]


def add_parser(subparsers):
    """Add the command to the program."""
    parser = subparsers.add_parser(
        "webcam",
        help="name expressions in a camera's stream or a video",
        description="Show a camera's stream or a video with the expressions of the faces in it. "
        "Esc or q ends.",
    )
    add_model_arguments(parser)
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--camera", metavar="N", type=int, help="number of the camera (default: 0)")
    source.add_argument(
        "--source", metavar="FILE", type=Path, help="video file, in place of a camera"
    )
    parser.add_argument(
        "--headless",
        action="store_true",
        help="print JSON lines, one a frame, and open no window",
    )
    parser.set_defaults(run=run)


def run(args):
    """Run the command."""
    from fer_classic.live import (
        CameraSource,
        JsonLinesSink,
        VideoSource,
        WindowSink,
        run_live,
    )

    sink = JsonLinesSink(sys.stdout) if args.headless else WindowSink()
    source = VideoSource(args.source) if args.source else CameraSource(args.camera or 0)
    recognizer = load_recognizer(args)
    stats = run_live(source, recognizer, sink)
    print(
        f"{stats.frames} frames, {stats.faces} faces, {stats.seconds:.1f} s, {stats.fps:.1f} FPS",
        file=sys.stderr,
    )
    return 0
