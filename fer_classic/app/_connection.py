"""Connections, which must send a request in time."""

from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["Connection"]

_SECONDS = 20.0


class Connection(H11Protocol):
    """Connection to a client; closed when there has been no request to answer for 20 seconds.

    Otherwise clients that never complete a request, or go on with one after its answer, would
    occupy all connections that are allowed, and they need no token for that. The body of a request
    has time limits of its own.
    """

    _timer = None

    def connection_made(self, transport):
        """Start to wait for a request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data):
        """Wait for the rest, if nothing can be answered yet."""
        super().data_received(data)
        is_answering = self.cycle is not None and not self.cycle.response_complete
        is_web_socket = self.transport.get_protocol() is not self
        if is_answering or is_web_socket:
            self._end_wait()
        else:
            self._wait()

    def connection_lost(self, exc):
        """Wait no longer."""
        self._end_wait()
        super().connection_lost(exc)

    def _wait(self):
        if self._timer is None:
            self._timer = self.loop.call_later(_SECONDS, self.transport.close)

    def _end_wait(self):
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
