"""Explanations: which parts of a face speak for a class, and how true such maps are."""

from fer_classic.inspection._explanation import Explanation, explain
from fer_classic.inspection._render import render_explanation

__all__ = ["Explanation", "explain", "render_explanation"]
