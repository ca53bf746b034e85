"""The program ``fer-classic``: train, evaluate, predict, explain, video, webcam, app and others."""

from fer_classic.cli._main import main

__all__ = ["main"]
