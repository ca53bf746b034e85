"""Arguments that several commands share, and what they stand for."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fer_classic.exceptions import FerClassicError, ModelFileError, UnknownNameError

__all__ = [
    "Selection",
    "UsageError",
    "add_data_arguments",
    "add_model_arguments",
    "add_overwrite_argument",
    "add_trust_argument",
    "check_model_output",
    "fitted_images",
    "load_bunch",
    "open_model",
    "select",
]

_TRAINING = "Training"
_ALL = "all"


class UsageError(FerClassicError):
    """Arguments that do not go together."""


@dataclass(frozen=True, eq=False)
class Selection:
    """The images of a data set that a command works on.

    Parameters
    ----------
    bunch : Bunch
        The whole data set.
    positions : ndarray of int
        Where in it the images are.
    parts : list of str or None
        The official parts they are from, None where there are none.
    """

    bunch: Any
    positions: Any
    parts: list[str] | None

    @property
    def images(self):
        """The images."""
        return self.bunch.images[self.positions]

    @property
    def names(self):
        """Their classes."""
        from fer_classic.expressions import decode

        return decode(self.bunch.target[self.positions], self.bunch.target_names)

    @property
    def units(self):
        """Their independent units."""
        from fer_classic.evaluation import independent_units

        return independent_units(self.bunch)[self.positions]

    @property
    def duplicates(self):
        """Their clusters of identical images."""
        return self.bunch.duplicates[self.positions]

    @property
    def origin(self):
        """What is written down about them: name and digest of the data set, and the parts."""
        from fer_classic.datasets import dataset_digest

        return {"name": self.bunch.name, "digest": dataset_digest(self.bunch), "split": self.parts}

    def __str__(self):
        return self.bunch.name + (f" ({', '.join(self.parts)})" if self.parts else "")


def add_data_arguments(parser):
    """Add the arguments that name a data set."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--dataset", metavar="NAME", help="data set: drawn, fer2013, jaffe, ckplus or folder"
    )
    source.add_argument(
        "--images",
        metavar="DIR",
        type=Path,
        help="folder with one folder of images for each class; the same as "
        "--dataset folder --data-dir DIR",
    )
    parser.add_argument(
        "--data-dir",
        metavar="DIR",
        type=Path,
        help="where the data set lies (default: $FER_CLASSIC_DATA, then ./data)",
    )
    parser.add_argument(
        "--class-names",
        metavar="NAME|FILE",
        help="for a folder of class folders: what their names stand for where they are not those "
        "of expressions: raf-db or affectnet (numbers), keep (classes of your own), or a .json "
        "file that gives each folder its class",
    )
    parser.add_argument(
        "--subject-pattern",
        metavar="REGEX",
        help="for a folder of class folders: regular expression whose group finds the subject in "
        "a file's path",
    )


def add_model_arguments(parser):
    """Add the arguments that name a model."""
    parser.add_argument(
        "--model",
        metavar="FILE|NAME",
        default="svm_fast",
        help="model file, or one of the models that come with the library: svm_fast (default), cnn",
    )
    add_trust_argument(parser)


def add_overwrite_argument(parser):
    """Add the argument without which no command replaces a file."""
    parser.add_argument(
        "--overwrite", action="store_true", help="replace files that are there already"
    )


def add_trust_argument(parser):
    """Add the argument that lifts the restrictions on model files."""
    parser.add_argument(
        "--trust",
        action="store_true",
        help="load whatever the model file asks for; it can then run any code",
    )


def check_model_output(args):
    """Refuse a model file that cannot be written, or is there already, before any work is done."""
    from fer_classic.persistence._files import check_destination
    from fer_classic.utils._files import check_outputs

    try:
        check_destination(args.output)
    except ModelFileError as error:
        raise UsageError(f"--output: {error}") from error
    check_outputs(args.output, overwrite=args.overwrite)


def open_model(args):
    """Load the model that the arguments name, and its card."""
    from fer_classic.persistence import BUNDLED, load_bundled, load_model

    if args.model in BUNDLED:
        return load_bundled(args.model)
    return load_model(args.model, trust=args.trust)


def load_bunch(args):
    """Load the data set that the arguments name."""
    from fer_classic.datasets import load_dataset

    name, data_home, options = args.dataset, args.data_dir, {}
    if args.images is not None:
        if args.data_dir is not None:
            raise UsageError("--data-dir goes with --dataset; --images names the folder itself.")
        name, data_home = "folder", args.images
    for option in ("class_names", "subject_pattern"):
        value = getattr(args, option)
        if value is None:
            continue
        if name != "folder":
            flag = option.replace("_", "-")
            raise UsageError(f"--{flag} goes with --images or --dataset folder.")
        options[option] = value
    return load_dataset(name, data_home=data_home, **options)


def select(bunch, split, *, training):
    """Choose the official parts of a data set that a command works on.

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
    """Find the images of a data set that a model was fitted on, as far as its card tells.

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
    return Selection(bunch, _positions(bunch, origin["split"]), origin["split"])


def _positions(bunch, parts):
    import numpy as np

    if parts is None:
        return np.arange(len(bunch.target))
    return np.flatnonzero(np.isin(bunch.split, parts))


def _parts(bunch, split, *, training):
    if bunch.split is None:
        if split not in (None, _ALL):
            raise UsageError(
                f"--split {split}: the data set {bunch.name} has no official parts; leave it out."
            )
        return None
    known = sorted(set(bunch.split.tolist()))
    if split == _ALL:
        return known
    if split is None:
        parts = [name for name in known if (name == _TRAINING) == training]
        # A copy may hold only one of the parts.
        return parts or known
    if split not in known:
        raise UnknownNameError(f"split of {bunch.name}", split, [*known, _ALL])
    return [split]
