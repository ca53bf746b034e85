"""The card of an exported model: what a program needs to know that feeds it."""

import json

from fer_classic.export._transforms import describe_step
from fer_classic.persistence._card import plain

__all__ = ["METADATA_KEY", "card_text", "describe_export"]

METADATA_KEY = "fer_classic_card"
"""Name under which the card lies in the metadata of the ONNX file."""

_IMAGES = (
    "grey images of faces, row by row from the top left, cut out of the picture as crop says and "
    "resized to this shape"
)
_ROWS = (
    "rows of features: the steps of made_by, in this order, applied to grey images of faces "
    "(uint8, 0-255) that are cut out of the picture as crop says"
)


def describe_export(model_card, builder, *, output, kind, check):
    """Describe an exported model.

    Parameters
    ----------
    model_card : dict
        Card of the original.
    builder : Builder
        With all inputs of the graph.
    output : str
        Name of the output.
    kind : {"probability", "decision"}
        What it holds.
    check : dict
        How the exported model was compared with the original.

    Returns
    -------
    card : dict
        ``inputs`` (name, shape, dtype, value range, and ``made_by``, the steps in front of the
        graph), ``output``, ``expressions`` in the order of its columns, ``crop``, ``check`` and
        ``model``, the card of the original. It can be serialised as JSON.
    """
    expressions = model_card["expressions"]
    return plain(
        {
            "format": "fer_classic ONNX 1",
            "expressions": expressions,
            "inputs": [_describe(name, *pair) for name, pair in builder.inputs.items()],
            "output": {
                "name": output,
                "shape": ["n", len(expressions)],
                "dtype": "float32",
                "kind": kind,
                "columns": expressions,
            },
            "crop": model_card.get("crop"),
            "check": check,
            "model": model_card,
        }
    )


def _describe(name, value, array):
    """Describe an input."""
    described = {
        "name": name,
        "shape": ["n", *array.shape[1:]],
        "dtype": str(array.dtype),
        "range": None if value.rows else [0, 255],
        "meaning": _IMAGES,
    }
    if value.rows:
        described["meaning"] = _ROWS if value.before else "rows as the model takes them"
    if value.before:
        described["made_by"] = [
            {"step": name, **describe_step(step)} for name, step in value.before
        ]
    return described


def card_text(card):
    """Write a card as JSON."""
    return json.dumps(card, indent=2, ensure_ascii=False) + "\n"
