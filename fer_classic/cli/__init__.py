"""The program ``fer-classic``: train, evaluate, predict, video, webcam, audit, convert, info."""

from fer_classic.cli._main import main

__all__ = ["main"]
