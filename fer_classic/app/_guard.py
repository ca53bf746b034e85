"""Who may ask: the token, the names of this machine, the pages of this server, the rate."""

import hmac
import math
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse
from starlette.websockets import WebSocketClose

from fer_classic.app._answers import error_answer
from fer_classic.app._limits import RateLimiter

__all__ = ["Guard"]

COOKIE = "fer_classic_token"

_OWN_NAMES = {"localhost", "127.0.0.1", "::1"}
# Asked by supervisors, which have no token; it tells nothing.
_OPEN = {"/healthz"}


class Guard:
    """Middleware that lets only those requests pass that may be answered.

    Parameters
    ----------
    app : ASGI application
        What is guarded.
    token : str or None
        What requests must carry. Without one, they must ask for one of this machine's own names:
        else a page of another site could give its own name the address of this machine, and read
        the answers.
    limiter : RateLimiter
        Counts what makes work.

    Notes
    -----
    Pages of other sites cannot make the user's browser ask in their name: a request that comes from
    a page carries its origin, which must be this server.
    """

    def __init__(self, app, *, token: str | None, limiter: RateLimiter):
        self._app, self._token, self._limiter = app, token, limiter

    async def __call__(self, scope, receive, send):
        """Answer the request, or say why not."""
        answer = None
        if scope["type"] in ("http", "websocket"):
            answer = self._answer(HTTPConnection(scope))
        if answer is not None and scope["type"] == "websocket":
            answer = WebSocketClose(1008)
        await (answer or self._app)(scope, receive, send)

    def _answer(self, asked):
        """Give the answer that turns a request away; None for one that may pass."""
        if asked.scope["path"] in _OPEN:
            return None
        host = asked.headers.get("host", "")
        if self._token is None and _split(f"//{host}").hostname not in _OWN_NAMES:
            return error_answer(
                400,
                f"this service answers to localhost and 127.0.0.1, and was asked for {host!r}; "
                "start it with --host and a token to use it under another name.",
            )
        origin = asked.headers.get("origin")
        if origin is not None and _split(origin).netloc != host:
            return error_answer(
                403, f"pages of {origin!r} may not ask this service; only its own page may."
            )
        if self._token is not None and not self._is_known(asked):
            return self._enter(asked)
        return self._count(asked)

    def _is_known(self, asked):
        scheme, _, given = asked.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            given = asked.cookies.get(COOKIE, "")
        return self._is_token(given.strip())

    def _is_token(self, given):
        return hmac.compare_digest(given.encode(), self._token.encode())

    def _enter(self, asked):
        """Let a browser in that has the token in the address of the page, and clear it there."""
        scope = asked.scope
        given = asked.query_params.get("token", "")
        if scope["path"] == "/" and scope.get("method") == "GET" and self._is_token(given):
            hidden = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
            answer = RedirectResponse("/", 303, hidden)
            secure = scope["scheme"] == "https"
            answer.set_cookie(COOKIE, given, httponly=True, samesite="strict", secure=secure)
            return answer
        return error_answer(
            401,
            "this service needs its token; send it as the header Authorization: Bearer <token>.",
            {"WWW-Authenticate": "Bearer"},
        )

    def _count(self, asked):
        """Turn away who asks too often for work."""
        if asked.scope["type"] == "http" and asked.scope["method"] in ("GET", "HEAD"):
            return None
        client = asked.client.host if asked.client else ""
        seconds = math.ceil(self._limiter.wait(client))
        if not seconds:
            return None
        return error_answer(
            429,
            f"more than {self._limiter.per_minute} requests a minute; go on in {seconds} s.",
            {"Retry-After": str(seconds)},
        )


def _split(address):
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")
