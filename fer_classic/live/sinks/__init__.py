"""Where results go: tables, annotated videos, windows."""

from fer_classic.live.sinks._group import MultiSink, NullSink
from fer_classic.live.sinks._protocol import Sink
from fer_classic.live.sinks._table import PhotoTable, TableSink
from fer_classic.live.sinks._video import VideoSink
from fer_classic.live.sinks._window import WindowSink, check_display

__all__ = [
    "MultiSink",
    "NullSink",
    "PhotoTable",
    "Sink",
    "TableSink",
    "VideoSink",
    "WindowSink",
    "check_display",
]
