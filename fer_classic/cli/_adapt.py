"""``fer-classic adapt``: move a model towards the face of one person."""

import hashlib
import re
import sys
import time
from pathlib import Path

from fer_classic.cli._arguments import (
    UsageError,
    add_overwrite_argument,
    check_model_output,
    whole_number,
)
from fer_classic.cli._live import add_face_arguments, make_recognizer
from fer_classic.cli._stop import if_stopped
from fer_classic.exceptions import DisplayError, NoFaceError, SourceError, UnknownNameError

__all__ = ["add_parser", "run"]

# Pictures of one take are nearly the same, and are left out together.
_TAKE = re.compile(r"^(.*/take-\d+)-\d+\.png$")
# How often the camera asks for each expression, if nobody says.
_ROUNDS = 2


def add_parser(subparsers):
    """Add the command to the program."""
    parser = subparsers.add_parser(
        "adapt",
        help="move a model towards the face of one person",
        description="Fit a linear classifier on a few pictures of one person, and save it together "
        "with the model. How much it counts is decided by leaving pictures out.",
        epilog="The model file holds no picture, but what it has learned of the person's face. "
        "Adapt a model only to people who agree.",
    )
    source = parser.add_argument_group("pictures (of a folder, a camera, or both)")
    source.add_argument(
        "--images", metavar="DIR", type=Path, help="folder with one folder of pictures per class"
    )
    source.add_argument(
        "--class-names",
        metavar="NAME|FILE",
        help="what the folders stand for where their names are not those of expressions: raf-db or "
        "affectnet (numbers), keep (classes of your own), or a .json file that gives each folder "
        "its class",
    )
    source.add_argument(
        "--camera",
        metavar="N",
        type=whole_number(0),
        nargs="?",
        const=0,
        help="take pictures with the camera of this number (0): the window says which face to make",
    )
    source.add_argument(
        "--expressions",
        metavar="NAME",
        nargs="+",
        help="what the camera asks for (default: all classes of the model; classes of your own "
        "need --class-names keep)",
    )
    source.add_argument(
        "--rounds",
        metavar="N",
        type=whole_number(1),
        help="how often the camera asks for each; 2 or more let the result be judged (default: "
        f"{_ROUNDS})",
    )
    source.add_argument(
        "--keep",
        metavar="DIR",
        type=Path,
        help="save the faces that the camera takes, for --images at another time",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=Path,
        required=True,
        help="model file to write, ending in .joblib or .skops",
    )
    add_overwrite_argument(parser)
    add_face_arguments(parser)
    parser.set_defaults(run=run, views=None, min_probability=0.0)


def run(args):
    """Run the command."""
    from fer_classic.live._posing import Pictures

    _check(args)
    recognizer = make_recognizer(args)
    pictures = Pictures()
    if args.images is not None:
        read_folder(args, recognizer, pictures)
    if args.camera is not None:
        from fer_classic.live import CameraSource, WindowSink

        source = CameraSource(args.camera)
        # The frame comes with all that is drawn into it.
        sink = WindowSink("fer-classic adapt", draw=lambda picture, *_, **__: picture)
        with if_stopped(lambda: _taken(args, pictures)):
            take_faces(args, recognizer, pictures, source, sink)
    with if_stopped(lambda: f"{args.output} was not written"):
        adapt_and_save(args, recognizer, pictures)
    return 0


def _taken(args, pictures):
    kept = f"; the faces are kept in {args.keep}" if args.keep and pictures.names else ""
    return f"{args.output} was not written, {pictures} were taken{kept}"


def _check(args):
    """Refuse what cannot work before a picture is read or taken."""
    if args.images is None and args.camera is None:
        raise UsageError("name the pictures: --images DIR, --camera, or both.")
    if args.camera is None and (args.keep or args.expressions or args.rounds):
        raise UsageError("--keep, --expressions and --rounds go with --camera.")
    if args.images is None and args.class_names not in (None, "keep"):
        raise UsageError(
            "--class-names is of the folders of --images; with --camera alone only keep is used."
        )
    check_model_output(args)
    if args.camera is not None:
        from fer_classic.live.sinks import check_display

        try:
            check_display()
        except DisplayError as error:
            problem = str(error).partition(". ")[0]
            raise DisplayError(
                f"{problem}. The camera needs one, to say which face to make; take pictures "
                "elsewhere and name their folder with --images."
            ) from error


