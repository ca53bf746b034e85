"""The program ``fer-classic``: train, evaluate, predict, webcam, audit, info."""

from fer_classic.cli._main import main

__all__ = ["main"]
