"""Arguments of the commands that recognise faces in images, and their values."""

import argparse
import math
import warnings
from pathlib import Path

from fer_classic.cli._arguments import (
    UsageError,
    add_max_pixels_argument,
    add_model_arguments,
    model_digest,
    open_model,
    whole_number,
)

__all__ = [
    "add_drawing_arguments",
    "add_face_arguments",
    "add_recognizer_arguments",
    "add_stream_arguments",
    "check_detector",
    "check_table",
    "exit_code",
    "make_drawing",
    "make_labels",
    "make_recognizer",
    "make_stream_recognizer",
    "recognizer_settings",
    "report",
]


_PYRAMID = "pyramid"
_TABLES = (".csv", ".jsonl", ".parquet")


def add_face_arguments(parser, *, several_models=False):
    """Add the arguments of the model and of face detection, and return their group."""
    add_model_arguments(parser, several=several_models)
    group = parser.add_argument_group("faces")
    group.add_argument(
        "--detector",
        metavar="NAME",
        default=_PYRAMID,
        help="face detector: pyramid, haar, yunet, mtcnn or blazeface (default: pyramid)",
    )
    group.add_argument(
        "--detector-model",
        metavar="FILE",
        help="model file of the detector blazeface or yunet; that of yunet is fetched once by "
        "fer-classic download yunet",
    )
    group.add_argument(
        "--detector-threshold",
        metavar="P",
        type=_between_0_and_1,
        help="least score of a face, between 0 and 1; lower finds more faces, and more that are "
        "none (default: 0.5 for blazeface, 0.8 for mtcnn, 0.9 for pyramid, 0.7 for yunet; haar "
        "has none)",
    )
    group.add_argument(
        "--min-face",
        metavar="SIZE",
        type=_size,
        help="smallest face: a share of the shorter side of the picture if below 1, else pixels "
        "(default: 0.15 for haar, 0.05 for mtcnn, 0.07 for pyramid, no limit for the others)",
    )
    group.add_argument(
        "--upright",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="turn faces upright that lean to a side, where their eyes are found (default: on)",
    )
    add_max_pixels_argument(parser)
    return group


def add_recognizer_arguments(parser, *, several_models=False):
    """Add the arguments that say how faces are found and named."""
    group = add_face_arguments(parser, several_models=several_models)
    group.add_argument(
        "--views",
        choices=("flip", "full"),
        help="average predictions over views of each face: 2 with its mirror image, or 14",
    )
    group.add_argument(
        "--min-probability",
        metavar="P",
        type=_from_0_to_1,
        help="faces whose highest probability is below P are uncertain, and those too small, "
        "blurred or turned to judge; 0 names every face (default: what the model's card says, "
        "else 0)",
    )


def add_stream_arguments(parser):
    """Add the arguments of tracking and smoothing."""
    group = parser.add_argument_group("frames")
    group.add_argument(
        "--detect-every",
        metavar="K",
        type=whole_number(1),
        default=5,
        help="detect in every K-th frame and track in between (default: 5)",
    )
    group.add_argument(
        "--smoothing",
        choices=("average", "majority", "none"),
        help="smoothing of predictions over time (default: average; majority for models without "
        "scores)",
    )
    group.add_argument(
        "--smoothing-window",
        metavar="N",
        type=whole_number(1),
        default=10,
        help="number of frames for smoothing (default: 10)",
    )
    group.add_argument(
        "--retries",
        metavar="N",
        type=whole_number(0),
        default=0,
        help="number of attempts to reopen a lost camera or stream (default: 0)",
    )


def add_drawing_arguments(parser):
    """Add the arguments of drawing."""
    group = parser.add_argument_group("drawing")
    group.add_argument(
        "--labels",
        metavar="LANG|FILE",
        help="displayed names of the expressions: a language such as zh, or a .json or .csv file; "
        "original names are used if no font has the characters",
    )
    group.add_argument(
        "--font", metavar="FILE", help="font file (default: one with the required characters)"
    )


def _number(text):
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    return value


def _between_0_and_1(text):
    value = _number(text)
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"must lie between 0 and 1, got {text!r}")
    return value


def _from_0_to_1(text):
    value = _number(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"must lie between 0 and 1, got {text!r}")
    return value


def _size(text):
    value = _number(text)
    if not 0 <= value <= 1_000_000:
        raise argparse.ArgumentTypeError(
            f"must be a share of the shorter side, such as 0.1, or pixels, such as 40; got {text!r}"
        )
    return value


# What the arguments are called among the parameters of detectors.
_SETTINGS = {
    "detector_model": "model",
    "detector_threshold": "score_threshold",
    "min_face": "min_size",
}


