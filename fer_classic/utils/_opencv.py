"""Import of OpenCV, with advice if it fails."""

import os

from fer_classic.exceptions import MissingDependencyError

__all__ = ["check_name", "cv2"]

try:
    import cv2
except ImportError as error:
    # Servers without a desktop often lack libGL, which the ordinary wheel requires.
    raise MissingDependencyError(
        f"OpenCV cannot be imported ({error}). On a machine without a desktop use the headless "
        "build: pip uninstall opencv-python; pip install 'opencv-python-headless>=4.10,<5'"
    ) from error

if hasattr(os, "register_at_fork"):
    # A fork copies only the calling thread, and a child process would wait for the others forever.
    # 0 means "without threads"; 1 would first wait for the threads of the parent to end.
    os.register_at_fork(after_in_child=lambda: cv2.setNumThreads(0))


def check_name(path, error):
    """Check that OpenCV can open a file or an address by this name; other names would crash it.

    Parameters
    ----------
    path : str or path-like
    error : type
        What is raised.

    Raises
    ------
    FerClassicError
        If the name is not valid UTF-8.
    """
    name = os.fspath(path)
    try:
        name.encode()
    except UnicodeEncodeError:
        raise error(f"{name!r} is not valid UTF-8, and OpenCV cannot open it; rename it.") from None
