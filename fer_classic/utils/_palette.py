"""Colours of expressions, the same ones in pictures and in figures."""

__all__ = ["AGAINST_COLOR", "EXPRESSION_COLORS", "FOR_COLOR"]

EXPRESSION_COLORS = {
    "angry": (213, 94, 0),
    "contempt": (204, 121, 167),
    "disgust": (0, 158, 115),
    "fear": (240, 228, 66),
    "happy": (230, 159, 0),
    "neutral": (190, 190, 190),
    "sad": (0, 114, 178),
    "surprise": (86, 180, 233),
}
"""RGB in 0-255; Okabe and Ito's palette, which stays apart for the colour-blind."""

FOR_COLOR, AGAINST_COLOR = EXPRESSION_COLORS["angry"], EXPRESSION_COLORS["sad"]
"""RGB of the parts of a face that raise the score of a class, and of those that lower it."""
