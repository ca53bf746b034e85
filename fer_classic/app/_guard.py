"""Access to the service: the token, the host name, the origin, the rate."""

import hmac
import ipaddress
import math
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse
from starlette.websockets import WebSocketClose

from fer_classic.app._answers import error_answer
from fer_classic.app._limits import RateLimiter

__all__ = ["Guard"]

_COOKIE = "fer_classic_token"
# Leads to the page itself.
_ENTRY = '<!DOCTYPE html><meta http-equiv="refresh" content="0; url=/"><title>fer_classic</title>'

# For health checks, which have no token; the answer reveals nothing.
_OPEN = {"/healthz"}


class Guard:
    """Middleware that rejects requests which may not be answered.

    Parameters
    ----------
    app : ASGI application
        The application that is guarded.
    token : str or None
        The token that requests must carry. Without one, the Host header must name this machine:
        otherwise the page of another site could bind its own name to the address of this machine
        (DNS rebinding) and read the answers.
    limiter : RateLimiter
        Limits the rate of requests other than GET.

    Notes
    -----
    Requests from pages carry their origin, which must be this server: pages of other sites cannot
    use the service through the user's browser.
    """

    def __init__(self, app, *, token: str | None, limiter: RateLimiter):
        self._app, self._token, self._limiter = app, token, limiter

    async def __call__(self, scope, receive, send):
        """Pass the request on, or reject it with the reason."""
        answer = None
        if scope["type"] in ("http", "websocket"):
            answer = self._answer(HTTPConnection(scope))
        if answer is not None and scope["type"] == "websocket":
            answer = WebSocketClose(1008)
        await (answer or self._app)(scope, receive, send)

    def _answer(self, connection):
        """Return the answer that rejects a request; None if it may pass."""
        if connection.scope["path"] in _OPEN:
            return None
        host = connection.headers.get("host", "")
        if self._token is None and not _is_own_name(_split(f"//{host}").hostname):
            return error_answer(
                400,
                f"the Host header must be localhost or 127.0.0.1, got {host!r}; "
                "start the service with --host and a token to use it under another name.",
            )
        origin = connection.headers.get("origin")
        if origin is not None and _split(origin).netloc != host:
            return error_answer(
                403, f"pages of {origin!r} may not use this service; only its own page may."
            )
        if self._token is not None and not self._is_known(connection):
            return self._enter(connection)
        return self._count(connection)

    def _is_known(self, connection):
        scheme, _, given = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            given = connection.cookies.get(_cookie(connection), "")
        return self._is_token(given.strip())

    def _is_token(self, given):
        return hmac.compare_digest(given.encode(), self._token.encode())

    def _enter(self, connection):
        """Exchange a token in the address of the page for a cookie; reject everything else."""
        scope = connection.scope
        given = connection.query_params.get("token", "")
        if scope["path"] == "/" and scope.get("method") == "GET" and self._is_token(given):
            hidden = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
            # A page, since browsers withhold such a cookie from redirections that began elsewhere:
            # in the file that leads here, or a page with a link.
            answer = HTMLResponse(_ENTRY, headers=hidden)
            secure = scope["scheme"] == "https"
            name = _cookie(connection)
            answer.set_cookie(name, given, httponly=True, samesite="strict", secure=secure)
            return answer
        return error_answer(
            401,
            "this service needs its token; send it as the header Authorization: Bearer <token>.",
            {"WWW-Authenticate": "Bearer"},
        )

    def _count(self, connection):
        """Reject a client that exceeds the rate."""
        if connection.scope["type"] == "http" and connection.scope["method"] in ("GET", "HEAD"):
            return None
        client = connection.client.host if connection.client else ""
        seconds = math.ceil(self._limiter.wait(client))
        if not seconds:
            return None
        return error_answer(
            429,
            f"more than {self._limiter.per_minute} requests per minute; try again in {seconds} s.",
            {"Retry-After": str(seconds)},
        )


def _is_own_name(name):
    """Say whether a name stands for this machine wherever it is looked up."""
    try:
        return name == "localhost" or ipaddress.ip_address(name or "").is_loopback
    except ValueError:
        return False


def _cookie(connection):
    """Name the cookie by the port as well, since all servers of a machine share its cookies."""
    _, _, port = connection.headers.get("host", "").rpartition(":")
    return f"{_COOKIE}_{port}" if port.isascii() and port.isdecimal() else _COOKIE


def _split(address):
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")
