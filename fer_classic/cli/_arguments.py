"""Arguments shared by several commands, and their values."""

import argparse
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fer_classic.exceptions import FerClassicError, ModelFileError, UnknownNameError

__all__ = [
    "INCLUDED",
    "Selection",
    "UsageError",
    "add_data_arguments",
    "add_max_pixels_argument",
    "add_model_arguments",
    "add_overwrite_argument",
    "add_setting_argument",
    "add_trust_argument",
    "check_model_output",
    "fitted_images",
    "load_bunch",
    "model_digest",
    "open_model",
    "read_settings",
    "seed",
    "select",
    "whole_number",
]

# As in fer_classic.persistence.BUNDLED, which --help does not load.
INCLUDED = ("cnn", "svm_fast", "fusion_fast")
_TRAINING = "Training"
_ALL = "all"


class UsageError(FerClassicError):
    """Arguments that cannot be combined."""


@dataclass(frozen=True, eq=False)
class Selection:
    """The images of a data set that a command uses.

    Parameters
    ----------
    bunch : Bunch
        The whole data set.
    positions : ndarray of int
        Indices of the images.
    parts : list of str or None
        Official parts of the images, None if there are none.
    """

    bunch: Any
    positions: Any
    parts: list[str] | None

    @property
    def images(self):
        """Selected images."""
        return self.bunch.images[self.positions]

    @property
    def names(self):
        """Class names of the images."""
        from fer_classic.expressions import decode

        return decode(self.bunch.target[self.positions], self.bunch.target_names)

    @property
    def units(self):
        """Independent units of the images."""
        from fer_classic.evaluation import independent_units

        return independent_units(self.bunch)[self.positions]

    @property
    def duplicates(self):
        """Clusters of identical images."""
        return self.bunch.duplicates[self.positions]

    @property
    def origin(self):
        """Name and digest of the data set, and the parts, for the model card."""
        from fer_classic.datasets import dataset_digest

        return {"name": self.bunch.name, "digest": dataset_digest(self.bunch), "split": self.parts}

    def __str__(self):
        return self.bunch.name + (f" ({', '.join(self.parts)})" if self.parts else "")


def whole_number(minimum):
    """Make the type of an argument that is a whole number of ``minimum`` or more."""

    def convert(text):
        if not text.isdecimal() or int(text) < minimum:
            raise argparse.ArgumentTypeError(
                f"must be a whole number of {minimum} or more, got {text!r}"
            )
        return int(text)

    return convert


def seed(text):
    """Read a seed, as NumPy and scikit-learn take it."""
    if not text.isdecimal() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(f"must be a whole number of 0 to 2**32 - 1, got {text!r}")
    return int(text)


