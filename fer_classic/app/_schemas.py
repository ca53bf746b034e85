"""JSON Schemas of the answers."""

__all__ = ["SCHEMAS"]

_NUMBER, _TEXT, _COUNT = {"type": "number"}, {"type": "string"}, {"type": "integer", "minimum": 0}


_SECONDS = {"type": "number", "description": "Seconds from the start of the video."}
_NUMBERS = {"type": "object", "additionalProperties": _NUMBER}


def _or_null(schema):
    return {"anyOf": [schema, {"type": "null"}]}


def _object(properties, optional=()):
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required}


def _list(items, **more):
    return {"type": "array", "items": items, **more}


_KIND = {"enum": ["probability", "decision", None]}
_BOX = _list(
    {"type": "integer"},
    minItems=4,
    maxItems=4,
    description="x, y, width and height in pixels; the origin is the upper left corner.",
)
_INTERVAL = _object({"value": _NUMBER, "low": _NUMBER, "high": _NUMBER}, {"low", "high"})

SCHEMAS = {
    "Error": _object({"error": {**_TEXT, "description": "What is wrong, and the remedy."}}),
    "Health": _object({"status": {"const": "ok"}, "version": _TEXT}),
    "Quality": _object(
        {
            "size": {**_COUNT, "description": "Shorter side of the box in pixels."},
            "sharpness": {**_NUMBER, "description": "Small where the face is blurred."},
            "symmetry": {**_NUMBER, "description": "Small where the head is turned aside."},
        }
    ),
    "Face": _object(
        {
            "box": _BOX,
            "detection_score": {
                **_or_null(_NUMBER),
                "description": "How sure the detector was, in its own unit.",
            },
            "expression": {
                **_TEXT,
                "description": "The expression, or uncertain where none is probable enough.",
            },
            "reason": {
                "enum": ["", "small", "blurred", "turned"],
                "description": "Why the face cannot be seen well enough.",
            },
            "scores": _or_null({"type": "object", "additionalProperties": _NUMBER}),
            "score_kind": {**_KIND, "description": "What the scores are; null without scores."},
            "quality": _or_null({"$ref": "#/components/schemas/Quality"}),
            "track_id": _or_null({"type": "integer"}),
            "prominent": {"type": "boolean", "description": "Whether it is the largest."},
        }
    ),
    "Photo": _object(
        {
            "name": _TEXT,
            "width": _COUNT,
            "height": _COUNT,
            "milliseconds": {**_NUMBER, "description": "From the file to the faces."},
            "faces": _list({"$ref": "#/components/schemas/Face"}, description="Largest first."),
        }
    ),
    "Unreadable": _object({"name": _TEXT, "error": _TEXT, "status": {"type": "integer"}}),
    "Recognized": _object(
        {
            "model": _object({"name": _TEXT, "card_id": _TEXT}),
            "images": _list(
                {
                    "oneOf": [
                        {"$ref": "#/components/schemas/Photo"},
                        {"$ref": "#/components/schemas/Unreadable"},
                    ]
                },
                minItems=1,
            ),
        }
    ),
    "Explanation": _object(
        {
            "target": _TEXT,
            "base_value": {**_NUMBER, "description": "The score without the face."},
            "score": _NUMBER,
            "score_kind": _KIND,
            "method": _TEXT,
            "map": _list(
                _list(_NUMBER),
                description="Rows of the crop: positive where it raises the score.",
            ),
            "box": _BOX,
            "corners": _list(
                _list(_NUMBER, minItems=2, maxItems=2),
                minItems=3,
                maxItems=3,
                description="x and y in the photo of the upper left, upper right and lower left "
                "corner of the map.",
            ),
            "picture": {**_TEXT, "description": "The map on the face, as the URL of a PNG."},
        }
    ),
    "Model": _object(
        {
            "name": _TEXT,
            "card_id": {**_TEXT, "description": "Digest of the model's card."},
            "expressions": _list(_TEXT),
            "score_kind": _KIND,
            "bytes": _or_null(_COUNT),
            "recipe": _or_null(_TEXT),
            "dataset": _or_null(_TEXT),
            "protocol": _or_null(_TEXT),
            "accuracy": _or_null(_INTERVAL),
            "min_probability": _or_null(_NUMBER),
            "created": _or_null(_TEXT),
        }
    ),
    "Models": _object(
        {
            "models": _list({"$ref": "#/components/schemas/Model"}, minItems=1),
            "default": _TEXT,
            "detectors": _list(_TEXT),
            "default_detector": {
                **_or_null(_TEXT),
                "description": "The one that is used if a request names none.",
            },
            "labels": _list(
                _TEXT, description="Languages in which pictures and videos can be labelled here."
            ),
            "intended_use": _TEXT,
        }
    ),
    "Queued": _object({"id": _TEXT, "status_url": _TEXT}),
    "Person": _object(
        {
            "id": {**_or_null({"type": "integer"}), "description": "The same in all frames."},
            "expression": {**_TEXT, "description": "The most frequent one by time."},
            "shares": {**_NUMBERS, "description": "Of the time in sight, by expression."},
            "scores": {
                "type": "object",
                "additionalProperties": _or_null(_NUMBER),
                "description": "Mean score over all frames; null without scores.",
            },
            "first_seen": _SECONDS,
            "last_seen": _SECONDS,
            "seconds": {**_NUMBER, "description": "In sight."},
            "frames": _COUNT,
        }
    ),
    "Episode": _object(
        {
            "id": _or_null({"type": "integer"}),
            "expression": _TEXT,
            "start": _SECONDS,
            "end": _SECONDS,
            "seconds": _NUMBER,
            "frames": _COUNT,
            "mean_score": _or_null(_NUMBER),
        }
    ),
    "Video": _object(
        {
            "id": _TEXT,
            "name": _TEXT,
            "state": {"enum": ["queued", "running", "done", "failed", "cancelled"]},
            "frames": {**_COUNT, "description": "Frames that are done."},
            "progress": {
                **_or_null(_NUMBER),
                "description": "0 to 1; null where the file does not say how long it is.",
            },
            "seconds_left": _or_null(_NUMBER),
            "error": {**_TEXT, "description": "Why it failed."},
            "message": {**_TEXT, "description": "What is to be said of a video that is done."},
            "summary": _object(
                {
                    "seconds": _NUMBER,
                    "people": _list({"$ref": "#/components/schemas/Person"}),
                    "timeline": _list({"$ref": "#/components/schemas/Episode"}),
                }
            ),
            "table_url": _TEXT,
            "json_url": _TEXT,
            "annotated_url": _TEXT,
        },
        {"error", "message", "summary", "table_url", "json_url", "annotated_url"},
    ),
}
"""Schemas by name."""
