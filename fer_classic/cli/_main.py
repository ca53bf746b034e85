"""The parser and the exit codes of the program."""

import argparse
import contextlib
import os
import sys
import warnings

from fer_classic import __version__
from fer_classic.cli import (
    _adapt,
    _app,
    _audit,
    _bench,
    _convert,
    _download,
    _evaluate,
    _explain,
    _export,
    _info,
    _predict,
    _serve,
    _train,
    _video,
    _webcam,
)
from fer_classic.cli._arguments import UsageError
from fer_classic.cli._stop import exit_code, leave_with, prepare_to_leave
from fer_classic.exceptions import FerClassicError, OutputExistsError, UnknownNameError

__all__ = ["main"]

_COMMANDS = (
    _train,
    _evaluate,
    _predict,
    _explain,
    _video,
    _webcam,
    _app,
    _serve,
    _adapt,
    _audit,
    _convert,
    _export,
    _bench,
    _download,
    _info,
)


def main(argv=None):
    """Run the program.

    Parameters
    ----------
    argv : list of str, optional
        Arguments; those of the process by default.

    Returns
    -------
    code : int
        0 for success; 1 if something could not be read, processed or written; 2 for invalid
        arguments, or a file that would be replaced; 130 after Ctrl-C, 143 after SIGTERM in a live
        command.
    """
    if argv is None:
        prepare_to_leave()
    _escape_output()
    # OpenCV would describe damaged images and videos in the words of its source code; read once,
    # when it is imported.
    os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")
    parser = _make_parser()
    args = parser.parse_args(argv)
    if args.command is None:
        parser.print_help(sys.stderr)
        return 2
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning
            code = _run(args)
            # Flushed here, since a closed pipe can no longer be handled at interpreter shutdown.
            sys.stdout.flush()
            return code
    except (UsageError, UnknownNameError, OutputExistsError) as error:
        return _fail(error, 2)
    except BrokenPipeError:
        _drop_output()
        return 1
    # In addition to the library's own errors, these reject an invalid input.
    except (FerClassicError, OSError, ValueError) as error:
        return _fail(error, 1)
    except MemoryError as error:
        return _fail(MemoryError(str(error) or "not enough memory for this."), 1)
    except KeyboardInterrupt as stop:
        # Ctrl-C, or the signal that ended the program.
        print("fer-classic: " + "; ".join(["stopped", *_notes(stop)]), file=sys.stderr)
        code = exit_code(stop)
        if argv is None:
            leave_with(code)
        return code


def _escape_output():
    """Escape what the terminal or pipe cannot encode; the name of a file need not even be text."""
    for stream in (sys.stdout, sys.stderr):
        # There is none without a console, and a program may have put another kind in its place.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _run(args):
    max_pixels = getattr(args, "max_pixels", None)
    if max_pixels is None:
        return args.run(args)
    from fer_classic.utils._limits import limit_pixels

    with limit_pixels(max_pixels):
        return args.run(args)


def _notes(error):
    return getattr(error, "__notes__", [])


def _make_parser():
    parser = argparse.ArgumentParser(
        prog="fer-classic", description="Facial expression recognition with classical methods."
    )
    parser.add_argument("--version", action="version", version=f"fer-classic {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for command in _COMMANDS:
        command.add_parser(subparsers)
    return parser


def _fail(error, code):
    # Imported here, since --help needs none of the library.
    from fer_classic.utils._files import describe_error

    sentences = " ".join([describe_error(error), *_notes(error)])
    print(f"fer-classic: error: {sentences}", file=sys.stderr)
    return code


def _show_warning(message, category, filename, lineno, file=None, line=None):
    print(f"fer-classic: warning: {message}", file=sys.stderr)


def _drop_output():
    """Redirect standard output to null, so that closing it cannot fail again."""
    with contextlib.suppress(OSError), open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
