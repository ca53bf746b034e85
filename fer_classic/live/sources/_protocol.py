"""The protocol that every source of frames implements."""

from collections.abc import Iterator
from typing import Protocol, runtime_checkable

import numpy as np

__all__ = ["Source"]


@runtime_checkable
class Source(Protocol):
    """An iterable of frames; any object with this method can stand where one is asked for.

    Two attributes are optional. ``live`` is True for a source that does not wait for its reader,
    such as a camera; it is then read in a thread of its own, and late frames are dropped. ``fps``
    is the number of frames a second. A generator of such tuples is a source too.

    Examples
    --------
    >>> import numpy as np
    >>> from fer_classic.live import Source
    >>> class Blank:
    ...     def __iter__(self):
    ...         for index in range(3):
    ...             yield index, index / 25, np.zeros((48, 48), np.uint8)
    >>> isinstance(Blank(), Source)
    True
    """

    def __iter__(self) -> Iterator[tuple[int, float, np.ndarray]]:
        """Iterate over the frames.

        Yields
        ------
        index : int
            Number of the frame, counted from 0.
        time : float
            Seconds since the source was opened, or the time stamp of the frame.
        frame : ndarray of shape (h, w), (h, w, 3) or (h, w, 4)
            Grey, BGR or BGRA.
        """
        ...
