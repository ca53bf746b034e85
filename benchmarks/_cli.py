"""What the programs ask of their arguments."""

import argparse
import tempfile
from pathlib import Path

from fer_classic.cli._arguments import whole_number
from fer_classic.exceptions import FerClassicError

__all__ = [
    "add_data_arguments",
    "add_output_argument",
    "check_writable",
    "grid",
    "make_parser",
    "seed",
    "setting",
    "whole_number",
]


def make_parser(module, doc):
    """Make the parser of a program.

    Parameters
    ----------
    module : str
        What is run with ``python -m``.
    doc : str
        The docstring of the program; the first line, without how it is run, describes it.
    """
    description = doc.partition("\n")[0].partition(": ``")[0].rstrip(".") + "."
    return argparse.ArgumentParser(prog=f"python -m {module}", description=description)


def add_output_argument(parser):
    """Add the argument that names the folder of the results."""
    parser.add_argument(
        "--output", type=Path, default=Path("results"), metavar="DIR", help="(results)"
    )


def seed(text):
    """Read a seed, as NumPy and scikit-learn take it."""
    if not text.isdecimal() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(f"must be a whole number of 0 to 2**32 - 1, got {text!r}")
    return int(text)


def setting(text):
    """Read ``step__param=value``; see :func:`fer_classic.recipes.parse_setting`."""
    from fer_classic.recipes._registry import parse_setting

    try:
        return parse_setting(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def grid(text):
    """Read ``step__param=[value, ...]``; gives the parameter and its values."""
    name, values = setting(text)
    if not isinstance(values, list | tuple) or not values:
        raise argparse.ArgumentTypeError(f"expected step__param=[value, ...], got {text!r}")
    return name, list(values)


def add_data_arguments(parser, *, dataset):
    """Add the arguments that name a data set and the place of the records.

    Parameters
    ----------
    parser : ArgumentParser
    dataset : str
        The data set that is taken by default.
    """
    from fer_classic.datasets import DATASETS

    add = parser.add_argument
    add("--dataset", default=dataset, choices=DATASETS, help=f"data set (default: {dataset})")
    add("--data-dir", metavar="P", help="where the data set is")
    add(
        "--class-names",
        metavar="NAME|FILE",
        help="of the data set folder: what its folders stand for: raf-db, affectnet, keep, or a "
        ".json file that gives each folder its class",
    )
    add(
        "--subject-pattern",
        metavar="REGEX",
        help="of --dataset folder: regular expression whose group is the subject in a file's path",
    )
    add_output_argument(parser)


def check_writable(folder):
    """Make a folder and fail where nothing can be written to it: before the work, not after.

    Raises
    ------
    FerClassicError
        If nothing can be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise FerClassicError(
            f"cannot write to {folder} ({error.strerror}); name another folder with --output."
        ) from error
