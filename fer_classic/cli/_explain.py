"""``fer-classic explain``: show which parts of a face its expression depends on."""

import json
from pathlib import Path

from fer_classic.cli._arguments import UsageError, add_overwrite_argument, whole_number
from fer_classic.cli._live import (
    add_drawing_arguments,
    add_recognizer_arguments,
    check_detector,
    make_drawing,
    make_recognizer,
)
from fer_classic.exceptions import NoFaceError, UnknownNameError

__all__ = ["add_parser", "run"]

_PICTURES = (".png", ".jpg", ".jpeg")


def add_parser(subparsers):
    """Add the command to the program."""
    parser = subparsers.add_parser(
        "explain",
        help="show which parts of a face its expression depends on",
        description="Draw which parts of a face raise the score of an expression (orange) and "
        "which lower it (blue). For linear classifiers of LBP, HOG and Gabor cells, the "
        "contributions are exact; for all other models, parts of the face are covered.",
        epilog="The exit code is 1 if the photo cannot be read or shows no face.",
    )
    add_recognizer_arguments(parser)
    add_drawing_arguments(parser)
    parser.add_argument("photo", metavar="PHOTO", type=Path, help="image file")
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=Path,
        required=True,
        help="picture to write, ending in .png or .jpg",
    )
    parser.add_argument(
        "--face",
        metavar="N",
        type=whole_number(1),
        default=1,
        help="number of the face, the largest is 1 (default: 1)",
    )
    parser.add_argument(
        "--target", metavar="NAME", help="expression to explain (default: the most probable one)"
    )
    parser.add_argument(
        "--method",
        choices=("auto", "linear", "masks", "occlusion"),
        default="auto",
        help="linear: exact contributions; masks: cover random parts; occlusion: cover one patch "
        "at a time; auto chooses by the model (default: auto)",
    )
    parser.add_argument(
        "--json", metavar="FILE", type=Path, help="also write the map and the scores to a JSON file"
    )
    add_overwrite_argument(parser)
    parser.set_defaults(run=run)


def run(args):
    """Run the command."""
    from fer_classic.inspection import draw_explanation, explain_photo
    from fer_classic.inspection._affine import NotLinearError
    from fer_classic.utils import read_image
    from fer_classic.utils._files import check_outputs
    from fer_classic.utils._names import printable

    _check_names(args)
    check_outputs(*filter(None, (args.output, args.json)), overwrite=args.overwrite)
    recognizer = make_recognizer(args)
    check_detector(args, recognizer.detector)
    _check_target(args.target, recognizer.classes)
    draw = make_drawing(args, recognizer.classes, draw_explanation)
    photo = read_image(args.photo)
    faces = recognizer.recognize(photo)
    if not faces:
        raise NoFaceError(
            f"{printable(args.photo)}: no face was found, so there is nothing to explain; try "
            "another --detector or a smaller --min-face, or cut the face out."
        )
    if args.face > len(faces):
        raise UsageError(
            f"--face {args.face}: {printable(args.photo)} shows {len(faces)} "
            f"face{'s' * (len(faces) > 1)}; the largest is 1."
        )
    options = {"target": args.target, "method": args.method}
    try:
        result = explain_photo(recognizer, photo, face=args.face - 1, faces=faces, **options)
    except ValueError as error:
        reason = error.__cause__
        if not isinstance(reason, NotLinearError):
            raise
        raise UsageError(
            f"--method linear is not possible with the model {args.model}: {reason}; use "
            "--method auto."
        ) from error
    _write(result, draw(photo, result), args)
    for line in _report(result, args):
        print(line)
    return 0


def _check_names(args):
    """Check what the outputs are called, before any work is done."""
    if args.output.suffix.lower() not in _PICTURES:
        raise UsageError(
            f"--output {args.output}: the name of a picture must end in {', '.join(_PICTURES)}."
        )
    if args.output.resolve() == args.photo.resolve():
        raise UsageError(f"--output {args.output} is the photo itself; choose another name.")
    if args.json and args.json.suffix.lower() != ".json":
        raise UsageError(f"--json {args.json}: the name must end in .json.")


def _check_target(target, classes):
    if target is not None and target not in classes:
        problem = f"--target: the model has no expression {target!r}"
        raise UnknownNameError("expression", target, classes, problem)


def _write(result, picture, args):
    """Write the outputs; each appears complete or not at all."""
    from fer_classic.utils._files import atomic_path
    from fer_classic.utils._opencv import cv2

    # Encoded in memory, since cv2.imwrite cannot write to non-ASCII paths on every system.
    _, encoded = cv2.imencode(args.output.suffix.lower(), picture)
    with atomic_path(args.output) as temporary:
        temporary.write_bytes(encoded)
    if args.json:
        with atomic_path(args.json) as temporary:
            temporary.write_text(json.dumps(result.as_dict()) + "\n", "utf-8")


def _report(result, args):
    """Say what was explained, where the map is strongest, and what was written."""
    face, explanation = result.face, result.explanation
    yield f"face {result.number + 1} of {len(result.faces)}: {face.expression}"
    yield repr(explanation)[1:-1]
    yield f"wrote {' and '.join(str(path) for path in (args.output, args.json) if path)}"
