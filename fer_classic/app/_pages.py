"""The page, its files and its security headers."""

from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.responses import FileResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

__all__ = ["SecurityHeaders", "routes"]

_STATIC = Path(__file__).with_name("static")

# Nothing is loaded from, sent to or framed by another place, and no script stands in the page
# itself. Pictures and videos that the page makes have blob: and data: addresses.
_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class SecurityHeaders:
    """Adds to every answer the headers that keep a page to itself.

    An answer without a rule of its own about caches is stored by none, since it may hold what was
    recognized in a person's picture.

    Parameters
    ----------
    app : ASGI application
        The application that answers.
    """

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        """Answer a request."""

        async def send_with_headers(message):
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


# Some systems have other ones registered, with which a browser runs no script.
_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class _Static(StaticFiles):
    """Files of the package; a browser asks each time whether they have changed."""

    def file_response(self, full_path, *arguments, **keywords):
        response = super().file_response(full_path, *arguments, **keywords)
        response.headers["Cache-Control"] = "no-cache"
        kind = _KINDS.get(Path(full_path).suffix)
        if kind is not None and response.status_code == 200:
            response.headers["Content-Type"] = f"{kind}; charset=utf-8"
        return response


async def index(request):
    """Answer with the page."""
    return FileResponse(_STATIC / "index.html", headers={"Cache-Control": "no-cache"})


routes = [Route("/", index), Mount("/static", _Static(directory=_STATIC))]
