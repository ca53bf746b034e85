"""``fer-classic video``: tables of the expressions in a video, a timeline, an annotated copy."""

import sys
from pathlib import Path

from fer_classic.cli._arguments import UsageError, add_overwrite_argument
from fer_classic.cli._live import (
    add_drawing_arguments,
    add_recognizer_arguments,
    add_stream_arguments,
    check_detector,
    check_table,
    exit_code,
    make_drawing,
    make_labels,
    make_stream_recognizer,
    report,
)
from fer_classic.cli._people import (
    add_people_arguments,
    check_timeline,
    draw_timeline,
    summary_lines,
)
from fer_classic.cli._stop import if_stopped
from fer_classic.cli._workers import add_worker_arguments, several_workers, workers

__all__ = ["add_parser", "run"]


def add_parser(subparsers):
    """Add the command to the program."""
    parser = subparsers.add_parser(
        "video",
        help="write a table of the expressions in a video, and an annotated copy",
        description="Recognise the expressions in every frame of a video, a folder of images or a "
        "stream. The table has a row for each face and for each frame without faces; if no output "
        "is named it is printed as JSON lines.",
        epilog="Times are the time stamps of the video. A .csv or .jsonl table can be read while "
        "it is written, and --resume continues it. Images of a folder count as frames of one "
        "video, 25 a second, in natural order; for unrelated photos use predict. The exit code is "
        "1 if frames of the video, or images of the folder, cannot be read; the others are still "
        "processed.",
    )
    parser.add_argument(
        "sources",
        metavar="SOURCE",
        nargs="+",
        help="video, folder or pattern of images, or address of a stream (rtsp://...); several "
        "with --parts",
    )
    add_recognizer_arguments(parser)
    add_stream_arguments(parser)
    add_drawing_arguments(parser)
    outputs = parser.add_argument_group("results")
    outputs.add_argument(
        "--table",
        metavar="FILE",
        type=Path,
        help="table to write, ending in .csv, .jsonl or .parquet",
    )
    outputs.add_argument(
        "--annotate",
        metavar="FILE",
        type=Path,
        help="copy with boxes and labels to write, ending in .mp4, .webm or .avi; with the sound "
        "of the video where PyAV is installed (fer-classic[video]), which .webm requires",
    )
    add_people_arguments(outputs)
    outputs.add_argument(
        "--resume",
        action="store_true",
        help="continue the table after its last complete frame; one that was begun with another "
        "source, model or options is refused; tracks start again, as shown by the column run",
    )
    outputs.add_argument(
        "--parts",
        metavar="DIR",
        type=Path,
        help="for many videos: write a Parquet table of each to this folder; --resume passes over "
        "those that have one",
    )
    add_overwrite_argument(outputs)
    add_worker_arguments(parser)
    parser.set_defaults(run=run)


def run(args):
    """Run the command."""
    if args.parts:
        return _run_many(args)
    if len(args.sources) > 1 or several_workers(args):
        raise UsageError("several videos, and several workers, need --parts DIR.")
    (args.source,) = args.sources
    return _run_one(args)


def _run_many(args):
    """Write a table of each video."""
    from fer_classic.live import recognize_videos
    from fer_classic.live.sources._cameras import without_password
    from fer_classic.utils._names import printable
    from fer_classic.utils._progress import Progress

    if args.table or args.annotate or args.timeline or args.summary:
        raise UsageError("--parts does not go with --table, --annotate, --timeline and --summary.")
    if args.labels or args.font or args.retries:
        raise UsageError("--parts does not go with --labels, --font and --retries.")
    if args.resume and args.overwrite:
        raise UsageError("give only one of --resume and --overwrite.")
    recognizer = make_stream_recognizer(args)
    n_done = n_frames = n_problems = 0

    def done():
        return f"{n_done} videos are done, and --resume does those that have no table"

    # Names and tables are checked here, before workers are started.
    found = recognize_videos(
        args.sources,
        recognizer,
        args.parts,
        resume=args.resume,
        overwrite=args.overwrite,
    )
    with (
        if_stopped(done),
        workers(args, recognizer),
        Progress("videos", total=len(args.sources), unit="video", bar=False) as progress,
    ):
        for video, n_there, problem in progress.each(found):
            n_done, n_frames = n_done + 1, n_frames + n_there
            if problem is not None:
                n_problems += 1
                print(f"fer-classic: error: {problem}", file=sys.stderr)
            if n_there:
                print(f"{printable(without_password(video))}: {n_there} frames", flush=True)
    print(f"{n_done} videos, {n_frames} frames; wrote {args.parts}", file=sys.stderr)
    return 1 if n_problems else 0


