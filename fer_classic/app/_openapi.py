"""The description of the service in the words of OpenAPI 3.1."""

from fer_classic import __version__
from fer_classic.app._schemas import SCHEMAS
from fer_classic.live import LANGUAGES

__all__ = ["PATHS", "describe_service"]

_SUMMARY = (
    "Expressions of faces in photos. Errors are JSON with one sentence, `error`. Where other "
    "machines can reach the service, requests carry its token."
)


def describe_service():
    """Describe what there is, what it takes and what it answers.

    Returns
    -------
    description : dict
        As JSON takes it.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "fer-classic",
            "version": __version__,
            "description": _SUMMARY,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "security": [{}, {"token": []}],
        "paths": PATHS,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def ref(name):
    """Refer to one of the schemas."""
    return {"$ref": f"#/components/schemas/{name}"}


def json_answer(description, schema):
    """Describe an answer in JSON."""
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def errors(**more):
    """Describe the errors that every request may get, and ``more``: ``e422="why"``."""
    usual = {
        "e400": "A parameter, a header or the form is not valid.",
        "e401": "The token is missing or wrong.",
        "e403": "The request comes from a page of another site.",
    }
    described = {name[1:]: json_answer(why, ref("Error")) for name, why in (usual | more).items()}
    for status in {"429", "503"} & set(described):
        described[status]["headers"] = {
            "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}
        }
    return described


def parameter(name, description, schema):
    """Describe a parameter in the address."""
    return {"name": name, "in": "query", "description": description, "schema": schema}


_BINARY = {"schema": {}}
_WORK_ERRORS = {
    "e408": "The body did not arrive in time.",
    "e413": "The body is too large, or the photo has too many pixels.",
    "e415": "The body is neither an image nor a form.",
    "e422": "The photo cannot be read.",
    "e429": "Too many requests of this client.",
    "e500": "The model failed.",
    "e501": "What is asked for is not installed.",
    "e503": "All places are taken.",
}
_COMMON = [
    parameter("model", "Name of a model; by default the first of /v1/models.", {"type": "string"}),
    parameter("detector", "One of the detectors of /v1/models.", {"type": "string"}),
    parameter(
        "min_probability",
        "Faces whose highest probability is below are uncertain; by default the model's value.",
        {"type": "number", "minimum": 0, "maximum": 1},
    ),
]


def _post(summary, operation, *, parameters=(), several=False, answer):
    """Describe a request with photos."""
    file = {"type": "string", "contentMediaType": "application/octet-stream"}
    photos = {"type": "array", "items": file, "minItems": 1} if several else file
    form = {"type": "object", "properties": {"photo": photos}, "required": ["photo"]}
    return {
        "post": {
            "operationId": operation,
            "summary": summary,
            "parameters": [*_COMMON, *parameters],
            "requestBody": {
                "required": True,
                "content": {"image/*": _BINARY, "multipart/form-data": {"schema": form}},
            },
            "responses": {"200": answer, **errors(**_WORK_ERRORS)},
        }
    }


def _get(summary, operation, answer, **more):
    return {
        "get": {
            "operationId": operation,
            "summary": summary,
            "responses": {"200": answer, **errors()},
            **more,
        }
    }


PATHS = {
    "/v1/recognize": _post(
        "Find the faces in photos and name their expressions.",
        "recognize",
        several=True,
        answer=json_answer("What is in the photos, in their order.", ref("Recognized")),
    ),
    "/v1/annotate": _post(
        "Draw the faces of a photo and their expressions onto it.",
        "annotate",
        parameters=[
            parameter(
                "labels", "Language of the expressions.", {"type": "string", "enum": [*LANGUAGES]}
            )
        ],
        answer={"description": "The photo.", "content": {"image/png": _BINARY}},
    ),
    "/v1/explain": _post(
        "Say which parts of a face speak for an expression, and which against it.",
        "explain",
        parameters=[
            parameter(
                "face",
                "Which face, by size from 0, the largest.",
                {"type": "integer", "minimum": 0, "maximum": 999999},
            ),
            parameter("target", "The expression; by default the likeliest.", {"type": "string"}),
        ],
        answer=json_answer("The explanation.", ref("Explanation")),
    ),
    "/v1/models": _get(
        "List the models and detectors.",
        "models",
        json_answer("The models, the default first.", ref("Models")),
    ),
    "/healthz": _get(
        "Say that the service answers.",
        "healthz",
        json_answer("It does.", ref("Health")),
        security=[],
    ),
    "/metrics": _get(
        "Give the numbers of the service for Prometheus.",
        "metrics",
        {"description": "Text format.", "content": {"text/plain": {"schema": {"type": "string"}}}},
    ),
    "/openapi.json": _get(
        "Give this description.",
        "openapi",
        json_answer("The description.", {"type": "object"}),
    ),
}
"""What there is at each path."""
