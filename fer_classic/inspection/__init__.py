"""Explanations: which parts of a face raise the score of a class, and tests of such maps."""

from fer_classic.inspection._classes import class_average_maps
from fer_classic.inspection._curves import (
    Curve,
    centered_blob,
    deletion_curve,
    insertion_curve,
    random_order,
)
from fer_classic.inspection._explanation import Explanation, explain
from fer_classic.inspection._figure import draw_explanation
from fer_classic.inspection._photo import PhotoExplanation, explain_photo
from fer_classic.inspection._render import render_explanation

__all__ = [
    "Curve",
    "Explanation",
    "PhotoExplanation",
    "centered_blob",
    "class_average_maps",
    "deletion_curve",
    "draw_explanation",
    "explain",
    "explain_photo",
    "insertion_curve",
    "random_order",
    "render_explanation",
]
