"""The application: routes, what guards them, and what they share."""

import asyncio
import time
from collections.abc import Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.routing import Route

from fer_classic.app import _adapt, _live, _pages, _recognize, _status, _uploads, _videos
from fer_classic.app._answers import HANDLERS, on_fault
from fer_classic.app._guard import Guard
from fer_classic.app._limits import Limits, RateLimiter
from fer_classic.app._metrics import Metering, Metrics
from fer_classic.app._models import ModelRegistry
from fer_classic.app._pages import SecurityHeaders
from fer_classic.app._uploads import Uploads, expiring
from fer_classic.app._work import WorkPool

__all__ = ["create_app"]

# Of the service; the page has its own in addition.
_SERVICE = (_status, _recognize, _videos)
_PAGE = (_pages, _live, _adapt, _uploads)


def create_app(
    models: ModelRegistry,
    *,
    limits: Limits | None = None,
    token: str | None = None,
    page: bool = False,
    clock: Callable[[], float] = time.monotonic,
) -> Starlette:
    """Make the application, to be run by an ASGI server.

    Parameters
    ----------
    models : ModelRegistry
        The models, which all requests share.
    limits : Limits, optional
        What is accepted; by default ``Limits()``.
    token : str, optional
        What requests must carry, as ``Authorization: Bearer <token>``. Without it only requests to
        this machine's own names (localhost, 127.0.0.1, [::1]) are answered.
    page : bool, default=False
        Whether to serve the page as well.
    clock : callable, default=time.monotonic
        Gives the time in seconds.

    Returns
    -------
    app : starlette.applications.Starlette
    """
    limits = limits or Limits()
    modules = _SERVICE + (_PAGE if page else ())
    routes = [route for module in modules for route in module.routes]
    work = WorkPool(limits.parallel, limits.queue)
    metrics = Metrics(lambda: {"places": work.n_places, "places_taken": work.n_taken})
    paths = {route.endpoint: route.path for route in routes if isinstance(route, Route)}
    app = Starlette(
        routes=routes,
        exception_handlers=HANDLERS,
        middleware=[
            Middleware(SecurityHeaders),
            # Starlette's own stands outside of the headers.
            Middleware(ServerErrorMiddleware, handler=on_fault),
            Middleware(Metering, metrics=metrics, paths=paths, clock=clock),
            Middleware(Guard, token=token, limiter=RateLimiter(limits.rate, clock)),
        ],
        lifespan=_lifespan,
    )
    app.state.models, app.state.limits = models, limits
    app.state.work, app.state.metrics, app.state.clock = work, metrics, clock
    app.state.videos, app.state.uploads = WorkPool(1, 0, "video"), Uploads(clock=clock)
    app.state.n_cameras = 0
    return app


@asynccontextmanager
async def _lifespan(app):
    with app.state.uploads:
        task = asyncio.create_task(expiring(app.state.uploads))
        try:
            yield
        finally:
            task.cancel()
            app.state.work.close()
            app.state.videos.close()
