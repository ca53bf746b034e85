"""``fer-classic predict``: recognise the expression of every face in photos."""

import os
import sys
from contextlib import ExitStack
from pathlib import Path

from fer_classic.cli._arguments import UsageError, add_overwrite_argument
from fer_classic.cli._live import (
    add_drawing_arguments,
    add_recognizer_arguments,
    check_detector,
    check_table,
    make_drawing,
    make_labels,
    make_recognizer,
)
from fer_classic.cli._stop import if_stopped
from fer_classic.cli._workers import add_worker_arguments, several_workers, workers
from fer_classic.exceptions import SinkError

__all__ = ["add_parser", "run"]

_MAX_STEM_BYTES = 230


def add_parser(subparsers):
    """Add the command to the program."""
    parser = subparsers.add_parser(
        "predict",
        help="recognise the expression of every face in photos",
        description="Detect the faces in photos and recognise their expressions.",
        epilog="The exit code is 1 if a photo could not be read; the others are still processed, "
        "and the last line counts and names those that could not.",
    )
    add_recognizer_arguments(parser)
    add_drawing_arguments(parser)
    parser.add_argument(
        "photos", metavar="PHOTO", nargs="+", help="image file, folder of images, or pattern"
    )
    parser.add_argument(
        "--json", action="store_true", help="print the table as JSON lines, one for each face"
    )
    parser.add_argument(
        "--table",
        metavar="FILE",
        type=Path,
        help="write every face to a table, ending in .csv, .jsonl or .parquet",
    )
    parser.add_argument(
        "--parts",
        metavar="DIR",
        type=Path,
        help="for very many photos: write every face to a folder of Parquet tables, a part for "
        "each 500 photos, and print only counts",
    )
    parser.add_argument(
        "--resume", action="store_true", help="with --parts: do the parts that are missing"
    )
    add_overwrite_argument(parser)
    add_worker_arguments(parser)
    parser.add_argument(
        "--annotate",
        metavar="DIR",
        type=Path,
        help="write copies with boxes and labels to this folder, as <photo>-faces.png",
    )
    parser.set_defaults(run=run)


def run(args):
    """Run the command."""
    from fer_classic.live import PhotoTable, find_photos, recognize_photos
    from fer_classic.live._batch import recognize_in_blocks
    from fer_classic.utils._names import name_some
    from fer_classic.utils._progress import Progress

    _check(args)
    photos = find_photos(args.photos)
    recognizer = make_recognizer(args)
    # Workers of a cluster have files of their own.
    if args.scheduler is None:
        check_detector(args, recognizer.detector)
    if args.parts:
        return _write_parts(args, photos, recognizer)
    labels = make_labels(args, recognizer.classes)
    if args.annotate:
        draw = make_drawing(args, recognizer.classes)
        targets = _annotated_paths(photos, args.annotate)
        _check_targets(args.annotate, targets.values(), overwrite=args.overwrite)
    failures, n_done = [], 0

    def done():
        written = [str(path) for path in (args.table, args.annotate) if path]
        holds = f", and are in {' and '.join(written)}" if written else ""
        return f"{n_done} of {len(photos)} photos are done{holds}"

    with if_stopped(done), workers(args, recognizer), ExitStack() as stack:
        outputs = [args.table] if args.table else []
        outputs += [sys.stdout] if args.json else []
        tables = [
            stack.enter_context(PhotoTable(out, recognizer.classes, overwrite=args.overwrite))
            for out in outputs
        ]
        if not args.json:
            print("photo\tface\tbox\texpression\tscores")
        progress = stack.enter_context(
            Progress("photos", total=len(photos), unit="photo", bar=False)
        )
        if several_workers(args):
            keep_images = args.annotate is not None
            results = recognize_in_blocks(photos, recognizer, keep_images=keep_images)
        else:
            results = recognize_photos(photos, recognizer)
        for result in progress.each(results):
            n_done += 1
            for table in tables:
                table.write(result.photo, result.faces, error=result.error)
            if result.error is not None:
                failures.append(result.photo)
                print(f"fer-classic: error: {result.error}", file=sys.stderr)
                continue
            if not args.json:
                print(_as_rows(result.photo, result.faces, labels), flush=True)
            if args.annotate:
                picture = draw(result.image, result.faces)
                _write_annotated(picture, targets[result.photo])
    if failures and len(photos) > 1:
        named = name_some(failures, limit=5)
        print(
            f"fer-classic: {len(failures)} of {len(photos)} photos could not be read: {named}",
            file=sys.stderr,
        )
    return 1 if failures else 0


