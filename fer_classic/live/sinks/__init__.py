"""Where results go: tables, annotated videos, windows."""

from fer_classic.live.sinks._group import NullSink, SinkGroup
from fer_classic.live.sinks._protocol import Sink
from fer_classic.live.sinks._table import PhotoTable, TableSink
from fer_classic.live.sinks._video import VideoSink
from fer_classic.live.sinks._window import WindowSink

__all__ = ["NullSink", "PhotoTable", "Sink", "SinkGroup", "TableSink", "VideoSink", "WindowSink"]
