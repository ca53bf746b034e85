"""The program ``fer-classic``: train, evaluate, predict, video, webcam, serve and others."""

from fer_classic.cli._main import main

__all__ = ["main"]