def _check(args):
    if args.resume and not args.parts:
        raise UsageError("--resume goes with --parts.")
    if args.parts and (args.table or args.json or args.annotate or args.overwrite):
        raise UsageError(
            "--parts does not go with --table, --json, --annotate and --overwrite; without "
            "--resume, name a new folder."
        )
    if args.parts and (args.labels or args.font):
        raise UsageError("--parts does not go with --labels and --font.")
    if args.font and not args.annotate:
        raise UsageError("--font is of the copies that --annotate DIR writes; omit it.")
    if args.table:
        check_table(args.table)


def _write_parts(args, photos, recognizer):
    """Write a folder of tables, and print what it holds."""
    from fer_classic.live import recognize_in_parts
    from fer_classic.utils._progress import Progress

    def done():
        return f"the parts in {args.parts} are whole, and --resume does those that are missing"

    with (
        if_stopped(done),
        workers(args, recognizer),
        Progress("photos", total=len(photos), unit="photo") as progress,
    ):
        counts = recognize_in_parts(
            photos, recognizer, args.parts, resume=args.resume, report=progress.update
        )
    for problem in counts.problems:
        print(f"fer-classic: error: {problem}", file=sys.stderr)
    if counts.n_unreadable > len(counts.problems):
        more = counts.n_unreadable - len(counts.problems)
        print(f"fer-classic: error: and {more} more, see the column error", file=sys.stderr)
    print(
        f"{counts.n_photos} photos, {counts.n_faces} faces, {counts.n_unreadable} photos could not "
        f"be read; wrote {args.parts}"
    )
    return 1 if counts.n_unreadable else 0


def _as_rows(photo, faces, labels):
    from fer_classic.live import NO_FACE
    from fer_classic.utils._names import printable

    photo = printable(photo)
    if not faces:
        return f"{photo}\t0/0\t\t{labels[NO_FACE]}\t"
    rows = []
    for number, face in enumerate(faces, start=1):
        box = ",".join(map(str, face.box))
        ranked = sorted((face.scores or {}).items(), key=lambda item: -item[1])
        scores = " ".join(f"{labels[name]}={score:.3f}" for name, score in ranked)
        place = f"{photo}\t{number}/{len(faces)}\t{box}"
        reason = f": {labels.get(face.reason, face.reason)}" if face.reason else ""
        rows.append(f"{place}\t{labels[face.expression]}{reason}\t{scores}")
    return "\n".join(rows)


def _annotated_paths(photos, folder):
    """Assign each photo a distinct output file that is not one of the photos."""
    taken = {photo.resolve() for photo in photos}
    targets = {}
    for photo in photos:
        stem = _shortened(photo.stem)
        target = folder / f"{stem}-faces.png"
        number = 2
        while target.resolve() in taken:
            target = folder / f"{stem}-faces-{number}.png"
            number += 1
        taken.add(target.resolve())
        targets[photo] = target
    return targets


def _shortened(stem):
    """Leave room for what is added to a name, which may have 255 bytes in all."""
    while len(os.fsencode(stem)) > _MAX_STEM_BYTES:
        stem = stem[:-1]
    return stem


def _check_targets(folder, targets, *, overwrite):
    """Create the folder of the copies, and check that they replace no files."""
    from fer_classic.utils._files import check_outputs

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SinkError(
            f"--annotate {folder}: the folder cannot be created ({error.strerror}); give another "
            "name."
        ) from error
    check_outputs(*targets, overwrite=overwrite)


def _write_annotated(picture, target):
    from fer_classic.utils._files import atomic_path
    from fer_classic.utils._opencv import cv2

    # Encoded in memory, since cv2.imwrite cannot write to non-ASCII paths on every system.
    _, encoded = cv2.imencode(".png", picture)
    with atomic_path(target) as temporary:
        temporary.write_bytes(encoded)
