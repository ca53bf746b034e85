"""Boxes, labels and charts drawn on a picture."""

from fer_classic.live.drawing._annotate import annotate
from fer_classic.live.drawing._labels import LANGUAGES, load_labels

__all__ = ["LANGUAGES", "annotate", "load_labels"]
