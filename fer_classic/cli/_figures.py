"""Figures that commands draw with matplotlib."""

from fer_classic.cli._arguments import UsageError

__all__ = ["check_figure", "save_figure"]

_SUFFIXES = (".png", ".jpg", ".svg", ".pdf")


def check_figure(flag, path):
    """Check, before any work is done, that a figure can be drawn and saved.

    Parameters
    ----------
    flag : str
        Argument that names the file.
    path : pathlib.Path

    Raises
    ------
    UsageError
        If the file has another suffix.
    MissingDependencyError
        If matplotlib is not installed.
    """
    from fer_classic.plotting import plot_timeline

    if path.suffix.lower() not in _SUFFIXES:
        raise UsageError(f"{flag} {path}: the name must end in {', '.join(_SUFFIXES)}.")
    plot_timeline([])


def save_figure(figure, path, **options):
    """Save a figure; its file appears complete or not at all.

    Parameters
    ----------
    figure : matplotlib Figure
    path : pathlib.Path
    **options
        Of ``figure.savefig``.
    """
    from fer_classic.utils._files import atomic_path

    with atomic_path(path) as temporary:
        figure.savefig(temporary, **options)