def _detector_settings(args):
    """Parameters of the detector that the arguments name; all must be known to it."""
    from fer_classic.faces import DETECTORS, make_detector

    known = make_detector(args.detector).get_params()
    if args.detector == _PYRAMID:
        _check_pyramid(args)
    elif args.detector_model is not None and Path(args.detector_model).is_dir():
        raise UsageError(f"--detector-model {args.detector_model} is a folder; give a model file.")
    settings = {}
    for argument, parameter in _SETTINGS.items():
        value = getattr(args, argument)
        if value is None:
            continue
        if parameter not in known:
            others = [name for name in DETECTORS if parameter in make_detector(name).get_params()]
            raise UsageError(
                f"--{argument.replace('_', '-')}: the detector {args.detector} has no such "
                f"setting; it goes with --detector {', '.join(others)}."
            )
        settings[parameter] = value
    return settings


def _check_pyramid(args):
    """Check what the default detector takes otherwise than the others."""
    model = args.detector_model
    if model is not None and not Path(model).is_dir():
        raise UsageError(
            f"--detector-model {model} goes with --detector blazeface or yunet; the default is "
            f"{_PYRAMID}, which takes a folder with its networks."
        )
    if args.min_face == 0:
        raise UsageError(
            f"--min-face 0: the detector {_PYRAMID} needs a smallest face; give a share such as "
            "0.05, or pixels."
        )


def recognizer_settings(args):
    """Give the parameters of the recognizer, besides its model, that the arguments describe."""
    from fer_classic.faces import make_detector
    from fer_classic.live import make_frame_detector

    settings = _detector_settings(args)
    return {
        "detector": make_detector(args.detector, **settings),
        "frame_detector": make_frame_detector(args.detector, **settings),
        "views": args.views,
        "upright": args.upright,
        "min_probability": args.min_probability,
    }


def check_detector(args, detector):
    """Let a detector fail before any output, for want of a file or a package."""
    import numpy as np

    from fer_classic.exceptions import DetectorError

    try:
        detector.detect(np.zeros((64, 64), np.uint8))
    except DetectorError as error:
        # The file of yunet is fetched by another command.
        if args.detector != "blazeface" or args.detector_model is not None:
            raise
        raise UsageError(f"--detector blazeface: {error}") from error


def make_recognizer(args):
    """Create the recognizer described by the arguments."""
    from fer_classic.live import Recognizer

    settings = recognizer_settings(args)
    model, card = open_model(args)
    # By which a run that is resumed knows the model; a pickle has no card of its own.
    card = card | {"file_digest": model_digest(args)}
    try:
        return Recognizer(model, card=card, **settings)
    except ValueError as error:
        raise UsageError(str(error)) from error


def make_stream_recognizer(args):
    """Create the stream recognizer described by the arguments."""
    from fer_classic.live import StreamRecognizer

    recognizer = make_recognizer(args)
    try:
        return StreamRecognizer(
            recognizer,
            detect_every=args.detect_every,
            smoothing=args.smoothing,
            window=args.smoothing_window,
        )
    except ValueError as error:
        raise UsageError(str(error)) from error


def check_table(path):
    """Check what a table is called, before any work is done."""
    if path.suffix.lower() not in _TABLES:
        *others, last = _TABLES
        raise UsageError(f"--table {path}: the name must end in {', '.join(others)} or {last}.")


def make_labels(args, classes):
    """Return the displayed names of the classes and the other expressions of a result."""
    from fer_classic.live import NO_FACE, UNCERTAIN, load_labels
    from fer_classic.utils._names import printable

    if args.labels:
        return load_labels(args.labels, names=classes)
    # A model file of somebody else may have any names.
    return {name: printable(name) for name in (*classes, UNCERTAIN, NO_FACE)}


def make_drawing(args, classes, draw=None):
    """Give ``draw``, annotate by default, the labels and a font that has their characters."""
    from functools import partial

    from fer_classic.exceptions import DisplayError, FerClassicWarning
    from fer_classic.live import annotate
    from fer_classic.live.drawing._fonts import find_font

    labels = make_labels(args, classes)
    try:
        font = find_font(tuple(labels.values()), font=args.font)
    except DisplayError as error:
        if not args.labels or args.font:
            raise
        labels = {name: name for name in labels}
        font = find_font(tuple(labels))
        warnings.warn(
            f"expressions are drawn with their original names, without --labels {args.labels}: "
            f"{error}",
            FerClassicWarning,
            stacklevel=2,
        )
    return partial(annotate if draw is None else draw, labels=labels, font=font)


def report(stats):
    """Summarise a run in two lines."""
    stages = ", ".join(
        f"{name} {spent.p50:.1f} ({spent.p95:.1f})" for name, spent in stats.milliseconds.items()
    )
    yield f"{stats.frames} frames, {stats.faces} faces, {stats.seconds:.1f} s, {stats.fps:.1f} FPS"
    if stages:
        yield f"milliseconds per frame, median (95 %): {stages}"


def exit_code(source):
    """Return the exit code at the end of a source: 1 if frames of a video are missing."""
    return 1 if getattr(source, "damage", None) else 0