def _run_one(args):
    """Write the table of a video, and what else is asked for."""
    from fer_classic.analysis import Timeline
    from fer_classic.live import MultiSink, VideoSink, open_source, run_live
    from fer_classic.live._run import ending_on_sigterm

    _check(args)
    recognizer = make_stream_recognizer(args)
    check_detector(args, recognizer.recognizer.frame_detector)
    labels = make_labels(args, recognizer.classes)
    others = args.annotate or args.summary or args.timeline
    tables = [] if others and not args.table else [_make_table(args, recognizer)]
    if tables and tables[0].complete:
        print(f"{args.table} is complete", file=sys.stderr)
        return 0
    start = tables[0].next_frame if tables else 0
    source = open_source(args.source, start=start, retries=args.retries)
    if args.retries and not source.live:
        raise UsageError("--retries is of cameras and streams; omit it.")
    sinks = [_Progress(source, start), *tables]
    video = None
    if args.annotate:
        video = VideoSink(
            args.annotate,
            source.fps,
            draw=make_drawing(args, recognizer.classes),
            overwrite=args.overwrite,
            # Of a video; a live stream would be opened twice, and images have none.
            sound=getattr(source, "path", None),
        )
        sinks.append(video)
    timeline = Timeline(recognizer.classes, fps=source.fps)
    if args.summary or args.timeline:
        sinks.append(timeline)
    with ending_on_sigterm():
        try:
            with if_stopped(lambda: _written(args, source)):
                stats = run_live(source, recognizer, MultiSink(*sinks))
        finally:
            # As the table, these hold what was seen until then, however the run ended.
            if timeline.n_frames:
                _write_people(args, timeline, labels)
    code = exit_code(source)
    if code == 0 and not source.live:
        for table in tables:
            table.finish()
    print("\n".join(report(stats)), file=sys.stderr)
    for path in (args.table, args.annotate, args.timeline):
        if path:
            content = f": {video.content}" if path is args.annotate and video.content else ""
            print(f"wrote {path}{content}", file=sys.stderr)
    return code


def _written(args, source):
    """Say what holds the frames until now, and whether the table can be continued."""
    paths = [str(path) for path in (args.table, args.annotate, args.timeline) if path]
    sentences = []
    if paths:
        verb = "holds" if len(paths) == 1 else "hold"
        sentences.append(f"{', '.join(paths)} {verb} the frames until then")
    if args.table and args.table.suffix.lower() != ".parquet" and not source.live:
        sentences.append("--resume continues the table")
    return "; ".join(sentences)


def _write_people(args, timeline, labels):
    from fer_classic.live.sources._cameras import without_password
    from fer_classic.utils._names import printable

    if args.summary:
        for line in summary_lines(timeline, labels):
            print(line)
    if args.timeline:
        title = printable(Path(without_password(args.source)).name)
        draw_timeline(timeline, args.timeline, title=title, labels=labels)


def _make_table(args, recognizer):
    from fer_classic.live import TableSink
    from fer_classic.live._describe import describe_source, describe_stream

    return TableSink(
        args.table or sys.stdout,
        recognizer.classes,
        resume=args.resume,
        overwrite=args.overwrite,
        settings={"source": describe_source(args.source), **describe_stream(recognizer)},
    )


def _check(args):
    if args.table:
        check_table(args.table)
    if args.font and not args.annotate:
        raise UsageError("--font is of the copy that --annotate FILE writes; omit it.")
    if args.labels and not (args.annotate or args.summary or args.timeline):
        raise UsageError(
            "--labels is of --annotate, --summary and --timeline; tables have the original names."
        )
    for path in filter(None, (args.table, args.annotate, args.timeline)):
        if path.resolve() == Path(args.source).resolve():
            raise UsageError(f"{path} is the source and would be replaced; choose another name.")
    if args.resume and args.table is None:
        raise UsageError("--resume continues a table; give it with --table.")
    if args.resume and args.table.suffix.lower() == ".parquet":
        raise UsageError(
            "--resume: a Parquet table appears when it is finished; write a .csv or .jsonl table."
        )
    if args.resume and args.annotate:
        raise UsageError("--resume cannot continue an annotated copy; omit --resume or --annotate.")
    if args.resume and (args.summary or args.timeline):
        raise UsageError(
            "--resume continues where the table ends, and --summary and --timeline need all "
            "frames; omit them, or omit --resume."
        )
    if args.timeline:
        check_timeline(args.timeline, overwrite=args.overwrite)
    if args.resume and args.overwrite:
        raise UsageError("--resume keeps the table and --overwrite replaces it; choose one.")


class _Progress:
    """Progress of the frames of a run."""

    def __init__(self, source, done):
        from fer_classic.utils._progress import Progress

        self._progress = Progress("video", total=source.n_frames, done=done, unit="frame")

    def __enter__(self):
        self._progress.__enter__()
        return self

    def __exit__(self, *exc_info):
        self._progress.__exit__(*exc_info)

    def write(self, result):
        self._progress.update()
        return True
