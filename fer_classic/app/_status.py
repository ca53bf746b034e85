"""Health, models, metrics and description of the service."""

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fer_classic import __version__
from fer_classic.app._metrics import CONTENT_TYPE
from fer_classic.app._openapi import describe_service, languages

__all__ = ["routes"]

INTENDED_USE = (
    "Names the apparent expression of a face: what people would name when they see it, not what "
    "the person feels. For research, teaching and experiments; not for decisions about people. "
    "Inferring emotions of people at work or in education is prohibited in the European Union, but "
    "for medical or safety reasons (Regulation (EU) 2024/1689, Article 5(1)(f))."
)


async def healthz(request):
    """Confirm that the service answers."""
    return JSONResponse({"status": "ok", "version": __version__})


async def metrics(request):
    """Return the metrics."""
    return Response(request.app.state.metrics.text(), media_type=CONTENT_TYPE)


async def openapi(request):
    """Return the OpenAPI description."""
    state = request.app.state
    return JSONResponse(await state.work.run(describe_service, state.models))


async def models(request):
    """List the models, the detectors and the languages of labels."""
    state = request.app.state
    # In a thread: the first time, detectors are loaded.
    return JSONResponse(await state.work.run(_describe, state.models))


def _describe(registry):
    return {
        "models": [registry.get(name).as_dict() for name in registry.names],
        "default": registry.default,
        "detectors": registry.detectors,
        "default_detector": registry.detector,
        "labels": languages(),
        "intended_use": INTENDED_USE,
    }


routes = [
    Route("/healthz", healthz),
    Route("/metrics", metrics),
    Route("/openapi.json", openapi),
    Route("/v1/models", models),
]
