"""Where parsed data sets and fetched model files are kept."""

import os
import sys
from pathlib import Path

__all__ = ["cache_folder"]


def cache_folder():
    """Give the folder for what can be made or fetched again; it need not exist.

    Returns
    -------
    folder : pathlib.Path
        What the environment variable ``FER_CLASSIC_CACHE`` names, else ``fer_classic`` in the
        cache folder that the operating system has for this user.
    """
    named = os.environ.get("FER_CLASSIC_CACHE")
    if named:
        return Path(named).expanduser()
    if sys.platform == "win32":
        home = os.environ.get("LOCALAPPDATA") or "~/AppData/Local"
    elif sys.platform == "darwin":
        home = "~/Library/Caches"
    else:
        home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(os.path.expanduser(home)) / "fer_classic"
