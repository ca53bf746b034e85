"""Measure face detectors on photos: ``python -m benchmarks.photos --photos DIR``.

The folder holds photos and ``faces.json``, which gives the boxes ``x, y, w, h`` of the faces in
each. The rows go to ``photos.jsonl``, one JSON object a line, and the table to ``photos.md``; both
hold numbers and no name of a photo.
"""

import json
import sys
from dataclasses import asdict, fields

from benchmarks._cli import add_output_argument, check_writable, make_parser, setting, whole_number
from benchmarks._environment import environment
from benchmarks._format import text_table
from benchmarks._rows import place_in, read_rows, write_rows
from benchmarks.photos.annotated import photos_digest, read_photos
from benchmarks.photos.measures import Row, compare_boxes, search_photos, time_frames
from benchmarks.photos.page import cells, header, photos_page
from benchmarks.speed.clips import moving_faces
from fer_classic.exceptions import (
    DetectorError,
    FerClassicError,
    MissingDependencyError,
)
from fer_classic.faces import DETECTORS, make_detector
from fer_classic.live import make_frame_detector
from fer_classic.utils._files import atomic_path, describe_error

__all__ = ["main"]

_FRAMES = 60
# What finds small faces as well, since it is only asked about faces that are known to be there.
_REFERENCE = {"min_size": 0.05}


def build_parser():
    """Describe the command line."""
    parser = make_parser("benchmarks.photos", __doc__)
    add = parser.add_argument
    add("--photos", required=True, metavar="DIR", help="folder of photos with their faces.json")
    add(
        "--detectors",
        nargs="+",
        metavar="NAME",
        help=f"out of {', '.join(DETECTORS)} (all that can be made)",
    )
    add(
        "--set",
        type=setting,
        action="append",
        default=[],
        dest="settings",
        metavar="NAME__PARAM=VALUE",
        help="parameter of a detector, such as haar__min_size=0.05; may be repeated",
    )
    add("--frames", action="store_true", help="also time frames of 640x480")
    add("--boxes", action="store_true", help="also compare the boxes with those of haar")
    add("--repeats", type=whole_number(1), default=3, metavar="N", help="timings of a photo (3)")
    add_output_argument(parser)
    return parser


def main(argv=None):
    """Run the program.

    Parameters
    ----------
    argv : list of str, optional
        Arguments; those of the process by default.

    Returns
    -------
    code : int
        0; 1 if the photos or earlier results cannot be read, a detector that was named cannot be
        made, or the results cannot be written; 2 for wrong usage.
    """
    parser = build_parser()
    args = parser.parse_args(argv)
    path = args.output / "photos.jsonl"
    try:
        settings = _by_detector(args.settings)
        left_out = [name for name in settings if name not in (args.detectors or DETECTORS)]
        if left_out:
            parser.error(f"--set of {', '.join(left_out)}, which is not among the --detectors")
        for name in args.detectors or DETECTORS:
            make_detector(name, **settings.get(name, {}))
        photos = read_photos(args.photos)
        check_writable(args.output)
        # What cannot be added to is found before anything is measured.
        _read(path)
        surroundings = environment("versions", "machine")
        records = []
        for name in args.detectors or DETECTORS:
            try:
                row = _measure(name, settings.get(name, {}), photos, args)
            except (DetectorError, MissingDependencyError) as error:
                if args.detectors:
                    raise
                print(f"benchmarks.photos: without {name}: {error}", file=sys.stderr)
                continue
            records.append(asdict(row) | surroundings)
        if records:
            columns = header(records)
            print(text_table(columns, [cells(record, columns) for record in records]))
        _write(path, records)
    except (FerClassicError, OSError, ValueError) as error:
        print(f"benchmarks.photos: {describe_error(error)}", file=sys.stderr)
        return 1
    return 0


def _by_detector(pairs):
    settings = {}
    for key, value in pairs:
        name, _, parameter = key.partition("__")
        settings.setdefault(name, {})[parameter] = value
    for name, parameters in settings.items():
        # Misspelt names and parameters are found before anything is measured.
        make_detector(name, **parameters)
    return settings


def _measure(name, settings, photos, args):
    detector = make_detector(name, **settings)
    row = Row(
        name,
        {key: value for key, value in settings.items() if key != "model"},
        photos_digest(photos),
        len(photos),
        sum(len(photo.boxes) for photo in photos),
        *search_photos(detector, photos, repeats=args.repeats),
    )
    if args.frames:
        frames = moving_faces((640, 480), 1, _FRAMES)
        for_frames = make_frame_detector(name, **settings)
        row.frame_milliseconds, row.frames_found = time_frames(
            for_frames, frames, repeats=args.repeats
        )
    if args.boxes:
        row.framed = compare_boxes(detector, make_detector("haar", **_REFERENCE), photos)
    return row


def _read(path):
    """Read the rows that there are."""
    names = [*(field.name for field in fields(Row)), "versions", "machine"]
    return read_rows(path, names, of="a detector")


def _write(path, records):
    """Put the new rows in the place of older ones of the same photos, detector and parameters."""

    def key(record):
        return record["digest"], record["detector"], json.dumps(record["parameters"])

    merged = {key(record): record for record in _read(path)}
    merged |= {key(record): record for record in records}
    merged = sorted(
        merged.values(),
        key=lambda record: (
            record["digest"],
            place_in(DETECTORS, record["detector"]),
            json.dumps(record["parameters"]),
        ),
    )
    write_rows(path, merged)
    with atomic_path(path.with_suffix(".md")) as temporary:
        temporary.write_text(photos_page(merged), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
