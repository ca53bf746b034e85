"""Trainings that go on after a kill: where their epochs are kept while a model is fitted."""

import contextlib
import sys

from fer_classic.cli._arguments import UsageError

__all__ = ["add_resume_argument", "keeping_epochs"]


def add_resume_argument(parser):
    """Add the argument that goes on with a training that was stopped."""
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on after the last finished epoch of the same training, if it was stopped; for "
        "recipes that learn in epochs",
    )


@contextlib.contextmanager
def keeping_epochs(model, args):
    """Have a model keep its epochs beside the model file while it is fitted in this block.

    Parameters
    ----------
    model : estimator
        Models whose parts have no ``checkpoint_dir``, or have been given one, are left alone.
    args : namespace
        ``output``, ``recipe`` and ``resume``.

    Raises
    ------
    UsageError
        If there is nothing to go on from because the recipe does not learn in epochs, or there is
        something and ``--resume`` does not say what to do with it.
    """
    parameters = model.get_params()
    names = [name for name in parameters if name.split("__")[-1] == "checkpoint_dir"]
    if args.resume and not names:
        raise UsageError(
            f"--resume: the recipe {args.recipe} does not learn in epochs; leave it out."
        )
    names = [name for name in names if parameters[name] is None]
    folder = args.output.with_suffix(".checkpoints")
    if names:
        _check(folder, args)
    model.set_params(**dict.fromkeys(names, str(folder)))
    try:
        yield
    except KeyboardInterrupt:
        if names and any(folder.glob("*.pt")):
            print(
                "fer-classic: stopped; the same command with --resume goes on after the last "
                "finished epoch",
                file=sys.stderr,
            )
        raise
    finally:
        # Where this machine kept its epochs is no business of the model file.
        model.set_params(**dict.fromkeys(names))
        with contextlib.suppress(OSError):
            folder.rmdir()


def _check(folder, args):
    begun = any(folder.glob("*.pt"))
    if begun and not args.resume:
        raise UsageError(
            f"a training for {args.output} was stopped and its epochs are in {folder}; go on with "
            "it (--resume), or remove that folder."
        )
    if args.resume and not begun:
        print(f"nothing to go on from in {folder}; starting from the beginning", file=sys.stderr)
