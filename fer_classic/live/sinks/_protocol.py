"""The protocol that every sink implements."""

from types import TracebackType
from typing import Any, Protocol, Self, runtime_checkable

__all__ = ["Sink"]


@runtime_checkable
class Sink(Protocol):
    """Takes what was recognized in each frame; any object with these methods can be one.

    It is a context manager: :func:`~fer_classic.live.run_live` enters it before the first frame and
    leaves it however the run ends.

    Examples
    --------
    >>> from contextlib import AbstractContextManager
    >>> from fer_classic.live import Sink
    >>> class Count(AbstractContextManager):
    ...     n_faces = 0
    ...
    ...     def write(self, frame):
    ...         self.n_faces += len(frame.faces)
    ...
    ...     def __exit__(self, *exc_info):
    ...         print(self.n_faces, "faces")
    >>> isinstance(Count(), Sink)
    True
    """

    def __enter__(self) -> Self:
        """Open the output."""
        ...

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> bool | None:
        """Close the output; True would swallow the error that ended the run."""
        ...

    def write(self, frame: Any, /) -> Any:
        """Take one frame.

        Parameters
        ----------
        frame : object
            A frame and its faces, with the attributes ``index``, ``time``, ``image``, ``faces``,
            ``fps`` and ``milliseconds``.

        Returns
        -------
        go_on : bool or None
            False ends the run; None, and any other value, goes on.
        """
        ...
