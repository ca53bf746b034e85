"""Peak memory of a stretch of code."""

import re
import sys
from pathlib import Path

__all__ = ["PeakMemory"]

_STATUS = Path("/proc/self/status")
_RESET = Path("/proc/self/clear_refs")


class PeakMemory:
    """Measure the peak resident memory of this process while a block runs.

    Where the system can forget the peak so far (Linux), the peak is that of the block alone, with
    everything the process holds at that time; elsewhere it is the peak since the process began.

    Parameters
    ----------
    reset : pathlib.Path, optional
        The file by which the system forgets the peak.

    Attributes
    ----------
    bytes : int or None
        The peak, set when the block ends; None where the system does not say.
    """

    def __init__(self, reset=_RESET):
        self._reset = reset

    def __enter__(self):
        self.bytes = None
        try:
            self._reset.write_text("5")
        except OSError:
            self._resettable = False
        else:
            self._resettable = True
        return self

    def __exit__(self, *exception):
        self.bytes = _status_peak() if self._resettable else _rusage_peak()


def _status_peak():
    return int(re.search(r"VmHWM:\s+(\d+) kB", _STATUS.read_text())[1]) * 1024


def _rusage_peak():
    try:
        import resource
    except ImportError:  # not on Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
