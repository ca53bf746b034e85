"""The SHA-256 of the weights in the package, as code."""

from hashlib import sha256
from pathlib import Path

import fer_classic
from fer_classic.utils._files import atomic_path

__all__ = ["write_digests"]

_PACKAGE = Path(fer_classic.__file__).parent
_FILES = ("faces/data/*.npz", "faces/networks/*.onnx", "models/*.joblib")
_HEAD = '''"""SHA-256 of the weights in the package, by python -m benchmarks.bundle --digests."""

__all__ = ["DIGESTS"]

DIGESTS = {
'''
_TAIL = '''}
"""Hexadecimal digests by the path below the package."""
'''


def write_digests(package=_PACKAGE):
    """Write the digests of all files of weights to ``utils/_digests.py``.

    Parameters
    ----------
    package : pathlib.Path, optional
        Folder of the package.

    Returns
    -------
    path : pathlib.Path
        The file that was written.
    """
    paths = sorted(path for pattern in _FILES for path in package.glob(pattern))
    lines = [_line(path.relative_to(package).as_posix(), path.read_bytes()) for path in paths]
    path = package / "utils" / "_digests.py"
    with atomic_path(path) as temporary:
        temporary.write_text(_HEAD + "".join(lines) + _TAIL, encoding="utf-8")
    return path


def _line(name, content):
    digest = sha256(content).hexdigest()
    line = f'    "{name}": "{digest}",\n'
    # As the formatter has it.
    return line if len(line) <= 101 else f'    "{name}": (\n        "{digest}"\n    ),\n'
