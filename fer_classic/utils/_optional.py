"""Import of optional packages at first use."""

import contextlib
import importlib
from importlib.util import find_spec
from pathlib import Path

from fer_classic.exceptions import MissingDependencyError

__all__ = ["find_optional", "import_optional"]


def import_optional(module, *, extra, purpose):
    """Import an optional package; the error names the extra that installs it.

    Parameters
    ----------
    module : str
        Name of the module, such as ``"matplotlib.pyplot"``.
    extra : str
        The extra of this package that installs it, such as ``"plot"``.
    purpose : str
        Purpose of the import, as the subject of a sentence: ``"drawing figures"``.

    Returns
    -------
    module : module

    Raises
    ------
    MissingDependencyError
        If the package is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise _missing(module.partition(".")[0], extra, purpose) from error


def find_optional(package, *, extra, purpose):
    """Find the folder of an optional package, of which only the files are wanted.

    Parameters
    ----------
    package : str
        Name under which it is imported; it is not imported here.
    extra, purpose : str
        As in :func:`import_optional`.

    Returns
    -------
    folder : pathlib.Path

    Raises
    ------
    MissingDependencyError
        If the package is not installed.
    """
    found = None
    # A module that was put in the place of a package need not know where it comes from.
    with contextlib.suppress(ValueError):
        found = find_spec(package)
    folders = (found and found.submodule_search_locations) or ()
    for folder in folders:
        return Path(folder)
    raise _missing(package, extra, purpose)


def _missing(package, extra, purpose):
    return MissingDependencyError(
        f"{purpose} needs the package {package!r}; install it with: "
        f'pip install "fer-classic[{extra}]"'
    )