def add_data_arguments(parser):
    """Add the arguments that select a data set."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--dataset", metavar="NAME", help="data set: drawn, fer2013, jaffe, ckplus or folder"
    )
    source.add_argument(
        "--images",
        metavar="DIR",
        type=Path,
        help="folder with one folder of images per class; the same as "
        "--dataset folder --data-dir DIR",
    )
    parser.add_argument(
        "--data-dir",
        metavar="DIR",
        type=Path,
        help="location of the data set (default: $FER_CLASSIC_DATA, then ./data)",
    )
    parser.add_argument(
        "--class-names",
        metavar="NAME|FILE",
        help="for a folder of class folders: meaning of folder names that are not expressions: "
        "raf-db or affectnet (numbers), keep (your own classes), or a .json file that maps folders "
        "to classes",
    )
    parser.add_argument(
        "--subject-pattern",
        metavar="REGEX",
        type=_pattern,
        help="for a folder of class folders: regular expression with a group for the subject in "
        "a file's path",
    )
    add_max_pixels_argument(parser)


def _pattern(text):
    try:
        expression = re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(
            f"is not a regular expression ({error}), got {text!r}"
        ) from None
    if "subject" not in expression.groupindex and expression.groups != 1:
        raise argparse.ArgumentTypeError(
            "needs one group, in parentheses, that matches the subject, or a group "
            f"(?P<subject>...), got {text!r}"
        )
    return text


def add_max_pixels_argument(parser):
    """Add the argument that limits the size of images; the program applies it to the command."""
    parser.add_argument(
        "--max-pixels",
        metavar="N",
        type=_pixels,
        help="refuse images and frames of more pixels (default: $FER_CLASSIC_MAX_PIXELS, then "
        "50 million)",
    )


def _pixels(text):
    from fer_classic.utils._limits import parse_pixels, pixel_limit

    try:
        return pixel_limit(parse_pixels(text))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"must be a number of pixels, such as 100_000_000, got {text!r}"
        ) from None


def add_model_arguments(parser, *, several=False):
    """Add the arguments that select a model, or ``several`` of them."""
    more = "; may be given several times, the first is the default" if several else ""
    parser.add_argument(
        "--model",
        metavar="FILE|NAME",
        help="model file, or one of the included models: "
        + ", ".join([f"{INCLUDED[0]} (default)", *INCLUDED[1:]])
        + more,
        # A list as the default would be added to.
        **({"action": "append", "dest": "models"} if several else {"default": "cnn"}),
    )
    add_trust_argument(parser)


def add_overwrite_argument(parser):
    """Add the argument that allows replacing files."""
    parser.add_argument("--overwrite", action="store_true", help="replace existing files")


def add_setting_argument(parser):
    """Add the argument that changes parameters of a recipe."""
    parser.add_argument(
        "--set",
        metavar="STEP__PARAM=VALUE",
        dest="settings",
        action="append",
        default=[],
        help="change a parameter of the recipe; may be given several times",
    )


def add_trust_argument(parser):
    """Add the argument that disables the restrictions on model files."""
    parser.add_argument(
        "--trust",
        action="store_true",
        help="load a model file without restrictions, which can run arbitrary code",
    )


def check_model_output(args):
    """Check that the model file can be written and does not exist, before any work is done."""
    from fer_classic.persistence._files import check_destination
    from fer_classic.utils._files import check_outputs

    try:
        check_destination(args.output)
    except ModelFileError as error:
        raise UsageError(f"--output: {error}") from error
    check_outputs(args.output, overwrite=args.overwrite)


def open_model(args):
    """Load the model selected by the arguments, and its card."""
    from fer_classic.persistence import open_model

    return open_model(args.model, trust=args.trust)


def model_digest(args):
    """Return the digest of the file of the selected model, which can be opened."""
    from fer_classic.persistence import BUNDLED, bundled_path

    path = bundled_path(args.model) if args.model in BUNDLED else args.model
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:32]


def load_bunch(args):
    """Load the data set selected by the arguments."""
    from fer_classic.datasets import load_dataset

    name, data_home, options = args.dataset, args.data_dir, {}
    if args.images is not None:
        if args.data_dir is not None:
            raise UsageError("--data-dir requires --dataset; --images is the folder itself.")
        name, data_home = "folder", args.images
    for option in ("class_names", "subject_pattern"):
        value = getattr(args, option)
        if value is None:
            continue
        if name != "folder":
            flag = option.replace("_", "-")
            raise UsageError(f"--{flag} requires --images or --dataset folder.")
        options[option] = value
    if name == "folder" and data_home is None:
        raise UsageError("--dataset folder needs the folder: give --images DIR instead.")
    if name == "drawn" and data_home is not None:
        raise UsageError("--data-dir: the faces of --dataset drawn are drawn, not read; omit it.")
    return load_dataset(name, data_home=data_home, **options)


def read_settings(args):
    """Parse the changed parameters of a recipe."""
    from fer_classic.recipes._registry import parse_setting

    try:
        return dict(parse_setting(setting) for setting in args.settings)
    except ValueError as error:
        raise UsageError(f"--set: {error}") from error


def select(bunch, split, *, training):
    """Select the official parts of a data set that a command uses.

    Parameters
    ----------
    bunch : Bunch
        The data set.
    split : str or None
        Name of a part, or ``"all"``. By default the training part, or all others.
    training : bool
        Whether the default is the training part.

    Returns
    -------
    selection : Selection
    """
    parts = _parts(bunch, split, training=training)
    return Selection(bunch, _positions(bunch, parts), parts)


def fitted_images(bunch, card):
    """Find the images of a data set that a model was fitted on, according to its card.

    Parameters
    ----------
    bunch : Bunch
        The data set.
    card : dict
        The model's card.

    Returns
    -------
    selection : Selection or None
        None if the model was fitted on another data set, or another edition of this one.
    """
    from fer_classic.datasets import dataset_digest

    origin = card.get("dataset") or {}
    if origin.get("digest") != dataset_digest(bunch):
        return None
    parts = origin.get("split")
    return Selection(bunch, _positions(bunch, parts), parts)


def _positions(bunch, parts):
    import numpy as np

    if parts is None:
        return np.arange(len(bunch.target))
    return np.flatnonzero(np.isin(bunch.split, parts))


def _parts(bunch, split, *, training):
    if bunch.split is None:
        if split not in (None, _ALL):
            raise UsageError(
                f"--split {split}: the data set {bunch.name} has no official parts; omit it."
            )
        return None
    known = sorted(set(bunch.split.tolist()))
    if split == _ALL:
        return known
    if split is None:
        parts = [name for name in known if (name == _TRAINING) == training]
        # A copy may contain only one of the parts.
        return parts or known
    if split not in known:
        problem = f"{bunch.name} has no part {split!r}"
        raise UnknownNameError("part", split, [*known, _ALL], problem)
    return [split]
