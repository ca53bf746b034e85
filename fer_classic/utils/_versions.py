"""Installed versions and the machine, for bug reports and records."""

import os
import platform
import re
import sys
from importlib import metadata
from pathlib import Path

__all__ = ["machine", "processor_name", "show_versions", "versions"]

_PACKAGES = (
    "numpy",
    "scipy",
    "scikit-learn",
    "scikit-image",
    "joblib",
    "skops",
    "tqdm",
    "matplotlib",
    "pandas",
    "torch",
    "imbalanced-learn",
)
_CPUINFO = Path("/proc/cpuinfo")
# The same module comes from four wheels, of which one is installed.
_OPENCV = (
    "opencv-python",
    "opencv-python-headless",
    "opencv-contrib-python",
    "opencv-contrib-python-headless",
)


def _version(package):
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def versions():
    """Return the versions of Python, of this library and of its dependencies.

    Returns
    -------
    versions : dict of str to str or None
        None for a package that is not installed. No package is imported.
    """
    from fer_classic import __version__

    found = {"python": platform.python_version(), "fer_classic": __version__}
    found.update((package, _version(package)) for package in _PACKAGES)
    opencv = [(package, _version(package)) for package in _OPENCV]
    installed = {package: version for package, version in opencv if version}
    return found | (installed or {_OPENCV[0]: None})


def machine():
    """Describe the machine: system, processor architecture, number of usable cores.

    Returns
    -------
    machine : dict of str to str or int
    """
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "system": f"{platform.system()} {platform.release()}",
        "processor": platform.machine(),
        "cores": usable,
    }


def processor_name():
    """Name the processor, such as "AMD EPYC 7B13"; its architecture if the name is not known."""
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", _CPUINFO.read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.processor() or platform.machine()


def show_versions(file=None):
    """Print versions and machine, for a bug report.

    Parameters
    ----------
    file : file object, optional
        Where to print; standard output by default.
    """
    file = sys.stdout if file is None else file
    for title, table in (("versions", versions()), ("machine", machine())):
        print(title, file=file)
        for key, value in table.items():
            print(f"  {key:22} {value if value is not None else 'not installed'}", file=file)
