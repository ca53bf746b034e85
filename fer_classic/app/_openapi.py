"""The OpenAPI 3.1 description of the service."""

from functools import cache

from fer_classic import __version__
from fer_classic.app._schemas import SCHEMAS
from fer_classic.app._video_jobs import RESULTS
from fer_classic.exceptions import DisplayError
from fer_classic.live import LANGUAGES, load_labels
from fer_classic.live.drawing._fonts import find_font

__all__ = ["PATHS", "describe_service", "languages"]

_SUMMARY = (
    "Expressions of faces in photos and videos. Errors are JSON with one sentence, `error`. Where "
    "other machines can reach the service, requests carry its token."
)


def describe_service(models):
    """Describe paths, parameters and answers.

    Parameters
    ----------
    models : ModelRegistry
        Provides the names of models and detectors.

    Returns
    -------
    description : dict
        As JSON takes it.
    """
    names = {"model": models.names, "detector": models.detectors, "labels": languages()}
    parameters = {name: described | {"name": name} for name, described in _PARAMETERS.items()}
    for name, known in names.items():
        parameters[name] |= {"schema": {"type": "string", "enum": list(known)}}
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
            "parameters": parameters,
            "schemas": SCHEMAS,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


@cache
def languages():
    """Give the languages whose letters this machine can draw."""
    return [language for language in LANGUAGES if _can_draw(language)]


def _can_draw(language):
    try:
        find_font(tuple(load_labels(language).values()))
    except DisplayError:
        return False
    return True


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


_BINARY: dict[str, dict] = {"schema": {}}
_WORK_ERRORS = {
    "e408": "The body did not arrive in time.",
    "e413": "The body is too large, or the photo has too many pixels.",
    "e415": "The body is neither an image nor a form.",
    "e422": "The photo cannot be read.",
    "e429": "Too many requests of this client.",
    "e500": "The model failed.",
    "e501": "An optional part is not installed.",
    "e503": "All places are taken.",
}
_PARAMETERS = {
    "model": {"in": "query", "description": "Name of a model; by default the first."},
    "detector": {
        "in": "query",
        "description": "Face detector; by default that of the service.",
    },
    "min_probability": {
        "in": "query",
        "description": "Faces whose highest probability is below are uncertain; by default the "
        "value of the model's card.",
        "schema": {"type": "number", "minimum": 0, "maximum": 1},
    },
    "labels": {"in": "query", "description": "Language of the expressions."},
    "face": {
        "in": "query",
        "description": "Which face, by size from 0, the largest.",
        "schema": {"type": "integer", "minimum": 0, "maximum": 999999},
    },
    "target": {
        "in": "query",
        "description": "One of the expressions of the model; by default the likeliest.",
        "schema": {"type": "string"},
    },
}
_PARAMETERS |= {
    "smoothing": {
        "in": "query",
        "description": "How answers are smoothed over time; by default average, or majority for "
        "models without scores.",
        "schema": {"enum": ["average", "majority", "none"]},
    },
    "name": {
        "in": "query",
        "description": "What messages call the video.",
        "schema": {"type": "string"},
    },
    "id": {
        "in": "path",
        "required": True,
        "description": "The id of a video.",
        "schema": {"type": "string"},
    },
    "file": {
        "in": "path",
        "required": True,
        "description": "Which result.",
        "schema": {"enum": list(RESULTS.values())},
    },
}
_COMMON = ("model", "detector", "min_probability")


def _parameters(*names):
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def _body(field, kind, *, several=False):
    """Describe a body that is a file of a kind, or a form with it or several."""
    file = {"type": "string", "format": "binary"}
    files = {"type": "array", "items": file, "minItems": 1} if several else file
    form = {
        "schema": {
            "type": "object",
            "properties": {field: files},
            "required": [field],
            "additionalProperties": False,
        },
        "encoding": {field: {"contentType": kind}},
    }
    return {"required": True, "content": {kind: _BINARY, "multipart/form-data": form}}


def _post(summary, operation, *, parameters=(), several=False, answer):
    """Describe a request with photos."""
    return {
        "post": {
            "operationId": operation,
            "summary": summary,
            "parameters": _parameters(*_COMMON, *parameters),
            "requestBody": _body("photo", "image/*", several=several),
            "responses": {"200": answer, **errors(**_WORK_ERRORS)},
        }
    }


def _get(summary, operation, answer, *, missing=None, **more):
    return {
        "get": {
            "operationId": operation,
            "summary": summary,
            "responses": {"200": answer, **errors(**({"e404": missing} if missing else {}))},
            **more,
        }
    }


PATHS = {
    "/v1/recognize": _post(
        "Find the faces in photos and name their expressions.",
        "recognize",
        several=True,
        answer=json_answer("The faces of each photo, in order.", ref("Recognized")),
    ),
    "/v1/annotate": _post(
        "Draw the faces of a photo and their expressions onto it.",
        "annotate",
        parameters=["labels"],
        answer={"description": "The photo.", "content": {"image/png": _BINARY}},
    ),
    "/v1/explain": _post(
        "Explain which parts of a face raise the score of an expression, and which lower it.",
        "explain",
        parameters=["face", "target"],
        answer=json_answer("The explanation.", ref("Explanation")),
    ),
    "/v1/models": _get(
        "List the models, the detectors and the languages of labels.",
        "models",
        json_answer("The models, the default first.", ref("Models")),
    ),
    "/healthz": _get(
        "Check that the service answers.",
        "healthz",
        json_answer("It answers.", ref("Health")),
        security=[],
    ),
    "/metrics": _get(
        "Metrics in the text format of Prometheus.",
        "metrics",
        {"description": "Text format.", "content": {"text/plain": {"schema": {"type": "string"}}}},
    ),
    "/openapi.json": _get(
        "This description.",
        "openapi",
        json_answer("The description.", {"type": "object"}),
    ),
    "/v1/video": {
        "post": {
            "operationId": "sendVideo",
            "summary": "Queue a video; results are kept for an hour.",
            "parameters": _parameters(*_COMMON, "smoothing", "labels", "name"),
            "requestBody": _body("video", "video/*"),
            "responses": {
                "202": json_answer("It waits for its turn.", ref("Queued")),
                **errors(
                    **_WORK_ERRORS,
                    e404="Its page was closed while it was sent.",
                    e507="There is no room for it.",
                ),
            },
        }
    },
    "/v1/video/{id}": {
        **_get(
            "Say how far a video is, and at the end what was seen in it.",
            "video",
            json_answer("Its state.", ref("Video")),
            parameters=_parameters("id"),
            missing="There is no such video, or no longer.",
        ),
        "delete": {
            "operationId": "deleteVideo",
            "summary": "Stop a video, and delete it with its results.",
            "parameters": _parameters("id"),
            "responses": {
                "204": {"description": "It is deleted."},
                **errors(e404="There is no such video, or no longer."),
            },
        },
    },
    "/v1/video/{id}/{file}": _get(
        "Give a result of a video: its table, or the copy with frames and labels.",
        "videoResult",
        {
            "description": "The file.",
            "content": dict.fromkeys(("text/csv", "application/json", "video/mp4"), _BINARY),
        },
        parameters=_parameters("id", "file"),
        missing="There is no such video, or it is not done.",
    ),
}
"""The paths and their operations."""
