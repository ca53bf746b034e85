"""Short words for long names and for counts."""

from pathlib import Path

__all__ = ["counted", "short_name"]


def counted(number, noun, plural=None):
    """Give a number with its noun, such as ``"1 face"`` or ``"2,000 faces"``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def short_name(photo):
    """Name of a photo without its folder, short enough to stand above its picture."""
    name = photo.name if isinstance(photo, Path) else photo
    return name if len(name) <= 40 else f"{name[:18]}...{name[-18:]}"
