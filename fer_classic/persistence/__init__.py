"""Model files: a fitted pipeline and its card in one file, loaded without running code from it."""

from fer_classic.persistence._bundled import BUNDLED, bundled_path, load_bundled
from fer_classic.persistence._card import make_card
from fer_classic.persistence._files import (
    LoadedModel,
    load_model,
    read_card,
    save_model,
)

__all__ = [
    "BUNDLED",
    "LoadedModel",
    "bundled_path",
    "load_bundled",
    "load_model",
    "make_card",
    "read_card",
    "save_model",
]
