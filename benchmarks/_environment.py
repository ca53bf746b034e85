"""What is recorded of the circumstances of a run."""

import subprocess
from pathlib import Path

from fer_classic.utils._versions import machine, versions

__all__ = ["commit", "environment"]


def environment(*names):
    """Describe what results were made with.

    Parameters
    ----------
    *names : {"versions", "machine", "commit"}

    Returns
    -------
    environment : dict
        The fields of these names, in this order.
    """
    parts = {"versions": versions, "machine": machine, "commit": commit}
    return {name: parts[name]() for name in names}


def commit():
    """Name the commit of the code, with ``-dirty`` where it was changed since; None without git."""
    root = Path(__file__).parents[1]

    def git(*arguments):
        command = ["git", "-C", str(root), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        name = git("rev-parse", "--short=12", "HEAD")
        changed = git("status", "--porcelain", "--", "fer_classic", "benchmarks")
    except (OSError, subprocess.CalledProcessError):
        return None
    return f"{name}-dirty" if changed else name
