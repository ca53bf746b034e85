"""What a service is: alive, its models, its numbers, its description."""

from starlette.responses import JSONResponse
from starlette.routing import Route

from fer_classic import __version__

__all__ = ["routes"]

INTENDED_USE = (
    "Names the apparent expression of a face: what people would name when they see it, not what "
    "the person feels. For research, teaching and experiments; not for decisions about people. "
    "Inferring emotions of people at work or in education is prohibited in the European Union, but "
    "for medical or safety reasons (Regulation (EU) 2024/1689, Article 5(1)(f))."
)


async def healthz(request):
    """Say that the service answers."""
    return JSONResponse({"status": "ok", "version": __version__})


async def models(request):
    """List the models and detectors."""
    registry = request.app.state.models
    return JSONResponse(
        {
            "models": [registry.get(name).as_dict() for name in registry.names],
            "default": registry.default,
            "detectors": registry.detectors,
            "intended_use": INTENDED_USE,
        }
    )


routes = [Route("/healthz", healthz), Route("/v1/models", models)]
