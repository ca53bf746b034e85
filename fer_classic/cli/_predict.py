"""``fer-classic predict``: name the expression of every face in photos."""

import glob
import sys
from contextlib import ExitStack
from pathlib import Path

from fer_classic.cli._live import (
    add_drawing_arguments,
    add_recognizer_arguments,
    make_drawing,
    make_recognizer,
)
from fer_classic.exceptions import DataNotFoundError, ImageReadError

__all__ = ["add_parser", "run"]


def add_parser(subparsers):
    """Add the command to the program."""
    parser = subparsers.add_parser(
        "predict",
        help="name the expression of every face in photos",
        description="Find the faces in photos and name their expressions.",
        epilog="The exit code is 1 if a photo could not be read; the others are done all the same.",
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
    parser.add_argument("--overwrite", action="store_true", help="replace a table that is there")
    parser.add_argument(
        "--annotate",
        metavar="DIR",
        type=Path,
        help="write copies with boxes and labels to this folder, as <photo>-faces.png",
    )
    parser.set_defaults(run=run)


def run(args):
    """Run the command."""
    from fer_classic.live import PhotoTable
    from fer_classic.utils import read_image

    photos = _find_photos(args.photos)
    recognizer = make_recognizer(args)
    targets = _annotated_paths(photos, args.annotate) if args.annotate else {}
    draw = make_drawing(args, recognizer.classes) if args.annotate else None
    failures = 0
    with ExitStack() as stack:
        outputs = [args.table] if args.table else []
        outputs += [sys.stdout] if args.json else []
        tables = [
            stack.enter_context(PhotoTable(out, recognizer.classes, overwrite=args.overwrite))
            for out in outputs
        ]
        if not args.json:
            print("photo\tface\tbox\temotion\tscores")
        for photo in photos:
            try:
                image = read_image(photo)
            except (DataNotFoundError, ImageReadError) as error:
                failures += 1
                print(f"fer-classic: error: {error}", file=sys.stderr)
                for table in tables:
                    table.write(photo, error=str(error))
                continue
            faces = recognizer.recognize(image)
            for table in tables:
                table.write(photo, faces)
            if not args.json:
                print(_as_rows(photo, faces), flush=True)
            if args.annotate:
                _write_annotated(draw(image, faces), targets[photo])
    return 1 if failures else 0


def _find_photos(arguments):
    photos = []
    for argument in arguments:
        path = Path(argument)
        if path.is_dir():
            photos += _photos_inside(path)
        elif path.exists():
            photos.append(path)
        else:
            # What matches nothing stays, to be reported as a missing file.
            photos += [Path(p) for p in sorted(glob.glob(argument, recursive=True))] or [path]
    return list(dict.fromkeys(photos))


def _photos_inside(folder):
    from fer_classic.utils import IMAGE_SUFFIXES

    photos = [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in IMAGE_SUFFIXES
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    if not photos:
        raise DataNotFoundError(f"no image in the folder {folder}")
    return photos


def _as_rows(photo, faces):
    if not faces:
        return f"{photo}\t0/0\t\tno face found\t"
    rows = []
    for number, face in enumerate(faces, start=1):
        box = ",".join(map(str, face.box))
        ranked = sorted((face.scores or {}).items(), key=lambda item: -item[1])
        scores = " ".join(f"{name}={score:.3f}" for name, score in ranked)
        rows.append(f"{photo}\t{number}/{len(faces)}\t{box}\t{face.emotion}\t{scores}")
    return "\n".join(rows)


def _annotated_paths(photos, folder):
    """Give every photo a file of its own that is none of the photos."""
    taken = {photo.resolve() for photo in photos}
    targets = {}
    for photo in photos:
        target = folder / f"{photo.stem}-faces.png"
        number = 2
        while target.resolve() in taken:
            target = folder / f"{photo.stem}-faces-{number}.png"
            number += 1
        taken.add(target.resolve())
        targets[photo] = target
    return targets


def _write_annotated(picture, target):
    import cv2

    from fer_classic.utils import atomic_path

    # Encoded in memory, since cv2.imwrite cannot write to non-ASCII paths on every system.
    _, encoded = cv2.imencode(".png", picture)
    with atomic_path(target) as temporary:
        temporary.write_bytes(encoded)
