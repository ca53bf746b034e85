"""Training history, written next to the model."""

import csv
import sys

from fer_classic.exceptions import MissingDependencyError

__all__ = ["history_paths", "write_history"]


def history_paths(path):
    """Return the paths of the table and the figure of :func:`write_history`."""
    return [path.with_suffix(f".history{suffix}") for suffix in (".csv", ".png")]


def write_history(model, path):
    """Write the history of a model that was trained in epochs: a table and its curves.

    Does nothing for models without one. Without matplotlib only the table is written, with a note
    on standard error.

    Parameters
    ----------
    model : estimator
        A fitted model; one of its parts has a ``history_``, a table with a column for each key, and
        optionally a ``best_epoch_``.
    path : pathlib.Path
        The model file; for ``model.joblib``, ``model.history.csv`` and ``model.history.png`` are
        written.

    Raises
    ------
    OSError
        If the files cannot be written.
    """
    from fer_classic.utils._parts import model_parts

    trained = next((part for part in model_parts(model) if hasattr(part, "history_")), None)
    if trained is None:
        return
    table, curves = history_paths(path)
    _write_table(trained.history_, table)
    print(f"history in {table}")
    try:
        _draw_curves(trained, curves, title=path.stem)
    except MissingDependencyError as error:
        print(f"fer-classic: no curves: {error}", file=sys.stderr)
    else:
        print(f"curves in {curves}")


def _write_table(history, path):
    from fer_classic.utils._files import atomic_path

    with atomic_path(path) as temporary, open(temporary, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(history)
        writer.writerows(zip(*history.values(), strict=True))


def _draw_curves(trained, path, *, title):
    from fer_classic.plotting import plot_history
    from fer_classic.utils._files import atomic_path

    best_epoch = getattr(trained, "best_epoch_", None)
    axes = plot_history(trained.history_, best_epoch=best_epoch, title=title)
    with atomic_path(path) as temporary:
        axes[0].figure.savefig(temporary)
