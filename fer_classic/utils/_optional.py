"""Import of optional packages at first use."""

import importlib

from fer_classic.exceptions import MissingDependencyError

__all__ = ["import_optional"]


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
        package = module.partition(".")[0]
        raise MissingDependencyError(
            f"{purpose} needs the package {package!r}; install it with: "
            f'pip install "fer-classic[{extra}]"'
        ) from error
