"""Checkpoints of trainings, to resume after an interruption."""

import contextlib
import sys

from fer_classic.cli._arguments import UsageError
from fer_classic.cli._stop import if_stopped

__all__ = ["add_resume_argument", "keeping_epochs"]


def add_resume_argument(parser):
    """Add the argument that resumes an interrupted training."""
    parser.add_argument(
        "--resume",
        action="store_true",
        help="resume after the last finished epoch of the same training, if it was stopped; for "
        "recipes trained in epochs",
    )


@contextlib.contextmanager
def keeping_epochs(model, args):
    """Keep checkpoints of a model next to the model file until that is saved, in this block.

    Parameters
    ----------
    model : estimator
        Models without a part with ``checkpoint_dir``, or with one that is set, are unchanged.
    args : namespace
        ``output``, ``recipe`` and ``resume``.

    Yields
    ------
    fitting : context manager
        The model stores checkpoints while it is fitted in this inner block.

    Raises
    ------
    UsageError
        If ``resume`` is set but the recipe is not trained in epochs, or if checkpoints exist but
        ``resume`` is not set.
    """
    from fer_classic.utils._checkpoints import checkpoints_kept

    parameters = model.get_params()
    names = [name for name in parameters if name.split("__")[-1] == "checkpoint_dir"]
    if args.resume and not names:
        raise UsageError(f"--resume: the recipe {args.recipe} is not trained in epochs; omit it.")
    names = [name for name in names if parameters[name] is None]
    folder = args.output.with_suffix(".checkpoints")
    if names:
        _check(folder, args)

    def remains():
        if names and _epochs(folder):
            return "the same command with --resume continues after the last finished epoch"
        return f"{args.output} was not written"

    try:
        with checkpoints_kept(), if_stopped(remains):
            yield _storing_in(folder, model, names)
    except OSError as error:
        # Such as a full disk, on which the epochs are still there.
        error.add_note(f"{remains()}.")
        raise
    finally:
        with contextlib.suppress(OSError):
            folder.rmdir()


@contextlib.contextmanager
def _storing_in(folder, model, names):
    model.set_params(**dict.fromkeys(names, str(folder)))
    try:
        yield
    finally:
        # The local folder must not be stored in the model file.
        model.set_params(**dict.fromkeys(names))


def _epochs(folder):
    """Finished epochs; not those that are being written."""
    return [path for path in folder.glob("*.pt") if not path.name.startswith(".")]


def _check(folder, args):
    begun = bool(_epochs(folder))
    if begun and not args.resume:
        raise UsageError(
            f"a training for {args.output} was stopped and its epochs are in {folder}; resume it "
            "(--resume), or remove that folder."
        )
    if args.resume and not begun:
        print(f"nothing to resume in {folder}; starting from the beginning", file=sys.stderr)
