"""What the programs ask of their arguments."""

import argparse
import tempfile

from fer_classic.exceptions import FerClassicError

__all__ = ["at_least", "check_writable", "seed", "setting"]


def at_least(least):
    """Give a parser of whole numbers from ``least`` on."""

    def parse(text):
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(
                f"must be a whole number of at least {least}, got {text!r}"
            )
        return int(text)

    return parse


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