def read_folder(args, recognizer, pictures):
    """Add the faces of a folder of class folders."""
    from fer_classic.datasets import load_folder
    from fer_classic.live._posing import largest_face
    from fer_classic.utils._names import name_some

    bunch = load_folder(args.images, class_names=args.class_names)
    missing = []
    for image, code, filename in zip(bunch.images, bunch.target, bunch.filenames, strict=True):
        _, crop = largest_face(recognizer, image)
        if crop is None:
            missing.append(filename)
            continue
        take = _TAKE.match(filename)
        # Copies of a picture are left out together, too.
        group = take[1] if take else hashlib.sha256(crop.tobytes()).hexdigest()
        pictures.add([crop], str(bunch.target_names[code]), group)
    if missing:
        raise NoFaceError(
            f"no face was found in {len(missing)} of {len(bunch.images)} pictures of "
            f"{args.images}: {name_some(missing)}. Move them away, or try another "
            "--detector."
        )


def take_faces(args, recognizer, pictures, source, sink):
    """Add the faces that a camera takes.

    Parameters
    ----------
    args : Namespace
    recognizer : Recognizer
    pictures : Pictures
        Takes the faces, one take after the other.
    source : Source
        The camera.
    sink : Sink
        The window.
    """
    from fer_classic.live._posing import take_pictures
    from fer_classic.live._run import ending_on_sigterm

    names = args.expressions or list(recognizer.classes)
    unknown = [name for name in names if name not in recognizer.classes]
    if unknown and args.class_names != "keep":
        raise UnknownNameError("expression", unknown[0], recognizer.classes)
    wrong = [name for name in names if Path(name).name != name]
    if wrong:
        raise UsageError(f"--expressions {wrong[0]!r} cannot be the name of a folder.")
    if len({*names, *pictures.names}) < 2:
        raise UsageError(
            f"{names[0]!r} is the only expression; a model is adapted to two or more: name others "
            "with --expressions, or add pictures of them with --images."
        )

    def keep(take):
        # The time keeps the takes of another day apart.
        group = f"take-{time.time_ns()}"
        if args.keep is not None:
            _save(take, args.keep / take.name, group)
        pictures.add(take.crops, take.name, group)
        print(f"{take.name}: {len(take.crops)} pictures", flush=True)

    with ending_on_sigterm():
        if not take_pictures(source, recognizer, names * (args.rounds or _ROUNDS), sink, keep):
            print(f"ended before all were taken: {pictures}", file=sys.stderr)
    if not pictures.names:
        raise SourceError("no picture was taken.")


def _save(take, folder, group):
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    for number, crop in enumerate(take.crops):
        Image.fromarray(crop).save(folder / f"{group}-{number}.png")


def adapt_and_save(args, recognizer, pictures):
    """Adapt the model to the faces, say what came of it, and save it."""
    from fer_classic.persistence import save_model
    from fer_classic.persistence._card import make_adapted_card

    adapted = pictures.adapt(recognizer)
    own = make_adapted_card(adapted, recognizer.card, model=str(args.model))
    save_model(adapted, args.output, card=own)
    print("\n".join(outcome(adapted, recognizer.classes, camera=args.camera is not None)))
    print(f"adapted {args.model} to {pictures}, saved to {args.output}")


def outcome(adapted, known, *, camera=False):
    """Say how much a model with the known classes has moved, and what that is worth."""
    from fer_classic.persistence._card import recall_by_class

    yield f"weight of the person's pictures: {adapted.weight_:.1f} (0 is the model as it was)"
    if adapted.n_judged_:
        yield (
            f"right among {adapted.n_judged_} pictures that were left out: "
            f"{adapted.accuracy_before_:.1%} before, {adapted.accuracy_after_:.1%} after"
        )
        for name, recall in recall_by_class(adapted).items():
            yield f"  {name}: {recall['before']:.1%} before, {recall['after']:.1%} after"
    else:
        lack, remedy = "has two different pictures", "give two or more of each"
        if camera:
            lack, remedy = "has pictures of two takes", "take each twice or more (--rounds)"
        yield f"not tested: no class {lack}; {remedy} to see whether the model gains"
    new = [name for name in adapted.classes_.tolist() if name not in known]
    if new:
        yield f"known by the person's pictures only: {', '.join(new)}"
